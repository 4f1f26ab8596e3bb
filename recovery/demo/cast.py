"""The cast file with its cases. Format: docs/reference/cast-format.md."""

from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta

from accounts.demo import cast as people
from accounts.demo.cast import Login, Person
from accounts.enums import Role
from accounts.policies import usernames
from portal.lib.strict_json import Strict
from recovery.enums import State

DEFAULT = Path(people.__file__).with_name("cast.json")
# The states in which a demo can leave a case. The others last minutes, or say no more than these.
POSSIBLE = (
    State.OPEN,
    State.VERIFYING,
    State.POSSESSION,
    State.PROOFING,
    State.REVIEW,
    State.COOLING,
    State.GRANT_READY,
    State.HOLD,
    State.DONE,
    State.CONTESTED,
    State.REFUSED,
)
_OF_UNKNOWN_NAMES = frozenset({State.OPEN, State.VERIFYING, State.REFUSED})  # nobody gets further without a holder
_REVIEWED = frozenset(POSSIBLE) - _OF_UNKNOWN_NAMES - {State.POSSESSION}
_COMPLETED = frozenset({State.HOLD, State.DONE})


class Case(Strict):
    """A case: on whom, in which state, and the PIN that opens its page. A name nobody has gets one, too.

    ``tier``: how carefully it is reviewed; with 2 the agent noticed something, 3 needs two seniors.
    """

    username: Annotated[str, Meta(min_length=1, max_length=30)]
    state: State
    pin: Annotated[str, Meta(pattern=r"\A[0-9]{6}\Z")]
    tier: Literal[1, 2, 3] = 1
    by_phone: bool = False

    def __post_init__(self) -> None:
        if self.state not in POSSIBLE:
            raise ValueError(f"no case of a demo is left in the state {self.state}")
        if self.by_phone and self.state != State.OPEN:
            raise ValueError("by_phone belongs to a case in the state open")
        if self.tier > 1 and self.state not in _REVIEWED:
            raise ValueError(f"a case in the state {self.state} has not been reviewed, so it has no tier")


class Cast(people.Cast):
    """Everybody, and their cases."""

    cases: list[Case] = []

    def __post_init__(self) -> None:
        super().__post_init__()
        names = [usernames.canonical(case.username) for case in self.cases]
        for case, name in zip(self.cases, names, strict=True):
            if names.count(name) > 1:
                raise ValueError(f"there are {names.count(name)} cases of {name!r}")
            _refuse_impossible(case, self.owner_of(name))
        roles = [member.role for member in self.staff]
        if self.cases and (Role.AGENT not in roles or roles.count(Role.SENIOR) < 2):
            raise ValueError("cases need an agent and two seniors")


def _refuse_impossible(case: Case, owner: tuple[Person, Login] | None) -> None:
    if owner is None:
        if case.state not in _OF_UNKNOWN_NAMES:
            raise ValueError(f"no case of {case.username!r}, whom nobody knows, comes to the state {case.state}")
    elif case.state in _COMPLETED and len(owner[1].keys) != 1:
        raise ValueError(f"whoever has recovered has one Key: {case.username!r} has {len(owner[1].keys)}")


def read(path: Path) -> Cast:
    """Read a cast file with its cases. Raises: as ``accounts.demo.cast.read``."""
    return people.read(path, Cast)
