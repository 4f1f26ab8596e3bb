"""What the portal itself holds about people: the record, the outbox, the limits; and what its libraries bring along."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import hook_types, notice_kinds
from accounts.actions.privacy.stored_tables import Person, StoredTable, of_users
from accounts.models import PauseOrigin
from portal.audit import sealed_words
from portal.audit.models import ChainHead, ChainStart, SealedWords, SecurityEvent
from portal.audit.record import chain_of
from portal.outbox import history
from portal.outbox.models import HookDelivery, HookEvent, HookSequence, Notice, NoticeState
from portal.throttle.models import Throttle

_RELEASE = "with the release that brought it"
_EMPTY = "stays empty"
_OF_LIBRARIES = {
    "admin.LogEntry": _EMPTY,
    "auth.Group": _RELEASE,
    "auth.Permission": _RELEASE,
    "axes.AccessAttempt": _EMPTY,
    "axes.AccessAttemptExpiration": _EMPTY,
    "axes.AccessFailureLog": _EMPTY,
    "axes.AccessLog": _EMPTY,
    "contenttypes.ContentType": _RELEASE,
    "helpcenter.Entry": _RELEASE,
    "otp_static.StaticDevice": _EMPTY,
    "otp_static.StaticToken": _EMPTY,
    "otp_totp.TOTPDevice": _EMPTY,
}


def _notices(person: Person) -> QuerySet[Any]:
    return history.notices_of(person.user_ids).order_by("pk")


def _texts_of(notices: Sequence[Notice]) -> list[dict[str, Any]]:
    return [{"subject": shown.subject, "text": shown.text} for shown in map(history.shown, notices)]


def _facts_of(events: Sequence[SecurityEvent]) -> list[dict[str, Any]]:
    found = sealed_words.facts_of(events)
    return [{"facts": found[event.chain, event.n]} for event in events]


def _empty_notices(table: StoredTable, person: Person, _now: datetime) -> None:
    """Take address and text; rows stay until their end. What was not sent yet is not sent any more."""
    rows = Notice.objects.filter(user__in=person.user_ids)
    rows.filter(state=NoticeState.DUE).update(state=NoticeState.DEAD)
    rows.update(target="", facts="")
    if person.employee:
        _empty_told({user.username for user in person.users})


def _empty_told(names: set[str]) -> None:
    """Take the text of what operators were told about a colleague, or of what that colleague did."""
    told = Notice.objects.filter(kind=notice_kinds.STAFF_CHANGED.name).exclude(facts="")
    about = [row.pk for row in told.iterator() if names & {row.facts["username"], row.facts["by"]}]
    Notice.objects.filter(pk__in=about, state=NoticeState.DUE).update(state=NoticeState.DEAD)
    Notice.objects.filter(pk__in=about).update(facts="")


def _told(events: Sequence[HookEvent]) -> list[dict[str, Any]]:
    return [{"told": event.body} for event in events]


def _forget_events(table: StoredTable, person: Person, _now: datetime) -> None:
    """Delete what the firm's systems were told, or would have been; that the person was erased they still hear."""
    HookEvent.objects.filter(user__in=person.user_ids).exclude(type=hook_types.ERASED.name).delete()


def _limits(person: Person) -> QuerySet[Any]:
    return Throttle.objects.filter(subject__in=[user.username_hash for user in person.users]).order_by("pk")


def _clear_limits(table: StoredTable, person: Person, _now: datetime) -> None:
    PauseOrigin.objects.filter(bucket__in=list(_limits(person).values_list("key", flat=True))).delete()
    _limits(person).delete()


TABLES = (
    StoredTable(
        Notice,
        "text and address after `PORTAL_KEEP_NOTICES_DAYS`, or the text 30 days after it could not be sent; the row "
        "after `PORTAL_KEEP_RECORD_DAYS`, or with the case that refers to it",
        _("Messages from us"),
        _notices,
        ("user__username", "reference", "channel", "target", "created_at", "sent_at"),
        facts=_texts_of,
        withheld=("facts", "kind", "dedupe"),
        erase=_empty_notices,
        erased="emptied",
    ),
    StoredTable(
        HookEvent,
        "`PORTAL_KEEP_HOOKS_DAYS` after it, once every system in the settings has accepted it or it was skipped",
        _("What the firm's other systems were told"),
        of_users(HookEvent),
        ("user__username", "type", "created_at"),
        facts=_told,
        withheld=("body",),
        erase=_forget_events,
        erased="deleted, but for the event that says so",
    ),
    StoredTable(
        HookDelivery,
        "with its event",
        rows=of_users(HookDelivery),
        withheld=("receiver", "fault"),
        erase=None,
        erased="with its event",
    ),
    StoredTable(HookSequence, "never: a number", rows=of_users(HookSequence), erase=None),
    StoredTable(
        SealedWords,
        "with its event",
        rows=lambda person: SealedWords.objects.filter(chain__in=[chain_of(user) for user in person.users]),
        withheld=("chain", "words"),
    ),
    StoredTable(
        SecurityEvent,
        "`PORTAL_KEEP_RECORD_DAYS` after it",
        _("What happened"),
        of_users(SecurityEvent, "subject"),
        ("subject__username", "at", "action"),
        facts=_facts_of,
        withheld=("chain", "request_id", "flow", "key_id", "facts"),
        erase=None,
    ),
    StoredTable(
        Throttle,
        "`PORTAL_KEEP_LIMITS_DAYS` after its window; a total of wrong codes with the person",
        rows=_limits,
        erase=_clear_limits,
        erased="deleted",
    ),
    StoredTable(ChainHead, "never: a number and a digest"),
    StoredTable(ChainStart, "never: the same"),
    *(StoredTable(apps.get_model(label), ends) for label, ends in _OF_LIBRARIES.items()),
)
