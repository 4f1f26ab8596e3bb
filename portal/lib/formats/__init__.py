"""How dates and times look where nothing else is said, by language: on the stock pages of the desk."""
