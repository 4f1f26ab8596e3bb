"""What a member of staff has in hand, given back when they stop; apps register what accounts knows nothing of."""

from collections.abc import Callable
from datetime import datetime

from accounts.models import User

GiveBack = Callable[[User, datetime], None]
_WORK: list[GiveBack] = []


def register(give_back: GiveBack) -> None:
    """Call this function too; apps do so once, in their ``ready()``."""
    if give_back not in _WORK:
        _WORK.append(give_back)


def give_back_all(user: User, *, now: datetime) -> None:
    """Give back everything this member of staff has in hand. Needs: the action's transaction, the user locked."""
    for give_back in _WORK:
        give_back(user, now)
