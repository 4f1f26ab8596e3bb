"""The pages of a claimant and of the owner. None opens a session."""
