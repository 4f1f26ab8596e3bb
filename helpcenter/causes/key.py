"""Why a Key, a push request or a request of the Key app is refused."""

from django.utils.translation import gettext_lazy as _

from helpcenter.causes.table import row

CAUSES = [
    *row(
        "key-code-not-accepted",
        "bad",
        (
            "K2",
            _("The clock on your phone is wrong"),
            _(
                "This code was right for {code_time}. Your phone's clock is about {drift}. "
                "Set its date and time to automatic, then enter the next code. Tries left: {tries_left}."
            ),
        ),
        (
            "K7",
            _("That backup code is wrong"),
            _("Each backup code works once. Enter one you have not used yet. Tries left: {tries_left}."),
        ),
        (
            "K9",
            _("That backup code is wrong"),
            _(
                "You have one try left. After that, you have to wait {lockout_time} before you can enter a code again. "
                "Each backup code works once: enter one you have not used yet."
            ),
        ),
    ),
    *row(
        "key-shows-no-codes",
        "warn",
        (
            "K5",
            _("Your Key app is too old to approve"),
            _("Go online, then close and reopen the app to update it. Its codes still work."),
        ),
    ),
    *row(
        "no-notification",
        "info",
        (
            "N1",
            _("We could not reach your phone"),
            _("Open your {key_name} to see the request, or enter a code instead."),
        ),
        (
            "N3",
            _("Requests are paused for now"),
            _(
                "To protect you, we pause after several requests, or after one is denied. Enter a code now, or try "
                "again at {until}."
            ),
        ),
        (
            "N6",
            _("Requests are stopped for now"),
            _("Someone denied requests on your phone. Sign in with a code once to turn requests on again."),
        ),
        (
            "N8",
            _("Your phone has not answered yet"),
            _("Open your {key_name}, enter the number shown here and choose Approve. Or enter a code instead."),
        ),
        ("N7", _("That request has expired"), _("It was valid for {push_time}. Send a new one, or enter a code.")),
    ),
    *row(
        "request-i-did-not-start",
        "bad",
        (
            "N2",
            _("This sign-in was denied on your phone"),
            _(
                "The answer was that it was not you, so we stopped this sign-in. If that was a mistake, start again "
                "and enter a code. If it was not you, choose Forgot your password? and set a new one, or call us at "
                "{support_phone}."
            ),
        ),
        (
            "N4",
            _("That is not the number on the sign-in page"),
            _("Enter the number shown on the page where you sign in. Tries left: {tries_left}."),
        ),
        (
            "N5",
            _("This request is over"),
            _("It expired, was answered or was withdrawn. Send a new one from the sign-in page."),
        ),
    ),
    *row(
        "set-up-key",
        "bad",
        (
            "E1",
            _("That does not match our records"),
            _("Check your entries. To protect you, we don't say which part is wrong. Tries left: {tries_left}."),
        ),
        (
            "E2",
            _("This setup has ended"),
            _("It timed out, was stopped, or is already finished. Nothing was left half done."),
        ),
        (
            "E3",
            _("We cannot confirm your identity online"),
            _(
                "We don't have the details we would need to ask you about. Call us at {support_phone} and we will "
                "set up the Key with you."
            ),
        ),
        (
            "E6",
            _("You have reached the limit of Keys"),
            _("On the Security page, turn off a Key you no longer use. Then set up the new one."),
        ),
        (
            "E7",
            _("You have another way to sign in"),
            _("Sign in with your passkey or a backup code. Then set up a Key on the Security page."),
        ),
        (
            "Y6",
            _("That pairing code does not work"),
            _(
                "It was mistyped, already used or replaced, or is more than {pairing_time} old. Check the other "
                "screen again."
            ),
        ),
        (
            "Y7",
            _("This pairing has ended"),
            _("It was stopped, finished or timed out. Start again on the other screen."),
        ),
    ),
    *row(
        "passkey",
        "bad",
        (
            "E4",
            _("That passkey did not work"),
            _(
                "It belongs to another site, was turned off, or the check was not completed. Try again, or use your "
                "password."
            ),
        ),
        (
            "E5",
            _("You already have this passkey"),
            _("The device you chose already has a passkey for this username. There is nothing to add."),
        ),
        (
            "E8",
            _("You have reached the limit of passkeys"),
            _("Remove one you no longer use. Then add this one."),
        ),
    ),
    *row(
        "key-app",
        "bad",
        ("Y1", _("We could not read what the app sent"), _("Close your {key_name} and open it again.")),
        (
            "Y2",
            _("The time on your phone is wrong"),
            _("The app corrects this by itself. If you see this again, set date and time to automatic."),
        ),
        ("Y3", _("We cannot be sure this came from your phone"), _("Nothing was changed. Open the app again.")),
        ("Y4", _("This was sent twice"), _("It only counted once. Open the app again to check.")),
        (
            "Y5",
            _("This Key is turned off"),
            _("Its codes have been erased from this phone. To use the phone again, set up a Key on the Security page."),
        ),
        (
            "Y8",
            _("We cannot send notifications here"),
            _("We don't use this browser's notification service. Open the app to see your requests."),
        ),
        (
            "Y9",
            _("Notifications are not set up"),
            _("Allow notifications in the app first. Without them, open the app to see your requests."),
        ),
    ),
]
