"""The text of the security questions, by the names under which they are stored."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

WORDS: dict[str, "StrOrPromise"] = {
    "first_school": _("What was the name of your first school?"),
    "childhood_friend": _("Who was your best friend as a child?"),
    "first_pet": _("What was the name of your first pet?"),
    "birth_town": _("What town were you born in?"),
    "favourite_teacher": _("Who was your favourite teacher?"),
    "first_street": _("What was the first street you lived on?"),
}


def words_of(question: str) -> str:
    """Return the text of a question; the firm's own questions without one here are shown by name."""
    return str(WORDS.get(question, question.replace("_", " ").capitalize()))
