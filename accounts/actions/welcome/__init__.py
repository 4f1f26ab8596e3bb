"""Welcome letters: wanted, printed, and what their codes are worth."""
