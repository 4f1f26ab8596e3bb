"""Forms that read and clean; changes are made by actions."""
