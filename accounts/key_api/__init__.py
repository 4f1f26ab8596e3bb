"""The phone's HTTP edge. Format: docs/reference/key-api.md."""
