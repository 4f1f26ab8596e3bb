"""What somebody could do next to stay safe and able to sign in, most pressing first."""

import enum
from dataclasses import dataclass

from accounts.policies import backup_codes

_CLOCK_SECONDS = 30  # by how much a phone may be wrong without anybody noticing


class Step(enum.StrEnum):
    """One thing to do. Words: portal/home/account_health.py."""

    SET_PASSWORD = "set-password"  # noqa: S105 - a name
    SET_UP_KEY = "set-up-key"
    MAKE_CODES = "make-codes"
    RENEW_CODES = "renew-codes"
    SET_CLOCK = "set-clock"
    UPDATE_APP = "update-app"
    SECOND_WAY = "second-way"


class Light(enum.StrEnum):
    """How a log-in stands, as alerts are coloured and named."""

    OK = "ok"
    WARN = "warn"
    ERR = "err"


@dataclass(frozen=True)
class Ways:
    """The ways into a log-in: how many of each, and what its phones last told.

    ``clock_offset``: of the phone that is most wrong, in seconds. ``reports``: how many were made of sign-ins since
    the password was last changed, and still wait.
    """

    keys: int
    passkeys: int
    backup_codes: int
    clock_offset: int = 0
    has_old_app: bool = False
    reports: int = 0


def next_steps(ways: Ways) -> list[Step]:
    """Return what to do, the best next step first."""
    wanted = {
        Step.SET_PASSWORD: ways.reports > 0,
        Step.SET_UP_KEY: not ways.keys,
        Step.MAKE_CODES: not ways.backup_codes,
        Step.RENEW_CODES: ways.backup_codes > 0 and backup_codes.are_few(ways.backup_codes),
        Step.SET_CLOCK: abs(ways.clock_offset) > _CLOCK_SECONDS,
        Step.UPDATE_APP: ways.has_old_app,
        Step.SECOND_WAY: ways.keys == 1 and not ways.passkeys,
    }
    return [step for step, is_wanted in wanted.items() if is_wanted]


def light(steps: list[Step]) -> Light:
    """Return how pressing that is: a second way in is good to have, the rest is amiss."""
    if Step.SET_UP_KEY in steps:
        return Light.ERR
    return Light.WARN if set(steps) - {Step.SECOND_WAY} else Light.OK
