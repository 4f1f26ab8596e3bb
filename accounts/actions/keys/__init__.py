"""Keys: setting one up, using, moving and revoking it."""
