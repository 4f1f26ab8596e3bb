"""Setting a new password without support, step by step."""
