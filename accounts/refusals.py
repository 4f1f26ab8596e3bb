"""Why accounts says no: one class per reason, each with its cause code and the facts its words need."""

from datetime import datetime
from typing import ClassVar

from helpcenter import causes, facts
from portal.lib import moments


class Refusal(Exception):
    """A deed was refused. ``code`` is a row of the cause table."""

    code: ClassVar[str]

    def __init__(self, **facts: object) -> None:
        """Keep the facts the words are filled with."""
        super().__init__(self.code)
        self.facts = facts

    @property
    def cause(self) -> causes.Cause:
        """Return the row of the cause table."""
        return causes.get(self.code)

    def words(self) -> str:
        """Return what the person reads; moments become times of day in the zone in force."""
        return self.cause.words(**{name: _spoken(value) for name, value in self.facts.items()})


def _spoken(value: object) -> object:
    return moments.time_words(value) if isinstance(value, datetime) else value


class Paused(Refusal):
    """The budget is used up until a moment that nothing moves."""

    code = "L1"

    def __init__(self, *, until: datetime) -> None:
        """Keep the end of the pause (UTC)."""
        super().__init__(until=until)
        self.until = until


class NetworkPaused(Paused):
    """Too many wrong tries came from this network."""

    code = "L3"


class CodesUsedUp(Refusal):
    """So many wrong codes in a row that only recovery leads on (LOCK-6)."""

    code = "L4"


class OnHold(Refusal):
    """The firm paused this log-in to protect it."""

    code = "L2"


class WrongPair(Refusal):
    """Username and password do not belong together; says nothing about which exists."""

    code = "P1"


class LastTry(WrongPair):
    """The same, with one try left."""

    code = "P2"


class PaperOnLive(Refusal):
    """A right pair of the paper realm, typed at the live door."""

    code = "W1"


class LiveOnPaper(Refusal):
    """A right pair of the live realm, typed at the paper door."""

    code = "W2"


class CodeWrong(Refusal):
    """Not a code of this Key for now."""

    code = "K1"


class CodeUsed(Refusal):
    """A right code that has already opened something."""

    code = "K3"


class NoKey(Refusal):
    """No Key is set up for this log-in."""

    code = "K6"


class SignInTooSlow(Refusal):
    """Too long between password and code, or everything was ended meanwhile."""

    code = "S3"


class EmailedCodeWrong(Refusal):
    """The e-mailed code is wrong, old, replaced or tried too often."""

    code = "R1"


class PasswordUsedBefore(Refusal):
    """The new password is a former one."""

    code = "R3"


class PasswordTooSimple(Refusal):
    """Rules are still missing; ``missing`` names them, as ``policies.passwords.missing`` does."""

    code = "R4"

    def __init__(self, *, missing: list[str]) -> None:
        """Keep the names, and put them in words."""
        super().__init__(list=facts.password_rules_named(missing))
        self.missing = missing


class PasswordTooCommon(Refusal):
    """The new password is well known or leans on words anybody would try."""

    code = "R5"


class PasswordTooLong(Refusal):
    """The new password is longer than any that signing in reads."""

    code = "R6"
