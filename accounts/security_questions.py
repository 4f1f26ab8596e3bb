"""The text of the security questions, by the names under which they are stored.

Good ones ask for something that the person will still answer alike in ten years, that has many possible answers, and
that nobody posts, prints or is asked by a bank next door.
"""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

OFFERED: dict[str, "StrOrPromise"] = {
    "first_school": _("What was the name of your first school?"),
    "childhood_friend": _("Who was your best friend as a child?"),
    "favourite_teacher": _("Who was your favourite teacher?"),
    "feared_teacher": _("Which teacher were you most afraid of?"),
    "seat_neighbour": _("Who sat next to you in your first year at school?"),
    "first_street": _("What was the first street you lived on?"),
    "next_door": _("Who lived next door when you were growing up?"),
    "childhood_toy": _("What did you call your favourite toy when you were small?"),
    "bedtime_book": _("Which story were you read most often at bedtime?"),
    "childhood_doctor": _("What was the name of your doctor or dentist when you were a child?"),
    "pocket_money": _("In which shop did you spend your pocket money?"),
    "learned_to_swim": _("Where did you learn to swim?"),
    "first_film": _("What was the first film you saw at a cinema?"),
    "first_record": _("What was the first record, tape or disc you bought yourself?"),
    "first_flight": _("Where did your first flight take you?"),
    "first_boss": _("Who was your boss in your first paid job?"),
}
# Still asked of those who answered them, but offered no more: social networks and public registers know the answers.
_FORMER: dict[str, "StrOrPromise"] = {
    "first_pet": _("What was the name of your first pet?"),
    "birth_town": _("What town were you born in?"),
    "first_car": _("What was your first car?"),
}
WORDS = OFFERED | _FORMER


def words_of(question: str) -> str:
    """Return the text of a question; the firm's own questions without one here are shown by name."""
    return str(WORDS.get(question, question.replace("_", " ").capitalize()))
