"""What can go wrong on any page."""

from django.utils.translation import gettext_lazy as _

from helpcenter.causes.table import row

CAUSES = [
    *row(
        "locked-again-and-again",
        "warn",
        ("T1", _("That was too often"), _("Please wait. You can try again at {until}.")),
    ),
    *row(
        "page-expired",
        "warn",
        (
            "C1",
            _("This page was open too long"),
            _("Nothing was changed. Go back, load the page again and send it once more."),
        ),
    ),
    *row(
        "form-problem",
        "bad",
        ("F1", _("Something is missing"), _("Fill in this field.")),
        ("F2", _("This is too long"), _("Use fewer characters.")),
        ("F3", _("We cannot read this"), _("Look at the example next to the field and type it like that.")),
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
    *row(
        "service-problem",
        "warn",
        ("X5", _("We are very busy right now"), _("Nothing was changed. Try again in a few seconds.")),
    ),
]
