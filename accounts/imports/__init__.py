"""Files of customers from the firm's books: their columns, and how they are read."""
