"""Signing in for the first time with a welcome letter, step by step."""
