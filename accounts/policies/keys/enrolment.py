"""The table of legal moves of an enrolment: the one source for actions, tests and documentation."""

from accounts.enums import EnrolmentPurpose, EnrolmentState

EMAIL, DETAILS, OPEN, CLAIMED, MATCHED, DONE, ENDED = EnrolmentState
FIRST, ADD, TRANSFER = EnrolmentPurpose

OVER = frozenset({DONE, ENDED})
START: dict[EnrolmentPurpose, EnrolmentState] = {FIRST: EMAIL, ADD: EMAIL, TRANSFER: OPEN}

# (state, step) -> state. What is not here does not happen.
MOVES: dict[tuple[EnrolmentState, str], EnrolmentState] = {
    (EMAIL, "prove-first"): DETAILS,  # the first Key of a log-in: answers or details follow the e-mailed code
    (EMAIL, "prove-added"): OPEN,  # one more Key: password and Key were given a moment ago
    (DETAILS, "prove-first"): OPEN,
    (OPEN, "renew"): OPEN,  # a fresh pairing code
    (OPEN, "claim"): CLAIMED,  # a phone comes with the code
    (OPEN, "confirm-app"): DONE,  # a plain authenticator app shows a right code
    (CLAIMED, "renew"): OPEN,  # the phone shows no number: it is forgotten, and may come again
    (CLAIMED, "match"): MATCHED,  # the person says the numbers are the same
    (MATCHED, "fetch"): MATCHED,  # the phone fetches its secrets, again if the answer was lost
    (MATCHED, "confirm"): DONE,  # a code of the new Key is right
    **{(state, "give-up"): ENDED for state in EnrolmentState if state not in OVER},
}


def after(state: EnrolmentState, step: str) -> EnrolmentState | None:
    """Return where a step leads, or None where it is not open."""
    return MOVES.get((state, step))


def table() -> str:
    """Return the moves as a Markdown table, in the order of the states."""
    lines = ["| From | Step | To |", "|---|---|---|"]
    lines += [
        f"| {old} | {step} | {MOVES[old, step]} |" for state in EnrolmentState for old, step in MOVES if old == state
    ]
    return "\n".join(lines)
