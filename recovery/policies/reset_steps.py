"""The table of legal moves of a password reset: the one source for actions, tests and documentation."""

from recovery.enums import ResetState

EMAIL, DETAILS, KEY, PASSWORD, DONE, ENDED = ResetState
START = EMAIL
OVER = frozenset({DONE, ENDED})

# (state, step) -> state. Anything else is refused.
MOVES: dict[tuple[ResetState, str], ResetState] = {
    (EMAIL, "mailbox"): DETAILS,  # the e-mailed code was right
    (DETAILS, "details"): KEY,  # answers or details were right, and a Key is set up
    (DETAILS, "details-no-key"): PASSWORD,  # the same without a Key
    (DETAILS, "nothing-on-file"): KEY,  # nothing to ask about, but there is a Key to ask
    (KEY, "key"): PASSWORD,
    (PASSWORD, "set"): DONE,
    (PASSWORD, "key-appeared"): KEY,  # the first Key was set up meanwhile
    **{(state, "end"): ENDED for state in ResetState if state not in OVER},
}


def after(state: ResetState, step: str) -> ResetState | None:
    """Return the state after a step, or None if the step is not open."""
    return MOVES.get((state, step))


def table() -> str:
    """Return the moves as a Markdown table, in the order of the states."""
    lines = ["| From | Step | To |", "|---|---|---|"]
    lines += [f"| {old} | {step} | {MOVES[old, step]} |" for state in ResetState for old, step in MOVES if old == state]
    return "\n".join(lines)
