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
            _("Whoever worked on a case never decides it. The second person is drawn by the system."),
        ),
        (
            "G3",
            _("This case is not yours"),
            _("It is assigned to a colleague. Open your own queue to see what is yours."),
        ),
        (
            "G7",
            _("Stop: this looks like a Key code"),
            _(
                "An answer is expected here, and {code_digits} digits were typed. Never take a Key code from a caller: "
                "somebody may be passing it on. This is recorded on the case by itself. Ask for the answer once more."
            ),
        ),
    ),
    *row(
        "staff-desk",
        "warn",
        ("G4", _("That was too quick"), _("Read the whole case first. An approval opens after {minimum_review_time}.")),
        ("G5", _("A fresh code is needed"), _("Type a new code from your own Key to do this.")),
        ("G6", _("The case has moved on"), _("Somebody else did something meanwhile. Look at the case as it is now.")),
        ("G8", _("Your hands are full"), _("Finish a case, or give one back. Then take the next one.")),
    ),
]
