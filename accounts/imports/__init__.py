"""Import of customer files: their columns, and how they are read."""
