"""Why a sign-in is refused."""

from django.utils.translation import gettext_lazy as _

from helpcenter.causes.table import row

CAUSES = [
    *row(
        "wrong-username-or-password",
        "bad",
        (
            "P1",
            _("The username or password is wrong"),
            _("Check Caps Lock and your keyboard language, then try again. Tries left: {tries_left}."),
        ),
        (
            "P2",
            _("The username or password is wrong"),
            _(
                "You have one try left. After that, sign-in is paused for {lockout_time}. "
                "If you are not sure, choose Forgot your password? below."
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
                "There were too many wrong tries, so we paused sign-in to protect your account. "
                "You can sign in again at {until}. More tries do not make the wait longer."
            ),
        ),
    ),
    *row(
        "account-paused",
        "warn",
        (
            "B1",
            _("That code does not work"),
            _("It was mistyped, used before or is too old. Check the newest e-mail from us, or start again."),
        ),
        (
            "B2",
            _("Your Key has not let this browser try yet"),
            _("Open the {key_name}, choose Accounts, then Let a browser try, and type the number on this page."),
        ),
        (
            "B3",
            _("No browser is waiting with that number"),
            _(
                "Check the number on the other screen and that its username is one on this phone. "
                "Tries left: {tries_left}."
            ),
        ),
    ),
    *row(
        "on-hold",
        "bad",
        (
            "L2",
            _("We stopped sign-in to protect this account"),
            _("This does not end by itself. Call us at {support_phone} and we will sort it out with you."),
        ),
    ),
    *row(
        "locked-again-and-again",
        "warn",
        (
            "L3",
            _("Sign-in from your network is paused"),
            _(
                "There were too many wrong tries from your network. They may not have been yours. "
                "Try again at {until}, or use another network."
            ),
        ),
    ),
    *row(
        "locked-again-and-again",
        "bad",
        (
            "L4",
            _("Codes no longer work for this account"),
            _(
                "There were too many wrong codes in a row. To protect your account, we no longer accept codes. "
                "Choose Forgot your password? on the sign-in page, or call us at {support_phone}."
            ),
        ),
    ),
    *row(
        "key-code-not-accepted",
        "bad",
        (
            "K1",
            _("That code is wrong"),
            _(
                "Check that your phone's date and time are set to automatic. Then wait for the next code in your "
                "{key_name} and enter that one. Tries left: {tries_left}."
            ),
        ),
        (
            "K8",
            _("That code is wrong"),
            _(
                "You have one try left. After that, you have to wait {lockout_time} before you can enter a code again. "
                "Check that your phone's date and time are set to automatic, then wait for the next code."
            ),
        ),
        (
            "K3",
            _("That code was already used"),
            _(
                "Each code works once. Wait for the next one (there is a new code every {code_period} seconds) and "
                "enter that."
            ),
        ),
    ),
    *row(
        "set-up-key",
        "warn",
        (
            "K6",
            _("No Key is set up for you yet"),
            _(
                "You need a {key_name} to sign in, and we will help you set it up. Choose Forgot your "
                "password? on the sign-in page, or call us at {support_phone}."
            ),
        ),
    ),
    *row(
        "logged-out",
        "info",
        (
            "S1",
            _("You were signed out"),
            _(
                "You were inactive for {idle_time}, so we signed you out to protect your account. Sign in again to "
                "continue."
            ),
        ),
        (
            "S3",
            _("Signing in took too long"),
            _("You have {sign_in_time} to finish signing in. Please start again with your username and password."),
        ),
        (
            "S4",
            _("You were signed out"),
            _("Each sign-in lasts {session_time} at most. Sign in again to continue."),
        ),
    ),
    *row(
        "after-reset",
        "info",
        (
            "S2",
            _("You were signed out"),
            _(
                "This sign-in was ended from another device, or because your password was changed. "
                "Sign in again. If that was not you, call us at {support_phone}."
            ),
        ),
    ),
    *row(
        "network-rule",
        "bad",
        (
            "I1",
            _("Sign-in is not allowed from this network"),
            _(
                "Sign-in to this account is limited to certain networks, and your address now is {address}. Use one of "
                "your usual networks, or call us at {support_phone}."
            ),
        ),
        (
            "I8",
            _("No travel pass is possible here"),
            _("Use one of your usual networks, or call us at {support_phone}."),
        ),
    ),
    *row(
        "network-rule",
        "warn",
        (
            "I2",
            _("That is not a network we can use"),
            _(
                "We can't read {typed} as a network. Write an address, such as 203.0.113.7, or a network, such as "
                "203.0.113.0/24 or 2001:db8:40::/48. Very large networks are not accepted."
            ),
        ),
        (
            "I3",
            _("That is an address inside a network"),
            _("You wrote {typed}. If you mean the whole network, write {meant}."),
        ),
        ("I4", _("That is too many networks"), _("You can list {most} networks at most.")),
        (
            "I5",
            _("This would shut you out"),
            _("Your own address now, {address}, is in none of these networks. Add it, or save from another network."),
        ),
        (
            "I6",
            _("We have to make this change for you"),
            _(
                "This would allow sign-in from more networks than now. To protect you, only our staff can do that, and "
                "they speak to you first. Send us a request, or call us at {support_phone}."
            ),
        ),
        ("I7", _("Your networks have changed"), _("Someone has changed them since you opened this page. Look again.")),
        (
            "I9",
            _("That request is closed"),
            _("It has been decided or withdrawn, or another request is open. Look at the list again."),
        ),
        (
            "I10",
            _("Your address is unknown to us"),
            _("We can't limit sign-in while we don't know where you are. Call us at {support_phone}."),
        ),
    ),
    *row(
        "paper-trading",
        "warn",
        (
            "W1",
            _("These are your paper trading details"),
            _("You are on the page for live trading. Choose Paper trading and sign in there."),
        ),
        (
            "W2",
            _("These are your live trading details"),
            _("You are on the page for paper trading. Choose Live and sign in there."),
        ),
    ),
]
