"""Why signing in is refused."""

from django.utils.translation import gettext_lazy as _

from helpcenter.causes.table import row

CAUSES = [
    *row(
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
    *row(
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
    *row(
        "on-hold",
        "bad",
        (
            "L2",
            _("We paused sign-in to protect this account"),
            _("This pause does not end by itself. Call us at {support_phone}, and we will sort it out together."),
        ),
    ),
    *row(
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
    *row(
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
    *row(
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
    *row(
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
    *row(
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
    *row(
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
    *row(
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
