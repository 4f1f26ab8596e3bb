"""The pages of a first sign-in with a welcome letter."""
