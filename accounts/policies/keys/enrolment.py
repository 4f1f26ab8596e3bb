"""The table of legal moves of an enrolment: the one source for actions, tests and documentation."""

from accounts.enums import EnrolmentPurpose, EnrolmentState

EMAIL, DETAILS, OPEN, CLAIMED, MATCHED, DONE, ENDED = EnrolmentState
FIRST, ADD, TRANSFER, RECOVERY = EnrolmentPurpose

OVER = frozenset({DONE, ENDED})
START: dict[EnrolmentPurpose, EnrolmentState] = {FIRST: EMAIL, ADD: EMAIL, TRANSFER: OPEN, RECOVERY: OPEN}

# (state, step) -> state. Anything else is refused.
MOVES: dict[tuple[EnrolmentState, str], EnrolmentState] = {
    (EMAIL, "prove-first"): DETAILS,  # the first Key of a user: answers or details follow the e-mailed code
    (EMAIL, "prove-added"): OPEN,  # one more Key: both factors were given a moment ago
    (DETAILS, "prove-first"): OPEN,
    (OPEN, "renew"): OPEN,  # a new pairing code
    (OPEN, "claim"): CLAIMED,  # a phone joins with the code
    (OPEN, "confirm-app"): DONE,  # a plain authenticator app shows a right code
    (CLAIMED, "renew"): OPEN,  # the phone shows no number: it is forgotten, and may join again
    (CLAIMED, "match"): MATCHED,  # the user confirms that the numbers match
    (MATCHED, "fetch"): MATCHED,  # the phone fetches its secrets, again if the answer was lost
    (MATCHED, "confirm"): DONE,  # a code of the new Key is accepted
    **{(state, "give-up"): ENDED for state in EnrolmentState if state not in OVER},
}


def after(state: EnrolmentState, step: str) -> EnrolmentState | None:
    """Return the state after a step, or None if the step is not open."""
    return MOVES.get((state, step))


def table() -> str:
    """Return the moves as a Markdown table, in the order of the states."""
    lines = ["| From | Step | To |", "|---|---|---|"]
    lines += [
        f"| {old} | {step} | {MOVES[old, step]} |" for state in EnrolmentState for old, step in MOVES if old == state
    ]
    return "\n".join(lines)
