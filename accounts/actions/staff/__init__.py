"""The firm's own people: how they come in, get a role, and leave. See docs/decisions/0033-staff.md."""
