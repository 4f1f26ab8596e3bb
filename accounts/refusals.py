"""The refusals of accounts: one class per reason, each with its cause code and the facts its words need."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import ClassVar

from helpcenter import causes, facts
from portal.lib import time_format
from portal.throttle.reserve import LimitReached


class Refusal(Exception):
    """An action was refused. ``code`` is a row of the cause table."""

    code: ClassVar[str]
    is_flood: ClassVar[bool] = False  # answered with 429

    def __init__(self, **facts: object) -> None:
        super().__init__(self.code)
        self.facts = facts

    @property
    def cause(self) -> causes.Cause:
        """Return the row of the cause table."""
        return causes.get(self.code)

    def words(self) -> str:
        """Return the text shown to the user; moments become times of day in the current zone."""
        return self.cause.words(**{name: _spoken(value) for name, value in self.facts.items()})


def _spoken(value: object) -> object:
    return time_format.time_words(value) if isinstance(value, datetime) else value


class _Until(Refusal):
    """A refusal that ends at ``until``; told to the minute, never an earlier one."""

    def __init__(self, *, until: datetime) -> None:
        super().__init__(until=time_format.next_minute(until))
        self.until = until


class Paused(_Until):
    """Too many wrong attempts; sign-in is locked until ``until``, which further attempts never extend."""

    code = "L1"


class NetworkPaused(Paused):
    """Too many wrong attempts came from this network."""

    code = "L3"


class TooOften(_Until):
    """Too many attempts at something else; locked until ``until``, which further attempts never extend."""

    code = "T1"
    is_flood = True


class CodesUsedUp(Refusal):
    """So many wrong codes in a row that only recovery is left (LOCK-6)."""

    code = "L4"


def paused(reached: LimitReached) -> Paused | CodesUsedUp:
    """Return the refusal for a limit of signing in."""
    if reached.until is None:
        return CodesUsedUp()
    return (NetworkPaused if reached.limit.is_of_networks else Paused)(until=reached.until)


def too_often(reached: LimitReached) -> TooOften | CodesUsedUp:
    """Return the refusal for any other limit."""
    return CodesUsedUp() if reached.until is None else TooOften(until=reached.until)


@contextmanager
def refusing(words: Callable[[LimitReached], Refusal]) -> Iterator[None]:
    """Turn a ``LimitReached`` into a refusal; as a context manager, or as a decorator of an action."""
    try:
        yield
    except LimitReached as reached:
        raise words(reached) from reached


class Suspended(Refusal):
    """The firm has suspended this user to protect the account."""

    code = "L2"


class WrongPair(Refusal):
    """Username and password do not match; does not say which of them is known."""

    code = "P1"


class LastTry(WrongPair):
    """The same, with one try left."""

    code = "P2"


class PaperOnLive(Refusal):
    """A right pair of the paper realm, entered for live trading."""

    code = "W1"


class LiveOnPaper(Refusal):
    """A right pair of the live realm, entered for paper trading."""

    code = "W2"


class CodeWrong(Refusal):
    """Not a current code of this Key."""

    code = "K1"


class LastCode(CodeWrong):
    """The same, with one try left."""

    code = "K8"


def code_wrong(tries_left: int) -> CodeWrong:
    """Return the refusal of a wrong Key code; the last try says what follows."""
    return LastCode() if tries_left == 1 else CodeWrong(tries_left=tries_left)


class CodeUsed(Refusal):
    """A right code that has already been used."""

    code = "K3"


class NoKey(Refusal):
    """No Key is set up for this user."""

    code = "K6"


class SignInTooSlow(Refusal):
    """Too long between password and code, or everything was ended meanwhile."""

    code = "S3"


class EmailedCodeWrong(Refusal):
    """The e-mailed code is wrong, old, replaced or tried too often."""

    code = "R1"


class BrowserCodeWrong(Refusal):
    """The e-mailed code that lets a browser try is wrong, old or used."""

    code = "B1"


class BrowserNotAllowed(Refusal):
    """No Key has let this browser try yet."""

    code = "B2"


class BrowserNumberWrong(Refusal):
    """No browser that asked to try as one of this phone's users shows that number."""

    code = "B3"


class PasswordUsedBefore(Refusal):
    """The new password was used before."""

    code = "R3"


class PasswordTooSimple(Refusal):
    """Some rules are not met; ``missing`` names them, as ``policies.passwords.missing`` does."""

    code = "R4"

    def __init__(self, *, missing: list[str]) -> None:
        super().__init__(list=facts.password_rules_named(missing))
        self.missing = missing


