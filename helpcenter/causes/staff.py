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
            "G19",
            _("You may not open this customer"),
            _("It is your own record, or you are working on this person's recovery. Ask a colleague."),
        ),
        (
            "G20",
            _("A second person has to allow this"),
            _(
                "Sign-in was stopped to protect an account. Someone other than whoever stopped it or closed the report "
                "allows it again, once no report is open."
            ),
        ),
        (
            "G21",
            _("A colleague has to take this case"),
            _("You have looked at this customer's page lately, so you know what you would have to ask about."),
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
            "G17",
            _("Two senior reviewers are needed"),
            _(
                "Two senior reviewers who have not worked on this case must decide on proof of identity, and there "
                "are not two. Nothing was recorded. Ask for another senior reviewer, or let an agent record it."
            ),
        ),
    ),
    *row(
        "staff-people",
        "bad",
        (
            "G9",
            _("Someone else has to do this"),
            _("Nobody does this to themselves, or confirms what they asked for. Ask another operator."),
        ),
        ("G10", _("This username is taken"), _("Choose another username.")),
        (
            "G11",
            _("This person works here already"),
            _(
                "Their e-mail address or phone number belongs to {username}. If it is the same person, enter that "
                "username under “Works here already as”."
            ),
        ),
        (
            "G12",
            _("These roles do not go together"),
            _("An auditor must not work on cases, not even with a second username."),
        ),
        (
            "G13",
            _("A role is already waiting"),
            _("Another operator has to decide it first. You can take it back in the list of roles."),
        ),
        (
            "G18",
            _("Nothing left to do"),
            _("Someone else has done it already, or it was so before. Nothing was changed."),
        ),
        ("G14", _("This person has left"), _("Invite them again first.")),
        (
            "G15",
            _("No customer with this number"),
            _("Check the number. It may also belong to a colleague already."),
        ),
        (
            "G16",
            _("There is an operator already"),
            _("Ask them for an invitation, or use portal_staff invite."),
        ),
    ),
    *row(
        "staff-people",
        "warn",
        (
            "V1",
            _("This invitation does not work"),
            _(
                "Check the username and both codes. An invitation works once, for {invitation_time}. If it is older, "
                "ask the colleague who invited you for a new one."
            ),
        ),
        (
            "V2",
            _("This invitation is over"),
            _("It was used, withdrawn or replaced by a newer one. Ask the colleague who invited you."),
        ),
        (
            "V3",
            _("Your Key is not set up"),
            _("Nobody works here with a password alone. Ask an operator to invite you again, then set up both."),
        ),
    ),
]
