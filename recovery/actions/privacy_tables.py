"""What recovery holds about people: what is given out, what erasing takes, and old cases, which are deleted whole."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.actions.privacy.stored_tables import Person, Rows, StoredTable, of_users
from accounts.actions.purging import Work
from accounts.models.users import User
from portal.audit import hash_chain, pruning
from portal.audit.event_names import RecordEvent
from portal.audit.models import SealedWords
from recovery import models as ours
from recovery.actions import objections, transitions
from recovery.actions.case_events import Who, chain_of
from recovery.enums import Actor, State
from recovery.models import Case
from recovery.models.decisions import NO_WORDS

_WITH_CASE = "with its case"
_SUBJECT = "case__subject"
_BATCH = 100


def of_cases(model: Any, by: str = _SUBJECT) -> Rows:
    """Return what finds the rows of the cases about a person."""
    return of_users(model, by)


def _empty_cases(_table: StoredTable, person: Person, now: datetime) -> None:
    """Take what says whose the cases were from each, with an event in its record.

    Also from phantoms: whoever asks for help under a username that was closed gets one, and leaves their number there.
    """
    names = {user.username_hash: name for user, name in zip(person.users, _names_now(person), strict=True)}
    for pk in Case.objects.filter(username_hash__in=names).order_by("pk").values_list("pk", flat=True):
        case = transitions.lock(pk)
        facts: dict[str, Any] = {"username_hash": names[case.username_hash], "told_n": case.event_n + 1}
        transitions.note(case, RecordEvent.ERASED, who=Who(Actor.SYSTEM), now=now, **facts)
        SealedWords.objects.filter(chain=chain_of(case)).delete()


def _names_now(person: Person) -> list[str]:
    """Return the digests of the usernames in the database: once they are erased, of the random ones."""
    now = User.objects.filter(pk__in=person.user_ids).order_by("pk")
    return list(now.values_list("username_hash", flat=True))


def _empty(of: str, **columns: str) -> Any:
    """Return what sets these columns in the rows of a person's cases; ``of`` leads to the case."""

    def erase(table: StoredTable, person: Person, _now: datetime) -> None:
        rows = table.model._default_manager.filter(**{f"{of}__username_hash__in": _names_now(person)})
        for name, value in columns.items():
            rows.exclude(**{name: ""}).update(**{name: value})

    return erase


def _forget_resets(_table: StoredTable, person: Person, _now: datetime) -> None:
    """Delete their resets, and those begun under a username that was closed, which are nobody's."""
    names = [user.username_hash for user in person.users]
    ours.PasswordReset.objects.filter(Q(user__in=person.user_ids) | Q(username_hash__in=names)).delete()


def under_way(person: Person) -> Iterator[str]:
    """Yield a sentence if a case about this person is open."""
    if Case.objects.filter(subject__in=person.user_ids, closed_at=None).exists():
        yield "A case of recovery is still open."


def _contacts_of(claims: Sequence[ours.Claim]) -> list[dict[str, Any]]:
    """Return the number to call of each claim that led to the end; anybody can make the others, by mistake too."""
    proved = {claim.pk for claim in claims if claim.case.state == State.DONE and claim.case.claim_id == claim.pk}
    return [{"contact": claim.contact if claim.pk in proved else ""} for claim in claims]


# --- Old cases ----------------------------------------------------------------------------------------


def old_cases(now: datetime) -> QuerySet[Case]:
    """Return the cases that were closed for ``PORTAL_KEEP_CASES_DAYS``.

    Not one whose owner is suspended since their objection: by it a later recovery lets them in again.
    """
    old = Case.objects.filter(closed_at__lt=now - timedelta(days=settings.PORTAL_KEEP_CASES_DAYS))
    suspending = objections.suspending(OuterRef("subject__suspended_at")).filter(case=OuterRef("pk"))
    return old.exclude(Exists(suspending), subject__erased_at=None).order_by("pk")


@transaction.atomic
def delete_case(case: Case, *, now: datetime) -> None:
    """Delete a closed case with everything in it; of its record, a signed start stays where its end was."""
    case = transitions.lock(case.pk)
    pruning.start_after(hash_chain.Head(chain_of(case), case.event_n, case.head), now=now)
    delete_rows(case)


