"""The words of the security questions, by the names they are kept under."""

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
    """Return a question as people read it; one of the firm's own that has no words here reads as its name."""
    return str(WORDS.get(question, question.replace("_", " ").capitalize()))
