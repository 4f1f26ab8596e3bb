"""The pages of claimants and owners. None opens a session."""
