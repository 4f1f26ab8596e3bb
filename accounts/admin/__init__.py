"""The admin of accounts: read-only tables, deeds by object buttons."""
