"""A firm on its first day: a real installation, its books, its people, and their browsers."""
