"""Why the desk refuses staff."""

from django.utils.translation import gettext_lazy as _

from helpcenter.causes.table import row

CAUSES = [
    *row(
        "staff-desk",
        "bad",
        ("G1", _("Your role does not allow this"), _("Ask a colleague whose role does, or your team lead.")),
        (
            "G2",
            _("You may not decide this case"),
            _("Anyone who worked on a case can't decide it. The system picks the second person."),
        ),
        (
            "G3",
            _("This case is not yours"),
            _("It is assigned to a colleague. Open your own queue to see your cases."),
        ),
        (
            "G7",
            _("Stop: this looks like a Key code"),
            _(
                "You entered {code_digits} digits where an answer belongs. Never take a Key code from a caller: "
                "someone may "
                "be passing it on. This has been recorded on the case. Ask for the answer again."
            ),
        ),
    ),
    *row(
        "staff-desk",
        "warn",
        (
            "G4",
            _("It is too early to approve"),
            _("Read the whole case first. You can approve after {minimum_review_time}."),
        ),
        ("G5", _("A new code is needed"), _("Enter a new code from your own Key to do this.")),
        (
            "G6",
            _("The case has moved on"),
            _("Someone else has changed it in the meantime. Check the case as it is now."),
        ),
        ("G8", _("You have the maximum number of cases"), _("Finish a case or return one. Then take the next.")),
    ),
]
