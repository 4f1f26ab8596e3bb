"""What happened on a user, in the customer's words: one line for each undertaking, not for each step."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts import enums
from accounts.enums import Action
from accounts.models import Key, User
from portal.audit.models import SecurityEvent
from portal.audit.record import chain_of
from recovery import enums as of_recovery

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_OF_A_KEY: dict[str, "StrOrPromise"] = {
    Action.KEY_ENROLLED: _("Key added: {name}"),
    Action.KEY_MOVED: _("Key moved to {name}"),
    Action.KEY_ENDED: _("Key turned off: {name}"),
    Action.PHONE_LOST: _("Reported lost: {name}"),
}


@dataclass(frozen=True)
class Line:
    """One line of the list."""

    at: datetime
    text: str


def lines_of(user: User, *, limit: int) -> list[Line]:
    """Return the newest lines. A step is left out once its flow has gone on. Two statements."""
    later = SecurityEvent.objects.filter(chain=OuterRef("chain"), flow=OuterRef("flow"), n__gt=OuterRef("n"))
    steps = Q(action__in=enums.STEPS | of_recovery.STEPS)
    mine = SecurityEvent.objects.filter(~steps | ~Exists(later), chain=chain_of(user)).order_by("-n")
    names = dict(Key.objects.filter(user=user).values_list("pk", "name"))
    return [Line(event.at, _words(event, names)) for event in mine[:limit]]


def _words(event: SecurityEvent, names: dict[int, str]) -> str:
    name = names.get(event.facts.get("key"))
    if name and event.action in _OF_A_KEY:
        return str(_OF_A_KEY[event.action]).format(name=name)
    return str(event.get_action_display())