def delete_rows(case: Case) -> None:
    """Delete everything in a case, and the case. Needs: a start in the place of its record."""
    for model in (ours.StopCode, ours.Hold, ours.RecoveryGrant, ours.Decision, ours.Flag):
        model.objects.filter(case=case).delete()
    claims = ours.Claim.objects.filter(case=case)
    ours.Observation.objects.filter(claim__in=claims).delete()
    ours.Evidence.objects.filter(case=case).delete()
    ours.PlanItem.objects.filter(claim__in=claims).delete()
    ours.Event.objects.filter(case=case).delete()
    Case.objects.filter(pk=case.pk).update(claim=None)
    claims.delete()
    Case.objects.filter(pk=case.pk).delete()


def _end_some(now: datetime) -> int:
    batch = list(old_cases(now)[:_BATCH])
    for case in batch:
        delete_case(case, now=now)
    return len(batch)


OLD_CASES = Work("cases", lambda now: old_cases(now).count(), _end_some)


TABLES = (
    StoredTable(
        ours.PasswordReset,
        "after 30 days",
        _("Password resets"),
        of_users(ours.PasswordReset),
        ("username", "state", "device", "ended", "created_at", "over_at"),
        facts=lambda resets: [{"address": reset.address if reset.mailbox_at else ""} for reset in resets],
        withheld=("address",),
        erase=_forget_resets,
        erased="deleted",
    ),
    StoredTable(
        ours.StopCode, _WITH_CASE, rows=of_cases(ours.StopCode), erase=None,
    ),
    StoredTable(
        ours.Case,
        "`PORTAL_KEEP_CASES_DAYS` after it was closed",
        _("Cases of recovery"),
        of_cases(ours.Case, "subject"),
        ("number", "purpose", "state", "opened_at", "closed_at"),
        erase=_empty_cases,
        erased="emptied",
    ),
    StoredTable(
        ours.Claim,
        _WITH_CASE,
        _("Requests made in cases of recovery"),
        of_cases(ours.Claim),
        ("case__number", "reference", "entry_point", "lost", "created_at", "closed_at"),
        facts=_contacts_of,
        withheld=("phrase", "contact"),
        erase=_empty("case", contact="", browser_digest="", source=""), erased="emptied",
    ),
    StoredTable(
        ours.PlanItem, _WITH_CASE, rows=of_cases(ours.PlanItem, "claim__case__subject"),
        withheld=("question", "locator"), erase=None,
    ),
    StoredTable(
        ours.Evidence, _WITH_CASE, rows=of_cases(ours.Evidence), withheld=("method",),
        erase=_empty("case", answer_digest=""), erased="emptied",
    ),
    StoredTable(
        ours.Flag, _WITH_CASE, rows=of_cases(ours.Flag), erase=None,
    ),
    StoredTable(
        ours.Observation, _WITH_CASE, rows=of_cases(ours.Observation, "claim__case__subject"),
        withheld=("codes", "call_reference"), erase=_empty("claim__case", call_reference=""), erased="emptied",
    ),
    StoredTable(
        ours.Decision,
        _WITH_CASE,
        _("Decisions on cases of recovery"),
        of_cases(ours.Decision),
        ("case__number", "outcome", "reason", "decided_at"),
        withheld=("own_check",),
        erase=_empty("case", reason=NO_WORDS, own_check=NO_WORDS), erased="emptied",
    ),
    StoredTable(
        ours.RecoveryGrant, _WITH_CASE, rows=of_cases(ours.RecoveryGrant, "subject"),
        withheld=("first_channel", "second_channel"), erase=None,
    ),
    StoredTable(
        ours.Hold,
        _WITH_CASE,
        _("What was on hold after a recovery"),
        of_users(ours.Hold, "subject"),
        ("scope", "starts_at", "until", "lifted_at"),
        erase=None,
    ),
    StoredTable(
        ours.Event,
        _WITH_CASE,
        _("What happened in cases of recovery"),
        of_cases(ours.Event),
        ("case__number", "at", "action"),
        withheld=("chain", "request_id", "flow", "facts", "key_id"),
        erase=None,
    ),
    StoredTable(ours.Policy, "never: the terms of cases"),
)  # fmt: skip
