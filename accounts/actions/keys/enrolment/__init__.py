"""Setting up a Key, step by step."""
