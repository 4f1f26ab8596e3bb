"""Delete what is no longer needed, in bounded batches, never inside a request."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Protocol

from django.conf import settings
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from accounts.enums import RequestState
from accounts.models import (
    AccountActivity,
    AccountValue,
    AdmissionCode,
    AdmittedBrowser,
    AnsweredPost,
    EmailChange,
    EmailedCode,
    Enrolment,
    FirstSignIn,
    Key,
    KnownBrowser,
    NetworkRequest,
    PauseOrigin,
    Phone,
    PlatformSession,
    PushChallenge,
    ReplacedContact,
    Report,
    RoleChange,
    SignInAddress,
    SignInRefusal,
    StaffInvitation,
    TradingAccount,
    TravelPass,
    UsedNonce,
)
from accounts.models.answered_posts import KEPT
from portal.audit import pruning
from portal.audit.models import SecurityEvent
from portal.outbox.hooks import operating
from portal.outbox.models import Notice, NoticeState
from portal.throttle.models import Throttle

BATCH = 1000
_BROWSER_DAYS = 400
_DEAD_NOTICE_DAYS = 30
_REQUEST_DAYS = 90
_EMAIL_CHANGE_DAYS = 90
_FIRST_SIGN_IN_DAYS = 30
_PAUSE_DAYS = 2
_ENROLMENT_HOURS = 24  # after the last moment it could have been finished
_SPENT_HOURS = 24  # longer than any signed request or challenge is valid


class Kind(Protocol):
    """Something that is deleted at its end."""

    @property
    def name(self) -> str:
        """Return what it is, for the command's output."""

    def count(self, now: datetime) -> int:
        """Return how much of it is past its end."""

    def end_some(self, now: datetime) -> int:
        """End up to a batch of it, in transactions of its own; return how much."""


def _delete(rows: QuerySet[Model]) -> int:
    return rows.delete()[1].get(rows.model._meta.label, 0)  # dependent rows are not counted


def _forget_facts(rows: QuerySet[Model]) -> int:
    return rows.update(facts="")


@dataclass(frozen=True)
class OldRows:
    """Rows of one table that may be deleted, or cleared: what they are, and which."""

    name: str
    over: Callable[[datetime], QuerySet[Model]]
    end: Callable[[QuerySet[Model]], int] = _delete

    def count(self, now: datetime) -> int:
        """Return how many there are."""
        return self.over(now).count()

    def end_some(self, now: datetime) -> int:
        """Delete, or clear, a batch of them."""
        batch = list(self.over(now).values_list("pk", flat=True)[:BATCH])
        return self.end(self.over(now).filter(pk__in=batch)) if batch else 0


@dataclass(frozen=True)
class Work:
    """Something that takes more than deleting rows of one table."""

    name: str
    counting: Callable[[datetime], int]
    ending: Callable[[datetime], int]

    def count(self, now: datetime) -> int:
        """Return how much there is."""
        return self.counting(now)

    def end_some(self, now: datetime) -> int:
        """Do a batch of it."""
        return self.ending(now)


def _ago(now: datetime, setting: str) -> datetime:
    """Return the moment that many days ago; ``setting``: the name of their number."""
    return now - timedelta(days=getattr(settings, setting))


def _tries(now: datetime) -> QuerySet[Model]:
    """Limits in use whose window ended days ago; totals stay until they are cleared."""
    return Throttle.objects.settled(before=_ago(now, "PORTAL_KEEP_LIMITS_DAYS"))


def _undelivered(now: datetime) -> QuerySet[Model]:
    """Notices that were never delivered: the row stays, its facts go."""
    old = now - timedelta(days=_DEAD_NOTICE_DAYS)
    return Notice.objects.filter(state=NoticeState.DEAD, created_at__lt=old).exclude(facts="")


def _old_texts(now: datetime) -> QuerySet[Model]:
    """Notices so old that nobody needs to read them again: the row stays, its facts and its address go."""
    old = Notice.objects.filter(state=NoticeState.SENT, created_at__lt=_ago(now, "PORTAL_KEEP_NOTICES_DAYS"))
    return old.exclude(facts="", target="")


def _forget_texts(rows: QuerySet[Model]) -> int:
    return rows.update(facts="", target="")


def _old_notices(now: datetime) -> QuerySet[Model]:
    """Notices so old that nobody asks for their reference any more, and to which no case refers."""
    old = Notice.objects.filter(created_at__lt=_ago(now, "PORTAL_KEEP_RECORD_DAYS"), stop_code=None)
    return old.exclude(state=NoticeState.DUE)


def _of_accounts(now: datetime) -> QuerySet[Model]:
    return AccountActivity.objects.filter(at__lt=_ago(now, "PORTAL_KEEP_ACTIVITY_DAYS"))


def _values(now: datetime) -> QuerySet[Model]:
    return AccountValue.objects.filter(day__lt=_ago(now, "PORTAL_KEEP_ACTIVITY_DAYS").date())


def _nobodys(now: datetime) -> QuerySet[Model]:
    """Accounts that were closed for as long as a person, whose activity is gone, and on which nobody may act."""
    closed = TradingAccount.objects.filter(closed_at__lt=_ago(now, "PORTAL_KEEP_CLOSED_DAYS"))
    return closed.filter(mandates=None, activity=None)


def _over_for_long(model: type[Model], *moments: str) -> Callable[[datetime], QuerySet[Model]]:
    """Return what finds rows that were over, as one of these moments says, for as long as the record is kept."""

    def over(now: datetime) -> QuerySet[Model]:
        before = _ago(now, "PORTAL_KEEP_RECORD_DAYS")
        return model._default_manager.filter(reduce(or_, (Q(**{f"{moment}__lt": before}) for moment in moments)))

    return over


