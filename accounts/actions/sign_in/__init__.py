"""Signing in, from the password to the session, and what stands in its way."""
