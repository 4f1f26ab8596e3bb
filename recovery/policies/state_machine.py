"""The table of legal moves of a case: the one source for actions, database trigger and documentation."""

from recovery.enums import Actor, State

CLAIMANT, OWNER, AGENT, SENIOR, SYSTEM, CLOCK = Actor
TERMINAL = frozenset({State.REFUSED, State.CANCELLED, State.WITHDRAWN, State.EXPIRED, State.DONE})
START = State.OPEN

# In these states ownership is not, or not fully, proved, so that an objection may simply end the case.
UNPROVED = (State.OPEN, State.VERIFYING, State.POSSESSION)
# The same, and a case that too little is on file for, before any papers were shown.
_WITHOUT_PROOF = (*UNPROVED, State.PROOFING)
# In these there is evidence against an objection: it stops the case for people to look at.
DISPUTABLE = (State.POSSESSION, State.PROOFING, State.REVIEW, State.COOLING, State.GRANT_READY, State.ENROLLING)
# Undone by a second claim, of which the reviewer did not know.
APPROVED = (State.COOLING, State.GRANT_READY, State.ENROLLING)
_WITHDRAWABLE = (*UNPROVED, State.PROOFING, State.REVIEW, State.COOLING, State.GRANT_READY, State.ENROLLING)
_EXPIRING = (*UNPROVED, State.PROOFING, State.GRANT_READY)

MOVES: dict[tuple[State, State], frozenset[Actor]] = {
    (State.OPEN, State.VERIFYING): frozenset({AGENT}),
    (State.VERIFYING, State.POSSESSION): frozenset({SYSTEM}),
    (State.VERIFYING, State.PROOFING): frozenset({SYSTEM}),
    (State.VERIFYING, State.REFUSED): frozenset({SYSTEM}),
    (State.POSSESSION, State.REVIEW): frozenset({SYSTEM}),
    (State.POSSESSION, State.REFUSED): frozenset({SYSTEM}),
    (State.PROOFING, State.REVIEW): frozenset({SYSTEM}),
    (State.PROOFING, State.REFUSED): frozenset({SENIOR, SYSTEM}),
    (State.REVIEW, State.COOLING): frozenset({SENIOR}),
    (State.REVIEW, State.POSSESSION): frozenset({SENIOR}),
    (State.REVIEW, State.PROOFING): frozenset({SENIOR}),
    (State.REVIEW, State.REFUSED): frozenset({SENIOR}),
    (State.COOLING, State.GRANT_READY): frozenset({CLOCK}),
    (State.COOLING, State.PROOFING): frozenset({CLOCK}),
    (State.GRANT_READY, State.ENROLLING): frozenset({CLAIMANT}),
    (State.ENROLLING, State.GRANT_READY): frozenset({CLAIMANT, CLOCK}),
    (State.ENROLLING, State.HOLD): frozenset({CLAIMANT}),
    (State.HOLD, State.DONE): frozenset({CLOCK}),
    (State.HOLD, State.CONTESTED): frozenset({OWNER}),
    (State.CONTESTED, State.REFUSED): frozenset({SENIOR}),
    **{(state, State.CONTESTED): frozenset({OWNER, AGENT, SENIOR, SYSTEM}) for state in DISPUTABLE},
    **{(state, State.REVIEW): frozenset({SYSTEM}) for state in APPROVED},
    **{(state, State.CANCELLED): frozenset({OWNER}) for state in _WITHOUT_PROOF},
    **{(state, State.WITHDRAWN): frozenset({CLAIMANT, OWNER}) for state in _WITHDRAWABLE},
    **{(state, State.EXPIRED): frozenset({CLOCK}) for state in _EXPIRING},
}


def may_move(old: str, new: str, actor: str) -> bool:
    """Tell whether this kind of actor may make this move."""
    return Actor(actor) in MOVES.get((State(old), State(new)), frozenset())


def is_terminal(state: str) -> bool:
    """Tell whether a case in this state is closed for good."""
    return State(state) in TERMINAL


def ends_work(state: str) -> bool:
    """Tell whether grants and reviews become useless when a case enters this state."""
    return is_terminal(state) or State(state) == State.CONTESTED


def after_objection(state: str, *, has_possession: bool) -> State | None:
    """Return the state after an owner's objection ("not me"), or None if there is nothing left to stop.

    A claimant who proved nothing is refused. If possession was proved, people decide instead, since
    the objection may itself come from a thief who holds one of the owner's channels.
    """
    if State(state) == State.HOLD:
        return State.CONTESTED
    if State(state) in DISPUTABLE and (has_possession or State(state) not in _WITHOUT_PROOF):
        return State.CONTESTED
    return State.CANCELLED if State(state) in _WITHOUT_PROOF else None


def table() -> str:
    """Return the moves as a Markdown table, in the order of the states."""
    lines = ["| From | To | Moved by |", "|---|---|---|"]
    lines += [
        f"| {old} | {new} | {', '.join(sorted(MOVES[old, new]))} |"
        for old in State
        for new in State
        if (old, new) in MOVES
    ]
    return "\n".join(lines)
