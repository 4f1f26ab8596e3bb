"""Ending a pause."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.forms.step_up import ReasonForm


class LiftForm(ReasonForm):
    """The reason for the record, and a Key code of whoever ends the pause."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _(
            "How you checked who is asking. The customer can read this, so leave out personal details."
        )
