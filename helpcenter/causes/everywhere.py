"""What can go wrong on any page."""

from django.utils.translation import gettext_lazy as _

from helpcenter.causes.table import row

CAUSES = [
    *row(
        "locked-again-and-again",
        "warn",
        ("T1", _("Too many tries"), _("Please wait. You can try again at {until}.")),
    ),
    *row(
        "page-expired",
        "warn",
        (
            "C1",
            _("This page was open too long"),
            _("Nothing was changed. Go back, reload the page and send it again."),
        ),
        (
            "C2",
            _("Your browser sent no cookies"),
            _(
                "Nothing was changed. Signing in needs cookies: allow them for {portal_host}, reload the page and send "
                "it again."
            ),
        ),
        (
            "C3",
            _("You have signed in since this page was opened"),
            _(
                "Nothing was changed: this page is from before you signed in in another tab. Go to the home page and "
                "continue there."
            ),
        ),
    ),
    *row(
        "form-problem",
        "bad",
        ("F1", _("Something is missing"), _("Fill in this field.")),
        ("F2", _("This is too long"), _("Use fewer characters.")),
        ("F3", _("We cannot read this"), _("Follow the example next to the field.")),
    ),
    *row(
        "service-problem",
        "bad",
        (
            "X1",
            _("Something failed on our side"),
            _("Nothing was changed. Try again in a moment. If it fails again, call us at {support_phone}."),
        ),
        (
            "X2",
            _("We cannot find this page"),
            _(
                "It may have moved, the address may be mistyped, or the page may not be yours. Start from the home "
                "page."
            ),
        ),
        (
            "X3",
            _("We blocked this request"),
            _("This request came from another site and was blocked. Type our address yourself: {portal_host}."),
        ),
        (
            "X4",
            _("We could not read what you sent"),
            _("Nothing was changed. Go back, check your entries and send it again."),
        ),
        (
            "X6",
            _("You do not have access to this page"),
            _(
                "Your username does not include it. Nothing was changed. If you need access, call us at "
                "{support_phone}."
            ),
        ),
        (
            "X7",
            _("There is nothing to see at this address"),
            _(
                "This address works only when one of our pages sends a form to it. Nothing was changed. Start from the "
                "home page."
            ),
        ),
    ),
    *row(
        "service-problem",
        "warn",
        ("X5", _("We are very busy right now"), _("Nothing was changed. Try again in a few seconds.")),
    ),
]
