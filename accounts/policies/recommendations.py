"""What a user should do next to stay safe and able to sign in, most urgent first."""

import enum
from dataclasses import dataclass

from accounts.policies import backup_codes

_CLOCK_SECONDS = 30  # a phone's clock may be this far off without anybody noticing


class Step(enum.StrEnum):
    """One thing to do. Words: portal/home/account_health.py."""

    SET_PASSWORD = "set-password"  # noqa: S105 - a name
    SET_UP_KEY = "set-up-key"
    MAKE_CODES = "make-codes"
    RENEW_CODES = "renew-codes"
    SET_CLOCK = "set-clock"
    UPDATE_APP = "update-app"
    RENEW_QUESTIONS = "renew-questions"
    SECOND_WAY = "second-way"


class Light(enum.StrEnum):
    """The state of a user, by the colours and names of alerts."""

    OK = "ok"
    WARN = "warn"
    ERR = "err"


@dataclass(frozen=True)
class Ways:
    """A user's authenticators: how many of each kind, and what the phones last reported.

    ``clock_offset``: of the phone whose clock is most wrong, in seconds. ``reports``: open reports about sign-ins
    since the password was last changed. ``answers_due``: security answers that should be set again.
    """

    keys: int
    passkeys: int
    backup_codes: int
    clock_offset: int = 0
    has_old_app: bool = False
    reports: int = 0
    answers_due: int = 0
    is_held: bool = False  # nothing that signs in can be added for a while: not to be asked for


_ADDING = frozenset({Step.MAKE_CODES, Step.RENEW_CODES, Step.SECOND_WAY})


def next_steps(ways: Ways) -> list[Step]:
    """Return the steps to take, the best one first."""
    wanted = {
        Step.SET_PASSWORD: ways.reports > 0,
        Step.SET_UP_KEY: not ways.keys,
        Step.MAKE_CODES: not ways.backup_codes,
        Step.RENEW_CODES: ways.backup_codes > 0 and backup_codes.are_few(ways.backup_codes),
        Step.SET_CLOCK: abs(ways.clock_offset) > _CLOCK_SECONDS,
        Step.UPDATE_APP: ways.has_old_app,
        Step.RENEW_QUESTIONS: ways.answers_due > 0,
        Step.SECOND_WAY: ways.keys == 1 and not ways.passkeys,
    }
    return [step for step, is_wanted in wanted.items() if is_wanted and not (ways.is_held and step in _ADDING)]


def light(steps: list[Step]) -> Light:
    """Return how urgent the steps are: some are good to have, the rest are problems."""
    if Step.SET_UP_KEY in steps:
        return Light.ERR
    return Light.WARN if set(steps) - {Step.SECOND_WAY, Step.RENEW_QUESTIONS} else Light.OK