class PasswordTooCommon(Refusal):
    """The new password is well known or based on words that anybody would try."""

    code = "R5"


class PasswordTooLong(Refusal):
    """The new password is longer than the sign-in form accepts."""

    code = "R6"


class ClockWrong(CodeWrong):
    """A code for another time: the phone's clock is ``drift_seconds`` fast (slow, below zero) (KEY-10)."""

    code = "K2"

    def __init__(self, *, tries_left: int, code_time: datetime, drift_seconds: int) -> None:
        super().__init__(tries_left=tries_left, code_time=code_time, drift=facts.drift_words(drift_seconds))
        self.drift_seconds = drift_seconds


class BackupCodeWrong(Refusal):
    """Not a backup code of this user, or a used one."""

    code = "K7"


class LastBackupCode(BackupCodeWrong):
    """The same, with one try left."""

    code = "K9"


def backup_code_wrong(tries_left: int) -> BackupCodeWrong:
    """Return the refusal of a wrong backup code; the last try says what follows."""
    return LastBackupCode() if tries_left == 1 else BackupCodeWrong(tries_left=tries_left)


class AppTooOld(Refusal):
    """The Key app is too old to approve on this installation."""

    code = "K5"


class TooManyRequests(_Until):
    """The limit of requests in ten minutes is reached."""

    code = "N3"


class RequestsStopped(Refusal):
    """Requests were denied on the phone; a sign-in by code allows them again."""

    code = "N6"


class RequestDenied(Refusal):
    """The request of this sign-in was denied on the phone."""

    code = "N2"


class RequestWaiting(Refusal):
    """The request of this sign-in has not been answered yet."""

    code = "N8"


class RequestExpired(Refusal):
    """The request of this sign-in ran out before it was answered."""

    code = "N7"


class NumberWrong(Refusal):
    """Not the number on the sign-in page."""

    code = "N4"


class RequestOver(Refusal):
    """The request cannot be answered: it ran out, was answered, withdrawn, or ended after wrong numbers."""

    code = "N5"


class DetailsWrong(Refusal):
    """Answers or details do not match; says nothing about which."""

    code = "E1"


class EnrolmentOver(Refusal):
    """The enrolment is finished, abandoned or too old, or this step is not open in it."""

    code = "E2"


class NothingToAsk(Refusal):
    """Neither answers nor details are on file to confirm this person's identity."""

    code = "E3"


class OtherWayKnown(Refusal):
    """The user has no Key, but a passkey or backup codes, and can sign in with those to add a Key."""

    code = "E7"


class TooManyKeys(Refusal):
    """The user has the maximum number of active Keys."""

    code = "E6"


class PasskeyWrong(Refusal):
    """The assertion is invalid: passkey unknown or ended, another site, no user verification, or replayed.

    ``ended``: the id of a passkey that is turned off, told only to its holder; else empty.
    """

    code = "E4"

    def __init__(self, *, ended: str = "") -> None:
        super().__init__()
        self.ended = ended


class PasskeyKnown(Refusal):
    """The authenticator already holds a passkey of this user."""

    code = "E5"


class PasskeysFull(Refusal):
    """The user has the maximum number of passkeys."""

    code = "E8"


class CallUnreadable(Refusal):
    """A request to the Key API does not have the documented form."""

    code = "Y1"


class NothingThere(Refusal):
    """No such thing, or not this phone's: the same for both."""

    code = "X2"


class CallTimeWrong(Refusal):
    """The time in a signed request is too far off."""

    code = "Y2"


class CallNotSigned(Refusal):
    """The signature is not this phone's over this request."""

    code = "Y3"


class CallRepeated(Refusal):
    """The nonce of this request was used before."""

    code = "Y4"


class PhoneEnded(Refusal):
    """The phone is turned off. ``reason``: a value of ``EndReason``."""

    code = "Y5"

    def __init__(self, *, reason: str) -> None:
        super().__init__()
        self.reason = reason


class PairingCodeWrong(Refusal):
    """No enrolment waits for this pairing code."""

    code = "Y6"


class PairingOver(Refusal):
    """The pairing is finished, abandoned or too old, or this step is not open in it."""

    code = "Y7"


class PushAddressRefused(Refusal):
    """The subscription is not for a push service that we send to."""

    code = "Y8"


class NoSubscription(Refusal):
    """The phone has no subscription to send a notification to."""

    code = "Y9"
