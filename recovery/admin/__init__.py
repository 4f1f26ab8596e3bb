"""The desk: staff's side of recovery, inside the admin."""

from recovery.admin import cases

__all__ = ["cases"]
