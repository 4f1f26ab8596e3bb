"""What happened on a user, in the customer's words: one line for each undertaking, not for each step."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import enums
from accounts.enums import Action, EndReason, Role
from accounts.models import Key, SignInAddress, User
from portal.audit import sealed_words
from portal.audit.models import SecurityEvent
from portal.audit.record import chain_of
from portal.lib import geolocation
from recovery import enums as of_recovery

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_OF_A_KEY: dict[str, "StrOrPromise"] = {
    Action.KEY_ENROLLED: _("Key added: {name}"),
    Action.KEY_MOVED: _("Key moved to {name}"),
    Action.KEY_ENDED: _("Key turned off: {name}"),
    Action.PHONE_LOST: _("Reported lost: {name}"),
}
_REFUSED = (Action.PAUSED, Action.REQUEST_DENIED, Action.REQUEST_FAILED, Action.NETWORK_REFUSED, Action.WELCOME_FAILED)
_SIGN_INS = (Action.SIGNED_IN, Action.SIGNED_OUT, Action.SESSION_ENDED, Action.SESSIONS_ENDED)
_BY_STAFF = Q(actor__is_staff=True)
# What the firm does; the customer has no part in it, so "Not you?" does not stand beside it.
_OF_THE_FIRM = frozenset(
    {
        Action.IMPORTED,
        Action.LETTER_PRINTED,
        Action.LETTER_WANTED,
        Action.REPORT_CLOSED,
        Action.DATA_GIVEN_OUT,
        Action.EMAIL_REPLACED,
        Action.DETAILS_UPDATED,
        Action.ACCOUNT_CLOSED,
        Action.ACCOUNT_REOPENED,
        Action.MANDATE_GIVEN,
        Action.MANDATE_ENDED,
        Action.CLOSED,
        Action.REOPENED,
    }
)

# The filters of the list, by the name in its address.
FILTERS: dict[str, tuple["StrOrPromise", Q]] = {
    "": (_("All"), Q()),
    "sign-ins": (_("Sign-ins"), Q(action__in=_SIGN_INS)),
    "refused": (_("Refused"), Q(action__in=_REFUSED)),
    "recovery": (_("Resets and recovery"), Q(action__startswith="case_") | Q(action__startswith="reset_")),
    "staff": (_("By our staff"), _BY_STAFF),
    "changes": (_("Changes"), ~Q(action__in=(*_SIGN_INS, *_REFUSED)) & ~_BY_STAFF),
}
PERIODS: dict[str, "StrOrPromise"] = {"": _("Any time"), "7": _("Last 7 days"), "90": _("Last 90 days")}


@dataclass(frozen=True)
class Line:
    """One line of the list. ``n``: its place in the record; ``by`` and ``reason``: of staff, else empty.

    ``place``: of a sign-in, its device and place in words. ``is_of_the_firm``: done by the firm, so there is nothing
    to report.
    """

    n: int
    at: datetime
    text: str
    icon: str
    by: str = ""
    reason: str = ""
    place: str = ""
    is_of_the_firm: bool = False


def events_of(user: User, *, only: str = "", days: str = "", now: datetime) -> QuerySet[SecurityEvent]:
    """Return the events to show, newest first; a step is left out once its flow has gone on.

    ``only``: a name of ``FILTERS``; ``days``: of ``PERIODS``; unknown ones count as none.
    """
    later = SecurityEvent.objects.filter(chain=OuterRef("chain"), flow=OuterRef("flow"), n__gt=OuterRef("n"))
    steps = Q(action__in=enums.STEPS | of_recovery.STEPS)
    since = Q(at__gte=now - timedelta(days=int(days))) if days and days in PERIODS else Q()
    wanted = FILTERS.get(only, FILTERS[""])[1] & since
    return SecurityEvent.objects.filter(wanted, ~steps | ~Exists(later), chain=chain_of(user)).order_by("-n")


def lines_of(user: User, events: Iterable[SecurityEvent]) -> Iterator[Line]:
    """Yield a line for each of these events. Four statements, however many events there are."""
    listed = list(events)
    names = dict(Key.objects.filter(user=user).values_list("pk", "name"))
    roles = _roles(listed)
    addresses = SignInAddress.objects.filter(user=user, at__in=[event.at for event in listed])
    places = {row.at: ", ".join(filter(None, (row.device, geolocation.of(row.address)))) for row in addresses}
    facts = sealed_words.facts_of(listed)
    for event in listed:
        by = roles.get(event.actor_id or 0, "")
        yield Line(
            event.n,
            event.at,
            words_of(event, names),
            _icon(event, is_by_staff=bool(by)),
            by,
            _reason(event, facts[event.chain, event.n], is_by_staff=bool(by)),
            places.get(event.at, "") if event.action == Action.SIGNED_IN else "",
            bool(by) or event.action in _OF_THE_FIRM,
        )


def _reason(event: SecurityEvent, facts: dict[str, Any], *, is_by_staff: bool) -> str:
    """Return what staff typed, whatever it is; the code of why a Key ended is no sentence."""
    name = "because" if facts.get("because") else "reason"
    said, is_typed = str(facts.get(name, "")), is_by_staff and sealed_words.is_sealed(event, name)
    return said if is_typed or said not in EndReason.values else ""


def _roles(events: list[SecurityEvent]) -> dict[int, str]:
    """Return the roles of the members of staff among the actors, in words; no names."""
    staff = User.objects.filter(pk__in={event.actor_id for event in events if event.actor_id}, is_staff=True)
    labels = {str(role): str(role.label) for role in Role}
    held: dict[int, str] = {}
    for pk, group in staff.values_list("pk", "groups__name"):
        held[pk] = ", ".join(filter(None, (held.get(pk, ""), labels.get(group or "", ""))))
    return {pk: words or str(_("Staff")) for pk, words in held.items()}


def words_of(event: SecurityEvent, names: dict[int, str]) -> str:
    """Return an event in the customer's words. ``names``: of the Keys, by primary key."""
    name = names.get(event.facts.get("key"))
    if name and event.action in _OF_A_KEY:
        return str(_OF_A_KEY[event.action]).format(name=name)
    return str(event.get_action_display())


def _icon(event: SecurityEvent, *, is_by_staff: bool) -> str:
    if is_by_staff:
        return "user"
    if event.action in _REFUSED:
        return "alert"
    if event.action in _SIGN_INS:
        return "laptop"
    return "key" if event.action in _OF_A_KEY else "shield"
