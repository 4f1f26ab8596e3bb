"""Forms read and clean; actions do."""
