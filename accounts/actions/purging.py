"""Delete what is no longer needed, in bounded batches, never inside a request."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from accounts.enums import RequestState
from accounts.models import (
    AdmissionCode,
    AdmittedBrowser,
    AnsweredPost,
    EmailChange,
    EmailedCode,
    Enrolment,
    FirstSignIn,
    Key,
    KnownBrowser,
    PauseOrigin,
    Phone,
    PlatformSession,
    PushChallenge,
    ReplacedContact,
    SignInAddress,
    TravelPass,
    UsedNonce,
)
from accounts.models.answered_posts import KEPT
from portal.outbox.models import Notice, NoticeState
from portal.throttle.models import Throttle

BATCH = 1000
_TRIES_DAYS = 2
_BROWSER_DAYS = 400
_DEAD_NOTICE_DAYS = 30
_NOTICE_DAYS = 400
_REQUEST_DAYS = 90
_ADDRESS_AGE = timedelta(days=90)  # the preview of a limit looks back that far
_EMAIL_CHANGE_DAYS = 90
_FIRST_SIGN_IN_DAYS = 30
_ENROLMENT_HOURS = 24  # after the last moment it could have been finished
_SPENT_HOURS = 24  # longer than any signed request or challenge is valid


def _delete(rows: QuerySet[Model]) -> int:
    return rows.delete()[1].get(rows.model._meta.label, 0)  # dependent rows are not counted


def _forget_facts(rows: QuerySet[Model]) -> int:
    return rows.update(facts="")


@dataclass(frozen=True)
class Kind:
    """Rows of one table that may be deleted, or cleared: what they are, and which."""

    name: str
    over: Callable[[datetime], QuerySet[Model]]
    end: Callable[[QuerySet[Model]], int] = _delete


def _tries(now: datetime) -> QuerySet[Model]:
    """Limits in use whose window ended days ago; totals stay until they are cleared."""
    return Throttle.objects.settled(before=now - timedelta(days=_TRIES_DAYS))


def _undelivered(now: datetime) -> QuerySet[Model]:
    """Notices that were never delivered: the row stays, its facts go."""
    old = now - timedelta(days=_DEAD_NOTICE_DAYS)
    return Notice.objects.filter(state=NoticeState.DEAD, created_at__lt=old).exclude(facts="")


def _old_texts(now: datetime) -> QuerySet[Model]:
    """Notices sent so long ago that nobody needs to read them again: the row stays, its facts go."""
    old = now - timedelta(days=_NOTICE_DAYS)
    return Notice.objects.filter(state=NoticeState.SENT, created_at__lt=old).exclude(facts="")


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


KINDS = (
    Kind("tries that faded", _tries),
    Kind("sessions that are over", lambda now: PlatformSession.objects.filter(ends_at__lte=now)),
    Kind("e-mailed codes that ran out", lambda now: EmailedCode.objects.filter(expires_at__lte=now)),
    Kind(
        "enrolments that are over",
        lambda now: Enrolment.objects.filter(expires_at__lt=now - timedelta(hours=_ENROLMENT_HOURS)),
    ),
    Kind(
        "first sign-ins",
        lambda now: FirstSignIn.objects.filter(created_at__lt=now - timedelta(days=_FIRST_SIGN_IN_DAYS)),
    ),
    Kind("browsers that asked to try", lambda now: AdmittedBrowser.objects.filter(expires_at__lte=now)),
    Kind("codes for a browser that ran out", lambda now: AdmissionCode.objects.filter(expires_at__lte=now)),
    Kind("origins of pauses", lambda now: PauseOrigin.objects.filter(at__lt=now - timedelta(days=_TRIES_DAYS))),
    Kind("phones that never got a Key", _came_to_nothing),
    Kind("requests to approve", _requests),
    Kind("addresses of old sign-ins", lambda now: SignInAddress.objects.filter(at__lt=now - _ADDRESS_AGE)),
    Kind("travel passes that ran out", lambda now: TravelPass.objects.filter(expires_at__lte=now)),
    Kind("replaced contacts", lambda now: ReplacedContact.objects.filter(told_until__lte=now)),
    Kind(
        "changes of e-mail addresses",
        lambda now: EmailChange.objects.filter(started_at__lt=now - timedelta(days=_EMAIL_CHANGE_DAYS)),
    ),
    Kind("spent nonces", lambda now: UsedNonce.objects.filter(used_at__lt=now - timedelta(hours=_SPENT_HOURS))),
    Kind("facts of undelivered notices", _undelivered, _forget_facts),
    Kind("facts of old notices", _old_texts, _forget_facts),
    Kind(
        "browsers not seen for long",
        lambda now: KnownBrowser.objects.filter(last_used_at__lt=now - timedelta(days=_BROWSER_DAYS)),
    ),
)


def forget_answers(now: datetime) -> int:
    """Delete posts that may no longer be repeated; a periodic task, since their answers hold cookies."""
    return AnsweredPost.objects.filter(started_at__lte=now - KEPT).delete()[0]


def purge(*, now: datetime) -> Iterator[tuple[str, int]]:
    """Delete kind by kind; yield the name of each kind and how many rows were deleted.

    Effects: one short transaction per batch of ``BATCH`` rows, so that no request waits for it.
    """
    for kind in KINDS:
        gone = 0
        while batch := list(kind.over(now).values_list("pk", flat=True)[:BATCH]):
            gone += kind.end(kind.over(now).filter(pk__in=batch))
        yield kind.name, gone


def count(*, now: datetime) -> Iterator[tuple[str, int]]:
    """Yield what ``purge`` would delete."""
    for kind in KINDS:
        yield kind.name, kind.over(now).count()
