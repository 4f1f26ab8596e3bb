"""Why a first sign-in with a welcome letter is refused, and why the desk cannot have a new letter sent."""

from django.utils.translation import gettext_lazy as _

from helpcenter.causes.table import row

CAUSES = [
    *row(
        "welcome-letter",
        "bad",
        (
            "W3",
            _("This username and code do not go together"),
            _(
                "Compare both with your letter, character by character. A code stops working after {welcome_time}, or "
                "when a new letter is asked for. Have you chosen a password already? Then sign in instead. "
                "Tries left: {tries_left}."
            ),
        ),
        (
            "W5",
            _("That does not match what we have on file"),
            _("Check every field, then try again. Tries left: {tries_left}."),
        ),
    ),
    *row(
        "welcome-letter",
        "warn",
        (
            "W4",
            _("This first sign-in is over"),
            _(
                "It took too long, was stopped, or a detail was wrong too often. Nothing has been changed. Start "
                "again with the code from your letter, or sign in if you have chosen a password already."
            ),
        ),
    ),
    *row(
        "staff-desk",
        "warn",
        (
            "W6",
            _("Too soon for a new letter"),
            _(
                "The postal address was changed a short time ago, and a lost letter is only replaced at an address "
                "that has stood for {address_settled_time}. Ask again from {until}."
            ),
        ),
        (
            "W7",
            _("A welcome letter would be of no use"),
            _(
                "Letters are for a first sign-in. This customer has signed in or chosen a password already, or sign-in "
                "is stopped or closed. Whoever has forgotten a password chooses Forgot your password? on the sign-in "
                "page."
            ),
        ),
    ),
]
