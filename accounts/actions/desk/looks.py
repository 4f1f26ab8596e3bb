"""Look at one customer: by whole username, with a reason, recorded, for a while (CASE-8).

See docs/decisions/0039-one-page-for-a-customer.md.
"""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.desk_refusals import NotTheirCustomer, RoleMissing
from accounts.enums import Action, Role
from accounts.models import User
from accounts.models.users import hash_of_username
from accounts.refusals import refusing, too_often
from portal.audit import sealed_words
from portal.audit.models import SecurityEvent
from portal.audit.record import record
from portal.lib import client
from portal.throttle import limits
from portal.throttle.reserve import give_back, reserve

log = logging.getLogger("portal.security")
LASTS = timedelta(minutes=30)
READERS = (Role.AGENT, Role.SENIOR, Role.AUDITOR)
HELPERS = (Role.AGENT, Role.SENIOR)
_KINDS = (Action.LOOKED_AT, Action.NOBODY_FOUND)
# Whether this member of staff is kept from this customer, for reasons of apps that accounts knows nothing of.
Bar = Callable[[User, User], bool]
_BARS: list[Bar] = []


@dataclass(frozen=True)
class Look:
    """A recorded look: its event, at whom (None: nobody has that username), why, and until when it lasts."""

    event: SecurityEvent
    user: User | None
    reason: str

    @property
    def pk(self) -> int:
        """Return what stands in the address of the page."""
        return self.event.pk

    @property
    def until(self) -> datetime:
        """Return when the page has to be asked for again."""
        return self.event.at + LASTS

    @property
    def flow(self) -> str:
        """Return what the events of this look share."""
        return self.event.flow


def register(bar: Bar) -> None:
    """Ask this function too; apps do so once, in their ``ready()``."""
    if bar not in _BARS:
        _BARS.append(bar)


def may_look(by: Any) -> bool:
    """Tell whether this member of staff may look customers up at all. Nobody checks superusers, so they may not."""
    return isinstance(by, User) and not by.is_superuser and by.has_role(*READERS)


def may_help(by: Any) -> bool:
    """Tell whether this member of staff may do anything for customers, beyond looking."""
    return may_look(by) and by.has_role(*HELPERS)


def is_barred(by: User, user: User) -> bool:
    """Tell whether it is one's own record, or that of somebody whose recovery one works on."""
    return by.is_same_person(user) or any(bar(by, user) for bar in _BARS)


def refuse_barred(by: User, user: User) -> None:
    """Refuse what ``is_barred``. Raises: ``NotTheirCustomer``, after a line in the log."""
    if is_barred(by, user):
        log.warning("refused to show a customer", extra={"facts": {"user": by.pk, "customer": user.pk}})
        raise NotTheirCustomer


@refusing(too_often)
def look(*, username: str, reason: str, by: User, origin: client.Origin, now: datetime) -> Look:
    """Look a customer up by their whole username; members of staff are nobody here.

    Effects: one event, which the customer reads, refused or not, or one on the system's chain if nobody has that
    username; attempts of this member of staff, of which a name that somebody has gives one back.
    Needs: no open transaction. Raises: ``RoleMissing``, ``TooOften``, ``NotTheirCustomer``.
    """
    if not may_look(by):
        raise RoleMissing
    reserve(limits.LOOK.of(by.username_hash), now=now)
    missed = reserve(limits.LOOK_MISSED.of(by.username_hash), now=now)
    found = User.objects.select_related("customer").filter(is_staff=False, username_hash=hash_of_username(username))
    user = found.first()
    if user is None:
        kind = Action.NOBODY_FOUND
    else:
        give_back(missed)
        kind = Action.LOOK_REFUSED if is_barred(by, user) else Action.LOOKED_AT
    facts = {"username": hash_of_username(username)} if user is None else {}
    why, flow = sealed_words.reason(reason), f"look:{secrets.token_hex(8)}"
    with transaction.atomic():
        event = record(kind, by=by, on=user, now=now, origin=origin, flow=flow, reason=why, **facts)
    if user is not None:
        refuse_barred(by, user)
    return Look(event, user, why)


def find(pk: int, *, by: User, now: datetime) -> Look | None:
    """Return a look of this member of staff that lasts, or None. Four statements, however much there is.

    Raises: ``RoleMissing``, ``NotTheirCustomer``: what has changed since it began counts.
    """
    if not may_look(by):
        raise RoleMissing
    recent = SecurityEvent.objects.filter(actor=by, action__in=_KINDS, at__gt=now - LASTS)
    event = recent.select_related("subject__customer").filter(pk=pk).first()
    if event is None:
        return None
    if event.subject:
        refuse_barred(by, event.subject)
    return Look(event, event.subject, str(sealed_words.facts(event)["reason"]))


def newest(*, by: User, user: User, now: datetime) -> int | None:
    """Return the newest look of this member of staff at that customer that lasts, or None."""
    mine = _that_last(by, now).filter(subject=user)
    return mine.order_by("-pk").values_list("pk", flat=True).first()


def in_view(*, by: User, now: datetime) -> QuerySet[User]:
    """Return the customers at whom this member of staff is looking."""
    return User.objects.filter(pk__in=_that_last(by, now).values("subject"))


def _that_last(by: User, now: datetime) -> QuerySet[SecurityEvent]:
    return SecurityEvent.objects.filter(action=Action.LOOKED_AT, actor=by, at__gt=now - LASTS)


def has_looked(*, by: User, user: User, since: datetime) -> bool:
    """Tell whether this person has looked at that one since then, whichever usernames the two have besides."""
    theirs = User.objects.filter(customer=user.customer_id).values("pk")
    seen = SecurityEvent.objects.filter(action=Action.LOOKED_AT, subject__in=theirs, at__gt=since)
    return seen.filter(actor__employee=by.employee_id).exists()


@transaction.atomic
def show_contact(*, seen: Look, by: User, origin: client.Origin, now: datetime) -> None:
    """Show name, address and phone number for as long as the look lasts.

    Not for auditors, who see no addresses. Effects: one event with the reason of the look, the first time.
    Needs: a look at somebody. Raises: ``RoleMissing``.
    """
    if not may_help(by):
        raise RoleMissing
    if seen.user and not is_contact_shown(seen):
        reason = sealed_words.reason(seen.reason)
        record(Action.CONTACT_SHOWN, by=by, on=seen.user, now=now, origin=origin, flow=seen.flow, reason=reason)


def is_contact_shown(seen: Look) -> bool:
    """Tell whether the contact details were asked for in this look."""
    shown = SecurityEvent.objects.filter(flow=seen.flow, action=Action.CONTACT_SHOWN, actor=seen.event.actor_id)
    return shown.exists()
