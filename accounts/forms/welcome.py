"""The forms of a first sign-in, and of asking for a new letter at the desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.actions.keys.enrolment.identity_proofing import BIRTH_DATE, DETAIL
from accounts.forms.enrolment import DetailsForm
from accounts.forms.fields import BackupCodeField, LineField, Refusable
from accounts.forms.step_up import ReasonForm
from accounts.policies import usernames


class LetterForm(Refusable, forms.Form):
    """What the letter says: the username and the code."""

    username = LineField(
        label=_("Username"),
        max_length=usernames.MAX_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    code = BackupCodeField(
        label=_("Welcome code"),
        help_text=_("Three groups of four letters and digits. Spaces and capital letters don't matter."),
    )


class BesideLetterForm(DetailsForm):
    """The birth date and, unless nothing else is on file, a detail that the letter does not show."""

    def __init__(self, *args: Any, asks_detail: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[DETAIL].help_text = _("One of your account numbers, or the phone number we have on file.")
        if not asks_detail:
            del self.fields[DETAIL]

    def given(self) -> dict[str, str]:
        """Return the details for ``identity_proofing``. Needs: a valid form."""
        return {BIRTH_DATE: self.cleaned_data[BIRTH_DATE].isoformat(), DETAIL: self.cleaned_data.get(DETAIL, "")}


class WantLetterForm(ReasonForm):
    """The reason for the record, and a Key code of whoever asks."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _(
            "How you checked who is asking. The customer can read this, so leave out personal details."
        )
