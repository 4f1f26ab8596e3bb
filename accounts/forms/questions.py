"""Security questions and their answers, all at once."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import LineField, Refusable
from accounts.policies.security_answers import ANSWERS_AT_MOST, ANSWERS_NEEDED
from accounts.profile_refusals import AnswerRepeated
from accounts.security_questions import OFFERED
from helpcenter import causes

_LONGEST_ANSWER = 200


class QuestionsForm(Refusable, forms.Form):
    """Three to five questions of the list, each with its answer. What was typed stays while something is corrected."""

    def __init__(self, data: Any = None, *, present: Sequence[str] = ()) -> None:
        """Begin with the questions set now, as far as they are still offered."""
        kept = [question for question in present if question in OFFERED]
        initial = {f"question_{place}": question for place, question in enumerate(kept, 1)}
        super().__init__(data, initial=initial)
        for place in range(1, ANSWERS_AT_MOST + 1):
            is_needed = place <= ANSWERS_NEEDED
            question = forms.ChoiceField(
                label=format_lazy("{} {}", _("Question"), place),
                choices=[("", _("Choose a question")), *OFFERED.items()],
                required=is_needed,
                error_messages={"required": causes.get("F1").words(), "invalid_choice": causes.get("F3").words()},
            )
            widget = forms.TextInput(attrs={"autocomplete": "off"})
            answer = LineField(
                label=format_lazy("{} {}", _("Answer"), place),
                max_length=_LONGEST_ANSWER,
                required=is_needed,
                widget=widget,
            )
            self.fields |= {f"question_{place}": question, f"answer_{place}": answer}

    def clean(self) -> dict[str, Any]:
        """Refuse a question without an answer, an answer without a question, and a question chosen twice."""
        seen: set[str] = set()
        for place in range(1, ANSWERS_AT_MOST + 1):
            names = (f"question_{place}", f"answer_{place}")
            question, answer = (self.cleaned_data.get(name, "") for name in names)
            for name, value, other in zip(names, (question, answer), (answer, question), strict=True):
                if other and not value and name not in self.errors:
                    self.add_error(name, forms.ValidationError(causes.get("F1").words(), code="F1"))
            if question in seen:
                self.refuse(AnswerRepeated(question=question), names[0])
            seen |= {question} - {""}
        return self.cleaned_data

    def answers(self) -> dict[str, str]:
        """Return the answers by question. Needs: a valid form."""
        pairs = [(f"question_{place}", f"answer_{place}") for place in range(1, ANSWERS_AT_MOST + 1)]
        filled = {self.cleaned_data[question]: self.cleaned_data[answer] for question, answer in pairs}
        return {question: answer for question, answer in filled.items() if question}

    def place_of(self, question: str) -> str | None:
        """Return the answer's field of a question."""
        places = range(1, ANSWERS_AT_MOST + 1)
        return next((f"answer_{n}" for n in places if self.cleaned_data.get(f"question_{n}") == question), None)

    def rows(self) -> list[forms.BoundField]:
        """Return question and answer of each line that must be filled in, in turn."""
        return self._pairs(range(1, ANSWERS_NEEDED + 1))

    def more_rows(self) -> list[forms.BoundField]:
        """Return the same of each line that may stay empty."""
        return self._pairs(range(ANSWERS_NEEDED + 1, ANSWERS_AT_MOST + 1))

    @property
    def has_more(self) -> bool:
        """Tell whether something stands in a line that may stay empty, or was refused there."""
        return any(bound.value() or bound.errors for bound in self.more_rows())

    def _pairs(self, places: range) -> list[forms.BoundField]:
        return [self[f"{name}_{place}"] for place in places for name in ("question", "answer")]
