"""The cases of a demo: an open one in each state, made by the actions that make real ones."""
