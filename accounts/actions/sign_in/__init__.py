"""Signing in, from the password to the session, and what prevents it."""
