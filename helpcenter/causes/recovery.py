"""Why a step on the way back in is refused."""

from django.utils.translation import gettext_lazy as _

from helpcenter.causes.table import row

CAUSES = [
    *row(
        "email-code",
        "bad",
        (
            "R1",
            _("That e-mailed code does not work"),
            _("It was mistyped, or it is older than {email_code_time}. Use the newest e-mail, or ask for a new code."),
        ),
    ),
    *row(
        "cannot-finish-reset",
        "bad",
        (
            "R2",
            _("That does not match our records"),
            _("Check what you typed and try again. If your details have changed since, call us at {support_phone}."),
        ),
    ),
    *row(
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
    *row(
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
    *row(
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
