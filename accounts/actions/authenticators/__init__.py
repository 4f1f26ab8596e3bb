"""Authenticators beside the password and the Key."""
