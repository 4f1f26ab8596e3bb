"""Security answers, stored as slow salted hashes of their normalised text."""

from collections.abc import Mapping

from django.contrib.auth.hashers import check_password, make_password

from accounts.models import SecurityAnswer, User
from accounts.policies import security_answers


def set_answers(user: User, wanted: Mapping[str, str]) -> None:
    """Replace a user's answers with these, by question.

    Costs one hash per answer. Needs: an open transaction, with the user's row locked.
    """
    SecurityAnswer.objects.filter(user=user).exclude(question__in=wanted).delete()
    present = {row.question: row for row in SecurityAnswer.objects.filter(user=user)}
    for question, answer in wanted.items():
        row = present.get(question) or SecurityAnswer(user=user, question=question)
        if not (row.pk and is_answer(row, answer)):
            row.answer_hash = make_password(security_answers.fold(answer))
            row.save()


def is_answer(row: SecurityAnswer, typed: str) -> bool:
    """Check an answer. Costs one hash; the caller counts the attempts."""
    return check_password(security_answers.fold(typed), row.answer_hash)
