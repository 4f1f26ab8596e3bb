"""Why the Key, a request to it, or a call of its app is refused."""

from django.utils.translation import gettext_lazy as _

from helpcenter.causes.table import row

CAUSES = [
    *row(
        "key-code-not-accepted",
        "bad",
        (
            "K2",
            _("The clock of your phone is wrong"),
            _(
                "This code was right for {code_time}. Your phone's clock is about {drift}. "
                "Set its date and time to automatic, then type the next code. Tries left: {tries_left}."
            ),
        ),
        (
            "K7",
            _("That backup code is not right"),
            _("Each backup code works once. Type one you have not used yet. Tries left: {tries_left}."),
        ),
    ),
    *row(
        "key-shows-no-codes",
        "warn",
        (
            "K5",
            _("Your Key app is too old to approve"),
            _("Close it and open it again while you are online, and it renews itself. Its codes still work."),
        ),
    ),
    *row(
        "no-notification",
        "info",
        (
            "N1",
            _("We could not reach your phone"),
            _("Open your {key_name}: the request waits there. You can type a code instead."),
        ),
        (
            "N3",
            _("We send no requests for now"),
            _(
                "After several requests, or one that was refused, we wait to protect you. Type a code, or try again at "
                "{until}."
            ),
        ),
        (
            "N6",
            _("Requests are stopped for now"),
            _("Requests were refused on your phone. Sign in with a code once, and they come again."),
        ),
        (
            "N8",
            _("We have no answer from your phone yet"),
            _("Open your {key_name}, type the number you see here and choose Approve. You can type a code instead."),
        ),
        ("N7", _("That request ran out"), _("It was good for {push_time}. Send a new one, or type a code.")),
    ),
    *row(
        "request-i-did-not-start",
        "bad",
        (
            "N2",
            _("This was refused on your phone"),
            _(
                "Somebody answered that it was not you, so we stopped this sign-in. Was it a mistake? Start again and "
                "type a code. If it was not you, choose Forgot password and set a new one, or call us at "
                "{support_phone}."
            ),
        ),
        (
            "N4",
            _("That is not the number on the sign-in page"),
            _("Type the digits that the page shows where you sign in. Tries left: {tries_left}."),
        ),
        (
            "N5",
            _("This request is over"),
            _("It ran out, was answered or was withdrawn. Send a new one from the page where you sign in."),
        ),
    ),
    *row(
        "set-up-key",
        "bad",
        (
            "E1",
            _("That does not match what we have"),
            _("Check what you typed; we do not say which part it was, to protect you. Tries left: {tries_left}."),
        ),
        (
            "E2",
            _("This set-up is over"),
            _("It took too long, was given up, or is finished already. Nothing is half-done."),
        ),
        (
            "E3",
            _("We cannot confirm you online"),
            _("What we would ask you is not on file. Call us at {support_phone}, and we set up the Key together."),
        ),
        (
            "E6",
            _("You have as many Keys as we keep"),
            _("Turn off one that you no longer use, on the Security page. Then set up the new one."),
        ),
        (
            "E7",
            _("You have another way to sign in"),
            _("Sign in with your passkey or a backup code. Then set up a Key on the Security page."),
        ),
        (
            "Y6",
            _("That pairing code does not work"),
            _("It was mistyped, used or replaced, or it is older than {pairing_time}. Look at the other screen again."),
        ),
        (
            "Y7",
            _("This pairing is over"),
            _("It was given up, finished or took too long. Start again on the other screen."),
        ),
    ),
    *row(
        "passkey",
        "bad",
        (
            "E4",
            _("That passkey did not work"),
            _("It belongs elsewhere, was turned off, or the check was not finished. Try again, or use your password."),
        ),
        (
            "E5",
            _("This passkey is here already"),
            _("The device you chose holds one for this sign-in. There is nothing to add."),
        ),
        (
            "E8",
            _("You have as many passkeys as there may be"),
            _("Remove one that you no longer use. Then add this one."),
        ),
    ),
    *row(
        "key-app",
        "bad",
        ("Y1", _("The app said something we cannot read"), _("Close your {key_name} and open it again.")),
        (
            "Y2",
            _("The time on your phone is wrong"),
            _("The app corrects this by itself. If you see it again, set date and time to automatic."),
        ),
        ("Y3", _("We cannot tell that this came from your phone"), _("Nothing was changed. Open the app again.")),
        ("Y4", _("This was sent twice"), _("It counted once. Open the app again to see how things stand.")),
        (
            "Y5",
            _("This Key is turned off"),
            _("What this phone held is gone. To use it again, set up a Key on the Security page."),
        ),
        (
            "Y8",
            _("We do not send notifications there"),
            _("This browser's notification service is not one we use. Open the app to see what waits."),
        ),
        (
            "Y9",
            _("There is nowhere to send a notification"),
            _("Allow notifications in the app first. Without them, open the app to see what waits."),
        ),
    ),
]
