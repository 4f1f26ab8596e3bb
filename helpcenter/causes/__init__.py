"""The cause table: every refusal of the product has a code here, with its words and its help row.

Pages, the API, logs and staff reports refer to causes by code. ``row`` is the slug of the problem page
that explains what to do. Texts contain ``{names}``: those of ``helpcenter.facts`` are filled in automatically,
the rest (``tries_left``, ``until``, ``list``) come from the refusal.
"""

from helpcenter.causes import everywhere, key, profile, recovery, sign_in, staff, welcome
from helpcenter.causes.table import Cause

__all__ = ["Cause", "every", "get"]


def get(code: str) -> Cause:
    """Return the cause with this code. Raises: ``KeyError`` for an unknown one."""
    return _BY_CODE[code]


def every() -> tuple[Cause, ...]:
    """Return all causes in the order of the table."""
    return tuple(_BY_CODE.values())


_PARTS = (
    sign_in.CAUSES,
    welcome.CAUSES,
    key.CAUSES,
    profile.CAUSES,
    recovery.CAUSES,
    staff.CAUSES,
    everywhere.CAUSES,
)
_BY_CODE: dict[str, Cause] = {cause.code: cause for part in _PARTS for cause in part}
