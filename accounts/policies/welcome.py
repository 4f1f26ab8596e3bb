"""The form of welcome codes, the steps of a first sign-in, and when a letter may go to an address.

See docs/decisions/0035-welcome-letters.md.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from accounts.enums import FirstSignInState
from portal.lib import code_alphabet

LENGTH = 12  # 24^12 codes, 55 bits

DETAILS, EMAIL, PASSWORD, DONE, ENDED = FirstSignInState
START = DETAILS
OVER = frozenset({DONE, ENDED})

# (state, step) -> state. Anything else is refused.
MOVES: dict[tuple[FirstSignInState, str], FirstSignInState] = {
    (DETAILS, "details"): EMAIL,
    (EMAIL, "mailbox"): PASSWORD,
    (PASSWORD, "set"): DONE,
    **{(state, "end"): ENDED for state in FirstSignInState if state not in OVER},
}


def after(state: FirstSignInState, step: str) -> FirstSignInState | None:
    """Return the state after a step, or None if the step is not open."""
    return MOVES.get((state, step))


def table() -> str:
    """Return the moves as a Markdown table, in the order of the states."""
    lines = ["| From | Step | To |", "|---|---|---|"]
    lines += [
        f"| {old} | {step} | {MOVES[old, step]} |" for state in FirstSignInState for old, step in MOVES if old == state
    ]
    return "\n".join(lines)


def spaced(code: str) -> str:
    """Return a code in the form that people read: XXXX XXXX XXXX."""
    return code_alphabet.grouped(code)


def can_be_delivered(address: Mapping[str, object]) -> bool:
    """Tell whether a letter finds its way there: at least a street and a city."""
    return bool(address.get("line1") and address.get("city"))


def address_settled_on(changed_at: datetime | None, *, days: int) -> datetime | None:
    """Return from when on a letter that was lost is replaced: ``days`` after the address changed; None for always."""
    return None if changed_at is None else changed_at + timedelta(days=days)
