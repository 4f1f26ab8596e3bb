"""The pages of Keys, and the Key's web app."""
