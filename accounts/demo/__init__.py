"""The cast of a demo: who is in it, read from a file."""
