"""Keys: setting up, using, transferring and revoking them."""
