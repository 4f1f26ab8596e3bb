"""Which events of the record the firm's systems are told, and how each is told (FIRM-4).

Called for everything that is recorded, in the transaction of the action, so that nothing can be told that did not
happen, and nothing that happened is forgotten. A new action enters ``TOLD`` or ``NOT_TOLD``; a house test asks for it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser

from accounts import hook_types
from accounts.enums import Action, EndReason
from accounts.models import Mandate, Report, User
from portal.audit.event_names import RecordEvent
from portal.audit.record import lock_chain
from portal.outbox.hooks import events
from portal.outbox.hooks.event_types import EventType

Facts = Callable[[User, dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class Told:
    """A type of event, and how its fields follow from the username as it is now and the facts of the record."""

    kind: EventType
    fields: Facts = lambda _user, _facts: {}


def _named(*names: str, **fixed: str) -> Facts:
    return lambda _user, facts: {name: facts[name] for name in names} | fixed


def _address(change: str) -> Facts:
    return lambda user, _facts: {"address": user.email, "change": change}


def _pause(_user: User, facts: dict[str, Any]) -> dict[str, Any]:
    return {"limit": facts["limit"], "minutes": settings.PORTAL_LOCKOUT_MINUTES}


def _key_ended(_user: User, facts: dict[str, Any]) -> dict[str, Any]:
    return {"key": facts["key"], "reason": facts.get("reason", str(EndReason.TURNED_OFF))}


def _report(*names: str) -> Facts:
    def fields(_user: User, facts: dict[str, Any]) -> dict[str, Any]:
        reference = Report.objects.values_list("reference", flat=True).get(pk=facts["report"])
        return {"report": reference} | {name: facts[name] for name in names}

    return fields


TOLD: dict[str, Told] = {
    Action.PASSWORD_SET: Told(hook_types.PASSWORD_SET),
    Action.KEY_ENROLLED: Told(hook_types.KEY_ADDED, _named("key")),
    Action.KEY_MOVED: Told(hook_types.KEY_MOVED, _named("key")),
    Action.KEY_ENDED: Told(hook_types.KEY_REMOVED, _key_ended),
    Action.PHONE_LOST: Told(hook_types.KEY_REMOVED, _key_ended),
    Action.KEYS_ENDED: Told(hook_types.KEYS_REMOVED, _named("keys", "passkeys", "reason")),
    Action.PASSKEY_ADDED: Told(hook_types.PASSKEY_ADDED, _named("passkey")),
    Action.PASSKEY_REMOVED: Told(hook_types.PASSKEY_REMOVED, _named("passkey", reason=str(EndReason.TURNED_OFF))),
    Action.PASSKEY_SUSPECT: Told(hook_types.PASSKEY_REMOVED, _named("passkey", reason=str(EndReason.COPIED))),
    Action.EMAIL_CHANGED: Told(hook_types.EMAIL_CHANGED, _address("made")),
    Action.EMAIL_CHANGE_STOPPED: Told(hook_types.EMAIL_CHANGED, _address("undone")),
    Action.EMAIL_REPLACED: Told(hook_types.EMAIL_CHANGED, _address("books")),
    Action.PHONE_CHANGED: Told(
        hook_types.PHONE_CHANGED, lambda user, _facts: {"number": user.customer.phone if user.customer else ""}
    ),
    Action.PAUSED: Told(hook_types.PAUSED, _pause),
    Action.PAUSE_LIFTED: Told(hook_types.PAUSE_LIFTED),
    Action.SUSPENDED: Told(hook_types.SUSPENDED),
    Action.REINSTATED: Told(hook_types.REINSTATED),
    Action.CLOSED: Told(hook_types.CLOSED),
    Action.REOPENED: Told(hook_types.REOPENED),
    Action.REPORTED: Told(hook_types.REPORT_OPENED, _report("kind")),
    Action.REPORT_CLOSED: Told(hook_types.REPORT_CLOSED, _report("outcome")),
    RecordEvent.ERASED: Told(hook_types.ERASED),
}

NOT_TOLD = frozenset(
    {
        # What the firm's own books said: it knows.
        *(Action.IMPORTED, Action.DETAILS_UPDATED, Action.ACCOUNT_CLOSED, Action.ACCOUNT_REOPENED),
        *(Action.MANDATE_GIVEN, Action.MANDATE_ENDED, Action.LETTER_WANTED, Action.LETTER_PRINTED),
        # Staff, who are not among the customers.
        *(Action.STAFF_INVITED, Action.INVITATION_REVOKED, Action.INVITATION_ACCEPTED, Action.STAFF_DETAILS),
        *(Action.STAFF_LEFT, Action.ROLE_ASKED, Action.ROLE_GIVEN, Action.ROLE_REFUSED),
        # Steps on the way to something that is told, or refused.
        *(Action.WELCOME_STARTED, Action.WELCOME_PROVED, Action.WELCOME_FAILED, Action.WELCOME_USED),
        *(Action.ENROLMENT_STARTED, Action.ENROLMENT_PROVED, Action.ENROLMENT_ENDED, Action.PHONE_PAIRED),
        *(Action.PHONE_MATCHED, Action.REQUEST_SENT, Action.REQUEST_APPROVED, Action.REQUEST_DENIED),
        *(Action.REQUEST_FAILED, Action.PROOF_REPEATED, Action.CODE_USED, Action.CODE_SENT, Action.CODE_ACCEPTED),
        # Sessions, browsers and networks, which are the portal's own.
        *(Action.SIGNED_IN, Action.SIGNED_OUT, Action.SESSION_ENDED, Action.SESSIONS_ENDED, Action.SIGNED_OUT_BY_STAFF),
        *(Action.BROWSER_ALLOWED, Action.BROWSER_ADMITTED, Action.NETWORK_REFUSED, Action.NETWORK_ENDED),
        *(Action.NETWORKS_TIGHTENED, Action.NETWORKS_ASKED, Action.NETWORKS_VERIFIED, Action.NETWORKS_DECIDED),
        *(Action.NETWORKS_WIDENED, Action.PASS_OPENED, Action.PASS_ENDED, Action.PASSES_OFF),
        # Names, preferences and spare proofs, of which nothing follows elsewhere.
        *(Action.KEY_RENAMED, Action.PHONE_ROTATED, Action.BACKUP_CODES_MADE, Action.BACKUP_CODE_USED),
        *(Action.QUESTIONS_SET, Action.PREFERENCES_SET),
        # Looking and taking along, which changes nothing.
        *(Action.DETAILS_SHOWN, Action.DATA_DOWNLOADED, Action.DATA_GIVEN_OUT),
        *(Action.LOOKED_AT, Action.LOOK_REFUSED, Action.NOBODY_FOUND, Action.CONTACT_SHOWN),
    }
)


def on_recorded(
    action: str,
    subjects: Sequence[tuple[AbstractBaseUser | None, dict[str, Any]]],
    *,
    by: AbstractBaseUser | None,
    now: datetime,
) -> None:
    """Queue what was just recorded, if it is told. Needs: the transaction of the action."""
    told = TOLD.get(action)
    if told is None or not events.is_on():
        return
    # As stored now, whatever the caller's copies say; of staff nothing is told.
    stored = User.objects.select_related("customer").filter(is_staff=False)
    users = stored.in_bulk([on.pk for on, _facts in subjects if on])
    facts = {user: told.fields(user, facts) for on, facts in subjects if on and (user := users.get(on.pk))}
    _queue(facts, told.kind, by=by, now=now)


def tell(user: User, kind: EventType, *, by: User | None, now: datetime, **facts: Any) -> None:
    """Queue an event that is not one of the record. Needs: the transaction of the action.

    Effects: locks the user and the end of their chain first, in the order in which actions that record do.
    """
    if events.is_on() and not user.is_staff:
        locked = User.objects.select_for_update(of=("self",)).select_related("customer").get(pk=user.pk)
        lock_chain(locked)
        _queue({locked: facts}, kind, by=by, now=now)


def _queue(told: dict[User, dict[str, Any]], kind: EventType, *, by: AbstractBaseUser | None, now: datetime) -> None:
    accounts: dict[int, list[dict[str, str]]] = {}
    open_ones = Mandate.objects.filter(user__in=list(told), account__closed_at=None).order_by("account__number")
    for user_id, number, role in open_ones.values_list("user", "account__number", "role"):
        accounts.setdefault(user_id, []).append({"number": number, "role": role})
    who = "portal" if by is None else "staff" if getattr(by, "is_staff", False) else "customer"
    about = [
        events.About(user.pk, _subject(user) | {"accounts": accounts.get(user.pk, []), "by": who}, facts)
        for user, facts in told.items()
    ]
    events.queue_each(about, kind, now=now)


def _subject(user: User) -> dict[str, Any]:
    number = user.customer.number if user.customer else ""
    return {"subject": {"username": user.username, "customer": number, "realm": user.realm}}
