"""The cause table: every refusal of the product has a code here, with its words and its help row.

Pages, the API, logs and staff reports name causes by code. ``row`` is the slug of the problem page
that explains the way on. Texts hold ``{names}``: those of ``helpcenter.facts`` fill themselves, the
rest (``tries_left``, ``until``, ``list``) is given by whoever refuses.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext_lazy as _

from helpcenter import facts as installation

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Severity = Literal["info", "warn", "bad"]


@dataclass(frozen=True)
class Cause:
    """One reason why something was refused."""

    code: str
    title: "StrOrPromise"
    text: "StrOrPromise"
    row: str
    severity: Severity

    def words(self, **facts: object) -> str:
        """Return the text with its names filled in; plain text, to be escaped like any other.

        Raises KeyError when a name is left over that neither the settings nor the caller fill.
        """
        text = str(self.text)
        return text.format_map(installation.current() | facts) if "{" in text else text


def get(code: str) -> Cause:
    """Return the cause with that code; raises KeyError for an unknown one."""
    return _BY_CODE[code]


def every() -> tuple[Cause, ...]:
    """Return all causes in the order of the table."""
    return tuple(_BY_CODE.values())


def _row(slug: str, severity: Severity, *causes: "tuple[str, StrOrPromise, StrOrPromise]") -> Iterable[Cause]:
    return (Cause(code, title, text, slug, severity) for code, title, text in causes)


_SIGN_IN = [
    *_row(
        "wrong-username-or-password",
        "bad",
        (
            "P1",
            _("The username or password is not right"),
            _("Check Caps Lock and the language of your keyboard, then try again. Tries left: {tries_left}."),
        ),
        (
            "P2",
            _("The username or password is not right"),
            _(
                "One try is left. After that, sign-in is paused for {lockout_time}. "
                "If you are not sure, choose Forgot password or lost your Key? on the sign-in page."
            ),
        ),
    ),
    *_row(
        "account-paused",
        "warn",
        (
            "L1",
            _("Sign-in is paused"),
            _(
                "There were too many wrong tries, so we paused sign-in to protect the account. "
                "It opens again by itself at {until}. Nothing typed until then makes the wait longer."
            ),
        ),
    ),
    *_row(
        "on-hold",
        "bad",
        (
            "L2",
            _("We paused sign-in to protect this account"),
            _("This pause does not end by itself. Call us at {support_phone}, and we will sort it out together."),
        ),
    ),
    *_row(
        "locked-again-and-again",
        "warn",
        (
            "L3",
            _("Sign-in from your network is paused"),
            _(
                "Too many wrong tries came from the network you are on. They may not have been yours. "
                "Try again at {until}, or use another network now."
            ),
        ),
    ),
    *_row(
        "locked-again-and-again",
        "bad",
        (
            "L4",
            _("Codes no longer open this account"),
            _(
                "Too many wrong codes were typed for it in a row. To protect it, we no longer accept codes. "
                "Choose Forgot password or lost your Key? on the sign-in page, or call us at {support_phone}."
            ),
        ),
    ),
    *_row(
        "key-code-not-accepted",
        "bad",
        (
            "K1",
            _("That code is not right"),
            _(
                "Check that the clock of your phone is set automatically. Then wait for the next code in your "
                "{key_name} and type that one. Tries left: {tries_left}."
            ),
        ),
        (
            "K3",
            _("That code was already used"),
            _("Each code works once. A new one comes every {code_period} seconds: wait for it and type that one."),
        ),
    ),
    *_row(
        "set-up-key",
        "warn",
        (
            "K6",
            _("No Key is set up for you yet"),
            _(
                "Every sign-in needs a {key_name}. We set it up together: choose Forgot password or lost your Key? "
                "on the sign-in page, or call us at {support_phone}."
            ),
        ),
    ),
    *_row(
        "logged-out",
        "info",
        (
            "S1",
            _("You were signed out"),
            _("Nothing happened here for {idle_time}, so we closed the page to protect you. Sign in to go on."),
        ),
        (
            "S3",
            _("Signing in took too long"),
            _("A started sign-in is good for {sign_in_time}. Please start again with your username and password."),
        ),
        (
            "S4",
            _("You were signed out"),
            _("Each sign-in lasts {session_time} at most. Sign in again to go on."),
        ),
    ),
    *_row(
        "after-reset",
        "info",
        (
            "S2",
            _("You were signed out"),
            _(
                "This sign-in was ended from another place, or because your password was changed. "
                "Sign in again. If that was not you, call us at {support_phone}."
            ),
        ),
    ),
    *_row(
        "paper-trading",
        "warn",
        (
            "W1",
            _("These are your paper trading details"),
            _("This is the door to live trading. Choose Paper trading and sign in there."),
        ),
        (
            "W2",
            _("These are your live trading details"),
            _("This is the door to paper trading. Choose Live and sign in there."),
        ),
    ),
]

_RECOVERY = [
    *_row(
        "email-code",
        "bad",
        (
            "R1",
            _("That e-mailed code does not work"),
            _("It was mistyped, or it is older than {email_code_time}. Use the newest e-mail, or ask for a new code."),
        ),
    ),
    *_row(
        "cannot-finish-reset",
        "bad",
        (
            "R2",
            _("That does not match our records"),
            _("Check what you typed and try again. If your details have changed since, call us at {support_phone}."),
        ),
    ),
    *_row(
        "password-rules",
        "bad",
        (
            "R3",
            _("You have used this password here before"),
            _("A former password may be known to somebody else. Choose one you never had here."),
        ),
        ("R4", _("This password needs a little more"), _("Still missing: {list}.")),
        (
            "R5",
            _("This password is too easy to guess"),
            _(
                "It is on the lists that thieves try first, or it is little more than names and dates. "
                "Choose another one."
            ),
        ),
        (
            "R6",
            _("This password is too long"),
            _("The longest password we can read has {password_max} characters. Choose a shorter one."),
        ),
    ),
    *_row(
        "recovery-case",
        "bad",
        (
            "A1",
            _("The reference or the PIN is not right"),
            _("Look at the page or the letter that showed you both, and type them again."),
        ),
        (
            "A7",
            _("The reference or the PIN is not right"),
            _("Look at the page that showed you both, and type them again. Tries left: {tries_left}."),
        ),
        (
            "A8",
            _("The reference or the PIN is not right"),
            _(
                "One try is left. After that, this reference is locked. "
                "If you are not sure, look for the page that showed you both first."
            ),
        ),
        (
            "A2",
            _("This reference is locked"),
            _("The wrong PIN was typed too often. Call us at {support_phone} and have the reference at hand."),
        ),
        (
            "A3",
            _("This set-up pass does not work"),
            _(
                "It was already used, mistyped too often, or its time is over. Go back to your case and start again. "
                "If no start is left there, call us at {support_phone}."
            ),
        ),
        (
            "A9",
            _("Type the second half again"),
            _("It does not match. Copy it from our newest e-mail about your pass. Tries left: {tries_left}."),
        ),
        (
            "A4",
            _("We could not confirm that it is you"),
            _("We do not say which answer it was, to protect you. Call us at {support_phone} to go on in another way."),
        ),
    ),
    *_row(
        "recovery-case",
        "info",
        (
            "A5",
            _("This step is not open now"),
            _("The case is closed, or it is at another step. Its page shows where it stands and what comes next."),
        ),
        (
            "A6",
            _("This case belongs to another browser"),
            _(
                "Go on in the browser in which you opened it. "
                "You no longer have it? Call us at {support_phone}, or ask for help again."
            ),
        ),
    ),
]

_STAFF = [
    *_row(
        "staff-desk",
        "bad",
        ("G1", _("Your role does not allow this"), _("Ask a colleague whose role does, or your team lead.")),
        (
            "G2",
            _("You may not decide this case"),
            _("Whoever worked on a case never decides it. The second person is drawn by the system."),
        ),
        (
            "G3",
            _("This case is not yours"),
            _("It is assigned to a colleague. Open your own queue to see what is yours."),
        ),
        (
            "G7",
            _("Stop: this looks like a Key code"),
            _(
                "An answer is expected here, and {code_digits} digits were typed. Never take a Key code from a caller: "
                "somebody may be passing it on. This is recorded on the case by itself. Ask for the answer once more."
            ),
        ),
    ),
    *_row(
        "staff-desk",
        "warn",
        ("G4", _("That was too quick"), _("Read the whole case first. An approval opens after {dwell_time}.")),
        ("G5", _("A fresh code is needed"), _("Type a new code from your own Key to do this.")),
        ("G6", _("The case has moved on"), _("Somebody else did something meanwhile. Look at the case as it is now.")),
        ("G8", _("Your hands are full"), _("Finish a case, or give one back. Then take the next one.")),
    ),
]

_EVERYWHERE = [
    *_row(
        "locked-again-and-again",
        "warn",
        ("T1", _("That was too often"), _("Please wait. You can try again at {until}.")),
    ),
    *_row(
        "page-expired",
        "warn",
        (
            "C1",
            _("This page was open too long"),
            _("Nothing was changed. Go back, load the page again and send it once more."),
        ),
    ),
    *_row(
        "form-problem",
        "bad",
        ("F1", _("Something is missing"), _("Fill in this field.")),
        ("F2", _("This is too long"), _("Use fewer characters.")),
        ("F3", _("We cannot read this"), _("Look at the example next to the field and type it like that.")),
    ),
    *_row(
        "service-problem",
        "bad",
        (
            "X1",
            _("Something failed on our side"),
            _("Nothing was changed. Try again in a moment. If it fails again, call us at {support_phone}."),
        ),
        (
            "X2",
            _("There is nothing at this address"),
            _("The page was moved, the address has a slip in it, or the page is not yours. Start from the home page."),
        ),
        (
            "X3",
            _("This cannot be done from there"),
            _("Another site sent you here in a way we do not take. Type our address yourself: {portal_host}."),
        ),
        (
            "X4",
            _("We could not read what was sent"),
            _("Nothing was changed. Go back, check what you typed and send it again."),
        ),
    ),
    *_row(
        "service-problem",
        "warn",
        ("X5", _("We are very busy right now"), _("Nothing was changed. Try again in a few seconds.")),
    ),
]

_BY_CODE: dict[str, Cause] = {cause.code: cause for cause in (*_SIGN_IN, *_RECOVERY, *_STAFF, *_EVERYWHERE)}
