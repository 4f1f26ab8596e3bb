"""Forms read and clean; deeds do."""
