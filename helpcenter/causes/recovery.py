"""Why a step of account recovery is refused."""

from django.utils.translation import gettext_lazy as _

from helpcenter.causes.table import row

CAUSES = [
    *row(
        "email-code",
        "bad",
        (
            "R1",
            _("That e-mailed code does not work"),
            _("It was mistyped or is more than {email_code_time} old. Use the newest e-mail, or ask for a new code."),
        ),
    ),
    *row(
        "cannot-finish-reset",
        "bad",
        (
            "R2",
            _("That does not match our records"),
            _(
                "Check your entries. To protect you, we don't say which part is wrong. If your details have changed "
                "since, call us at {support_phone}. Tries left: {tries_left}."
            ),
        ),
    ),
    *row(
        "password-rules",
        "bad",
        (
            "R3",
            _("You have used this password here before"),
            _("Someone else may know an old password. Choose one you have never used here."),
        ),
        ("R4", _("This password needs a little more"), _("Still missing: {list}.")),
        (
            "R5",
            _("This password is too easy to guess"),
            _(
                "It is on the lists that thieves try first, or it is little more than a name or a date. "
                "Choose another one."
            ),
        ),
        (
            "R6",
            _("This password is too long"),
            _("A password can have up to {password_max} characters. Choose a shorter one."),
        ),
    ),
    *row(
        "cannot-finish-reset",
        "info",
        (
            "R7",
            _("This password reset is over"),
            _(
                "It took too long, was stopped, or a code or an answer was wrong too often. Your password has not "
                "been changed here. Start again, or ask us for help."
            ),
        ),
    ),
    *row(
        "recovery-case",
        "bad",
        (
            "A1",
            _("The reference or the PIN is not right"),
            _("Check your note or our letter, and enter both again."),
        ),
        (
            "A7",
            _("The reference or the PIN is not right"),
            _("Check what you wrote down, and enter both again. Tries left: {tries_left}."),
        ),
        (
            "A8",
            _("The reference or the PIN is not right"),
            _(
                "You have one try left. After that, we lock this reference. "
                "If you are not sure, find the note you made of both before you try again."
            ),
        ),
        (
            "A2",
            _("This reference is locked"),
            _("There were too many tries with a wrong PIN. Call us at {support_phone} and have the reference ready."),
        ),
        (
            "A3",
            _("This set-up code does not work"),
            _(
                "It has been used, has expired, or was mistyped too often. Go back to your case and start again. "
                "If you have no starts left, call us at {support_phone}."
            ),
        ),
        (
            "A9",
            _("Enter the second part again"),
            _("It does not match. Copy it from our newest e-mail about your set-up code. Tries left: {tries_left}."),
        ),
        (
            "A4",
            _("We could not confirm your identity"),
            _("To protect you, we do not say which answer was wrong. Call us at {support_phone} to try another way."),
        ),
    ),
    *row(
        "recovery-case",
        "info",
        (
            "A5",
            _("This step is not available now"),
            _("The case is closed or at another step. The case page shows where it is and what comes next."),
        ),
        (
            "A6",
            _("This case belongs to another browser"),
            _(
                "Continue in the browser where you opened it. "
                "If you no longer have that browser, call us at {support_phone} or start a new request."
            ),
        ),
    ),
]
