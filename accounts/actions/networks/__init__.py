"""The networks that sign-in is limited to. See docs/decisions/0032-networks.md."""
