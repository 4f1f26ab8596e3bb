"""Security answers, stored as slow salted hashes of their folded text.

See docs/decisions/0027-answers-as-spoken.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import Q, QuerySet

from accounts import notice_kinds
from accounts.actions import notify, sessions
from accounts.enums import Action
from accounts.models import PlatformSession, SecurityAnswer, User
from accounts.policies import security_answers
from accounts.profile_refusals import QuestionsOff, answer_refused
from accounts.security_questions import words_of
from portal.audit.record import record
from portal.lib import client


@dataclass(frozen=True)
class Standing:
    """What a user has set: the questions that count, when they were set, and whether they should be set again."""

    questions: list[str]
    set_at: datetime | None
    is_due: bool
    was_replaced: bool


def are_used() -> bool:
    """Tell whether this installation asks security questions at all; the strict profile of passwords does not."""
    return bool(settings.PORTAL_PASSWORD_PROFILE != "strict")  # noqa: S105  a name


def current(user: User) -> QuerySet[SecurityAnswer]:
    """Return the answers that count as proof, by question: none that a recovery has made outdated."""
    rows = SecurityAnswer.objects.filter(user=user, outdated_at=None).order_by("question")
    return rows if are_used() else rows.none()


def how_many(user: User) -> int | None:
    """Return how many answers count as proof; None where no questions are asked."""
    return current(user).count() if are_used() else None


def due(now: datetime) -> Q:
    """Return the condition for answers that should be set again."""
    old = now - timedelta(days=settings.PORTAL_QUESTIONS_REFRESH_DAYS)
    return Q(set_at=None) | Q(set_at__lte=old) | Q(outdated_at__isnull=False)


def standing_of(user: User, *, now: datetime) -> Standing:
    """Return what a user has set. One statement."""
    rows = list(SecurityAnswer.objects.filter(user=user).order_by("question"))
    mine = [row for row in rows if row.outdated_at is None]
    set_at = min((row.set_at for row in mine if row.set_at), default=None)
    lifetime = timedelta(days=settings.PORTAL_QUESTIONS_REFRESH_DAYS)
    is_due = any(security_answers.are_due(set_at=row.set_at, now=now, lifetime=lifetime) for row in mine)
    return Standing([row.question for row in mine], set_at, is_due, len(mine) < len(rows))


def replace(
    *,
    user: User,
    answers: Mapping[str, str],
    by: User,
    session: PlatformSession,
    origin: client.Origin,
    now: datetime,
) -> list[SecurityAnswer]:
    """Set all of a user's questions at once; earlier ones are gone.

    Cost: one hash per answer, before anything is locked. Effects: rows, one event, notices on every channel.
    Needs: fresh proof; no open transaction; questions of the list, as many as ``ANSWERS_NEEDED``.
    Raises: ``QuestionsOff``, ``AnswerRefused`` for the first bad answer, ``HashingOverloaded``; ``SessionEnded`` if the
    session that asks was ended meanwhile.
    """
    if not are_used():
        raise QuestionsOff
    asked = {question: words_of(question) for question in answers}
    found = security_answers.faults(answers, asked=asked, known=_known_about(user))
    for question, fault in found.items():
        raise answer_refused(fault, question=question)
    rows = [_row(user, question, answer, now=now) for question, answer in answers.items()]
    with transaction.atomic():
        locked = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        sessions.refuse_ended(session)
        SecurityAnswer.objects.filter(user=locked).delete()
        SecurityAnswer.objects.bulk_create(rows)
        record(Action.QUESTIONS_SET, by=by, on=locked, now=now, origin=origin, questions=len(rows))
        notify.notify_everywhere(locked, notice_kinds.QUESTIONS_SET, now=now, at=now.isoformat(), device=origin.device)
    return rows


def set_answers(user: User, wanted: Mapping[str, str], *, now: datetime | None = None) -> None:
    """Replace a user's answers with these, by question, unannounced: for the demo, which chooses them itself.

    Costs one hash per answer. Needs: an open transaction, with the user's row locked.
    """
    SecurityAnswer.objects.filter(user=user).exclude(question__in=wanted).delete()
    present = {row.question: row for row in SecurityAnswer.objects.filter(user=user)}
    for question, answer in wanted.items():
        row = present.get(question)
        is_same = row is not None and _is_as_new(row) and is_answer(row, answer)
        if not is_same:
            SecurityAnswer.objects.filter(user=user, question=question).delete()
            _row(user, question, answer, now=now).save()


def mark_outdated(user: User, *, now: datetime) -> int:
    """End all answers as proof, and have them asked for anew; return how many. Needs: an open transaction."""
    return SecurityAnswer.objects.filter(user=user, outdated_at=None).update(outdated_at=now)


def is_answer(row: SecurityAnswer, typed: str) -> bool:
    """Check an answer; what folds to nothing is never right. The caller counts the attempts.

    Costs one hash, whatever it was folded by and whatever was typed.
    """
    folded = security_answers.folded_as(row.folding, typed)
    return check_password(folded or typed, row.answer_hash) and bool(folded)


def _row(user: User, question: str, answer: str, *, now: datetime | None) -> SecurityAnswer:
    encoded = make_password(security_answers.fold(answer))
    return SecurityAnswer(
        user=user, question=question, answer_hash=encoded, folding=security_answers.FOLDING, set_at=now
    )


def _is_as_new(row: SecurityAnswer) -> bool:
    return row.folding == security_answers.FOLDING and row.set_at is not None and row.outdated_at is None


def _known_about(user: User) -> list[str]:
    """Return what anybody may know: username, mailbox and names, alone and together."""
    words = [user.username, user.email, user.email.partition("@")[0]]
    if person := user.customer:
        names = [person.given_name, person.middle_name, person.family_name]
        words += [*names, f"{names[0]}{names[2]}", f"{names[2]}{names[0]}", "".join(names)]
    return words