def _came_to_nothing(now: datetime) -> QuerySet[Model]:
    """Phones that joined an enrolment and never got a Key."""
    held = Exists(Key.objects.filter(phone=OuterRef("pk")))
    coming = Exists(Enrolment.objects.filter(Q(phone=OuterRef("pk")) | Q(old_phone=OuterRef("pk"))))
    old = now - timedelta(hours=_ENROLMENT_HOURS)
    return Phone.objects.filter(~held, ~coming, created_at__lt=old)


def _requests(now: datetime) -> QuerySet[Model]:
    """Old push requests, except denied ones: two denials in a row stop further requests."""
    old = PushChallenge.objects.filter(created_at__lt=now - timedelta(days=_REQUEST_DAYS))
    return old.exclude(state=RequestState.DENIED)


def _old_sign_ins(now: datetime) -> QuerySet[Model]:
    return SignInAddress.objects.filter(at__lt=_ago(now, "PORTAL_KEEP_SIGN_INS_DAYS"))


def _old_refusals(now: datetime) -> QuerySet[Model]:
    return SignInRefusal.objects.filter(at__lt=_ago(now, "PORTAL_KEEP_SIGN_INS_DAYS"))


def _old_events(now: datetime) -> int:
    return SecurityEvent.objects.filter(at__lt=_ago(now, "PORTAL_KEEP_RECORD_DAYS")).count()


def _prune(now: datetime) -> int:
    return pruning.prune_some(before=_ago(now, "PORTAL_KEEP_RECORD_DAYS"), limit=BATCH, now=now)


_KINDS: list[Kind] = [
    OldRows("tries that faded", _tries),
    OldRows("sessions that are over", lambda now: PlatformSession.objects.filter(ends_at__lte=now)),
    OldRows("e-mailed codes that ran out", lambda now: EmailedCode.objects.filter(expires_at__lte=now)),
    OldRows(
        "enrolments that are over",
        lambda now: Enrolment.objects.filter(expires_at__lt=now - timedelta(hours=_ENROLMENT_HOURS)),
    ),
    OldRows(
        "first sign-ins",
        lambda now: FirstSignIn.objects.filter(created_at__lt=now - timedelta(days=_FIRST_SIGN_IN_DAYS)),
    ),
    OldRows("browsers that asked to try", lambda now: AdmittedBrowser.objects.filter(expires_at__lte=now)),
    OldRows("codes for a browser that ran out", lambda now: AdmissionCode.objects.filter(expires_at__lte=now)),
    OldRows("origins of pauses", lambda now: PauseOrigin.objects.filter(at__lt=now - timedelta(days=_PAUSE_DAYS))),
    OldRows("phones that never got a Key", _came_to_nothing),
    OldRows("requests to approve", _requests),
    OldRows("addresses of old sign-ins", _old_sign_ins),
    OldRows("old refusals of sign-in", _old_refusals),
    OldRows("travel passes that ran out", lambda now: TravelPass.objects.filter(expires_at__lte=now)),
    OldRows("replaced contacts", lambda now: ReplacedContact.objects.filter(told_until__lte=now)),
    OldRows(
        "changes of e-mail addresses",
        lambda now: EmailChange.objects.filter(started_at__lt=now - timedelta(days=_EMAIL_CHANGE_DAYS)),
    ),
    OldRows("spent nonces", lambda now: UsedNonce.objects.filter(used_at__lt=now - timedelta(hours=_SPENT_HOURS))),
    OldRows("facts of undelivered notices", _undelivered, _forget_facts),
    OldRows("facts of old notices", _old_texts, _forget_texts),
    OldRows("old notices", _old_notices),
    OldRows("events for the firm's systems", lambda now: operating.settled(_ago(now, "PORTAL_KEEP_HOOKS_DAYS"))),
    OldRows("activity of accounts", _of_accounts),
    OldRows("daily values of accounts", _values),
    OldRows("accounts of nobody", _nobodys),
    OldRows("reports", _over_for_long(Report, "closed_at")),
    OldRows("requests for more networks", _over_for_long(NetworkRequest, "decided_at")),
    OldRows("changes of roles", _over_for_long(RoleChange, "decided_at")),
    OldRows("invitations", _over_for_long(StaffInvitation, "accepted_at", "revoked_at", "expires_at")),
    OldRows(
        "browsers not seen for long",
        lambda now: KnownBrowser.objects.filter(last_used_at__lt=now - timedelta(days=_BROWSER_DAYS)),
    ),
    Work("events", _old_events, _prune),
]


def register(kind: Kind) -> None:
    """Delete this too; apps do so once, in their ``ready()``."""
    if kind not in _KINDS:
        _KINDS.append(kind)


def forget_answers(now: datetime) -> int:
    """Delete posts that may no longer be repeated; a periodic task, since their answers hold cookies."""
    return AnsweredPost.objects.filter(started_at__lte=now - KEPT).delete()[0]


def purge(*, now: datetime) -> Iterator[tuple[str, int]]:
    """Delete kind by kind; yield the name of each kind and how many rows were deleted.

    Effects: one short transaction per batch of ``BATCH`` rows, so that no request waits for it.
    """
    for kind in _KINDS:
        gone = 0
        while ended := kind.end_some(now):
            gone += ended
        yield kind.name, gone


def count(*, now: datetime) -> Iterator[tuple[str, int]]:
    """Yield what ``purge`` would delete."""
    for kind in _KINDS:
        yield kind.name, kind.count(now)
