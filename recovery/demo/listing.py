"""What a demo prints of its cases: what opens each, where it has come to, and what can be done next."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from accounts.demo.listing import item, table
from accounts.models import User
from recovery.demo.cases import claim_of, newest_of
from recovery.demo.cast import Case as Wanted
from recovery.demo.cast import Cast
from recovery.enums import State, Verdict
from recovery.models import Case, Decision

_NEXT = {
    State.OPEN: "An agent takes it from the queue, or starts the call with reference and PIN.",
    State.VERIFYING: "{agent} asks the rest of the questions; make person USER={username} has the answers.",
    State.POSSESSION: "In the claimants' browser: send the code, and type it from var/mail/.",
    State.PROOFING: "{agent} or a senior records the papers that were shown; then two seniors review it.",
    State.REVIEW: "{senior} opens it, reads for the minimum time, and approves, sends back or refuses.",
    State.COOLING: "Wait for the end, or stop it as its owner would: sign in as {username}.",
    State.GRANT_READY: "In the claimants' browser: start; the second part of the set-up code comes to var/mail/.",
    State.ENROLLING: "In the claimants' browser: go on with the new password and Key.",
    State.HOLD: "Sign in as {username}, who has a new password and Key, and see what is on hold.",
    State.CONTESTED: "Two seniors, one after the other, refuse it with a reason.",
}
_BY_CLOCK = frozenset({State.COOLING, State.GRANT_READY, State.HOLD})
_OVER = "Nothing more happens. Its page still opens."
_OF_NOBODY = "Nobody has this name, so no answer is right. Neither page nor desk shows it."


def cases(cast: Cast, *, now: datetime) -> Iterator[str]:
    """Yield two lines for each case of the file: what opens it and its state, and what can be done next."""
    found = [(wanted, case) for wanted in cast.cases if (case := newest_of(wanted))]
    head = ("reference", "PIN", "agent says", "on", "state")
    lines = list(table([head, *(_row(wanted, case) for wanted, case in found)]))
    if found:
        yield lines[0]
    for line, (wanted, case) in zip(lines[1:], found, strict=True):
        yield line
        yield from item(_next(wanted, case, now=now), mark="      ")


def facts_of(cast: Cast, username: str, *, now: datetime) -> Iterator[tuple[str, str]]:
    """Yield what there is to be known about the case of one person."""
    for wanted in cast.cases:
        if wanted.username == username and (case := newest_of(wanted)):
            reference, pin, phrase, _username, state = _row(wanted, case)
            yield "case", f"{reference}  {state}"
            yield "PIN", pin
            yield "agent says", phrase
            yield "next", _next(wanted, case, now=now)


def _row(wanted: Wanted, case: Case) -> tuple[str, ...]:
    claim = claim_of(case)
    state = str(State(case.state).label)
    if case.tier > 1 and case.is_open:
        state += f", tier {case.tier}"
    return claim.reference, wanted.pin, claim.phrase, wanted.username, state


def _time(at: datetime, *, now: datetime) -> str:
    return f"Until {at:%H:%M} UTC" if at - now < timedelta(hours=12) else f"Until {at:%d %B, %H:%M} UTC"


def _next(wanted: Wanted, case: Case, *, now: datetime) -> str:
    review = Decision.objects.filter(case=case, outcome=Verdict.PENDING).first()
    words = _NEXT.get(State(case.state), _OVER).format(
        agent=_name(case.maker_id),
        senior=_name(review.assigned_to_id if review else None),
        username=wanted.username,
    )
    if case.state in _BY_CLOCK and case.until:
        words = f"{_time(case.until, now=now)}. {words}"
    return words if case.subject else _OF_NOBODY


def _name(pk: int | None) -> str:
    return User.objects.get(pk=pk).username if pk else "An agent"
