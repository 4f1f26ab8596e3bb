"""What can go wrong with what customers keep up to date themselves."""

from django.utils.translation import gettext_lazy as _

from helpcenter.causes.table import row

CAUSES = [
    *row(
        "security-questions",
        "bad",
        ("Q1", _("This answer is too short"), _("Use an answer with at least three different letters or digits.")),
        ("Q2", _("The same thing is there twice"), _("Choose a different question, and a different answer for each.")),
        (
            "Q3",
            _("Other people know this answer"),
            _("Your names and your username are no good as an answer. Choose a different question or answer."),
        ),
        (
            "Q4",
            _("The question gives this answer away"),
            _("Use an answer that is not part of the question, or choose a different question."),
        ),
    ),
    *row(
        "security-questions",
        "info",
        (
            "Q5",
            _("We do not use security questions"),
            _("There is nothing to set up here. Your password and your {key_name} protect your account."),
        ),
    ),
    *row(
        "after-recovery",
        "warn",
        (
            "E9",
            _("Keys, passkeys and backup codes wait a while"),
            _(
                "Your account was recovered a short time ago, or someone objected to a recovery. New Keys, passkeys "
                "and backup codes are held until {until}. If you lose your phone before then, ask for help to get "
                "back in."
            ),
        ),
        (
            "I11",
            _("You cannot open sign-in to more networks yet"),
            _(
                "Your account was recovered a short time ago, or someone objected to a recovery. More networks are "
                "held until {until}. You can still limit sign-in to fewer."
            ),
        ),
    ),
    *row(
        "your-data",
        "warn",
        (
            "D7",
            _("Your data cannot be downloaded yet"),
            _(
                "Your account was recovered a short time ago, or someone objected to a recovery. Downloads of your "
                "data wait until {until}. If you need them sooner, call us at {support_phone}."
            ),
        ),
    ),
    *row(
        "change-contact-details",
        "bad",
        ("D1", _("This is your present address"), _("Enter the address that you want to use from now on.")),
        ("D4", _("We cannot read this phone number"), _("Start with + and the country code, then the number.")),
    ),
    *row(
        "change-contact-details",
        "warn",
        (
            "D2",
            _("Your e-mail address was changed a short time ago"),
            _("You can change it again from {until}. If you cannot wait, call us at {support_phone}."),
        ),
        (
            "D3",
            _("Contact details cannot be changed yet"),
            _(
                "Your account was recovered a short time ago, or someone objected to a recovery. Contact details are "
                "held until {until}. If one of them is wrong, call us at {support_phone}."
            ),
        ),
        (
            "D5",
            _("This change is no longer waiting"),
            _("It was finished, or it took too long. If your address is still the old one, start again."),
        ),
        (
            "D6",
            _("There is nothing to undo"),
            _("The address was already put back, or the time for it is over. Is it wrong? Call us at {support_phone}."),
        ),
    ),
]
