"""Why the desk refuses staff."""

from django.utils.translation import gettext_lazy as _

from helpcenter.causes.table import row

CAUSES = [
    *row(
        "staff-desk",
        "bad",
        ("G1", _("Your role does not allow this"), _("Ask a colleague whose role does, or ask your team lead.")),
        (
            "G2",
            _("You may not decide this case"),
            _("Anyone who has worked on a case cannot decide it. The system assigns a second reviewer."),
        ),
        (
            "G3",
            _("This case is not assigned to you"),
            _("It is assigned to a colleague. Open your own queue to see your cases."),
        ),
        (
            "G7",
            _("Stop: this looks like a Key code"),
            _(
                "You typed {code_digits} digits where we expect an answer. Never take a Key code from a caller: "
                "someone may be passing it on. We have recorded this on the case. Ask for the answer once more."
            ),
        ),
    ),
    *row(
        "staff-desk",
        "warn",
        (
            "G4",
            _("Too soon to approve"),
            _("Read the whole case first. You can approve it after {minimum_review_time}."),
        ),
        ("G5", _("You need a new code"), _("Enter a new code from your own Key to do this.")),
        (
            "G6",
            _("The case has changed"),
            _("A colleague has worked on it in the meantime. Check the case as it is now."),
        ),
        (
            "G8",
            _("You have too many open cases"),
            _("Finish a case or return one to the queue. Then take the next one."),
        ),
        (
            "G9",
            _("Two senior reviewers are needed"),
            _(
                "Two senior reviewers who have not worked on this case must decide on proof of identity, and there "
                "are not two. Nothing was recorded. Ask for another senior reviewer, or let an agent record it."
            ),
        ),
    ),
]
