"""Adding a passkey."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import Refusable
from helpcenter import causes
from portal.lib.passkeys import LONGEST_ANSWER

_LONGEST_NAME = 60


class AddPasskeyForm(Refusable, forms.Form):
    """What the passkey is to be called, and what the browser made (filled in by script)."""

    name = forms.CharField(
        label=_("Name"),
        help_text=_("To tell it from others later, for example: My laptop."),
        required=False,
        max_length=_LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    answer = forms.CharField(required=False, max_length=LONGEST_ANSWER, widget=forms.HiddenInput)

    def clean_answer(self) -> str:
        """Refuse an empty answer: the browser runs no script, or made nothing."""
        answer: str = self.cleaned_data["answer"]
        if not answer:
            raise forms.ValidationError(causes.get("E4").words(), code="E4")
        return answer
