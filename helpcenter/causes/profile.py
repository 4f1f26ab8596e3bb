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
]
