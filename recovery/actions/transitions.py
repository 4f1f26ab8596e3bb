"""The only code that changes a case: lock it, check the table of moves, write the event, move it."""

from datetime import datetime
from typing import Any

from recovery.actions.case_events import Who, append
from recovery.enums import FlagKind, Severity, State, Verdict
from recovery.methods import METHODS
from recovery.models import Case, Claim, Decision, Flag, RecoveryGrant
from recovery.policies import case_policy, state_machine
from recovery.refusals import CaseMoved, CaseNotOpen


def lock(case_id: int) -> Case:
    """Return the case with its row locked until the transaction ends."""
    return Case.objects.select_for_update(of=("self",)).select_related("policy", "subject", "claim").get(pk=case_id)


def need_state(case: Case, *states: State) -> None:
    """Refuse a case in any other state. Raises: ``CaseNotOpen``."""
    if case.state not in states:
        raise CaseNotOpen(case.state)


def move(
    case: Case, to: State, action: str, *, who: Who, now: datetime, body: dict[str, Any] | None = None, **columns: Any
) -> None:
    """Move a locked case, with its event, and set the deadlines of the new state.

    ``columns`` are set along with the state; ``until`` among them replaces the deadline of the terms.
    Raises: ``CaseNotOpen`` for a move the table does not allow, ``CaseMoved`` if the row changed meanwhile.
    """
    if not state_machine.may_move(case.state, to, who.kind):
        raise CaseNotOpen(case.state)
    clocks = {
        "state": to,
        "state_at": now,
        "until": case.terms.ends(to, now=now),
        "target_at": case_policy.target(to, tier=columns.get("tier", case.tier), now=now),
        "closed_at": now if state_machine.is_terminal(to) else None,
    }
    _write(case, action, to=to, who=who, now=now, body=body or {}, columns=clocks | columns)
    if state_machine.ends_work(to):
        _end_loose_ends(case, now=now)


def _end_loose_ends(case: Case, *, now: datetime) -> None:
    """Revoke the grant, void pending proofs, and drop a review that is no longer needed."""
    void_pending(case)
    RecoveryGrant.objects.filter(case=case, used_at=None, revoked_at=None).update(revoked_at=now)
    Decision.objects.filter(case=case, outcome=Verdict.PENDING).update(outcome=Verdict.DROPPED, decided_at=now)


def void_pending(case: Case) -> None:
    """Void everything that was sent for a proof and not answered yet, by any method."""
    for method in METHODS.values() if case.subject else ():
        method.void(case)


def note(
    case: Case, action: str, *, who: Who, now: datetime, body: dict[str, Any] | None = None, **columns: Any
) -> None:
    """Write an event without changing the state."""
    _write(case, action, to=State(case.state), who=who, now=now, body=body or {}, columns=columns)


def flag(
    case: Case,
    kind: FlagKind,
    *,
    who: Who,
    now: datetime,
    severity: Severity = Severity.AMBER,
    claim: Claim | None = None,
) -> None:
    """Raise a flag on a locked case, once per kind."""
    Flag.objects.get_or_create(
        case=case, kind=kind, defaults={"severity": severity, "claim": claim, "raised_by": who.user, "at": now}
    )


def _write(
    case: Case, action: str, *, to: State, who: Who, now: datetime, body: dict[str, Any], columns: dict[str, Any]
) -> None:
    event = append(case, action, who=who, now=now, to=to, body=body)
    columns |= {"event_n": event.n, "head": event.digest, "version": case.version + 1}
    unmoved = Case.objects.filter(pk=case.pk, version=case.version, state=case.state)
    if unmoved.update(**columns) != 1:
        raise CaseMoved
    for name, value in columns.items():
        setattr(case, name, value)
