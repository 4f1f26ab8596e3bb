"""Adding a passkey."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import Refusable
from accounts.refusals import PasskeyWrong
from portal.lib.passkeys import LONGEST_ANSWER

_LONGEST_NAME = 60


class AddPasskeyForm(Refusable, forms.Form):
    """The passkey's name, and what the browser created (filled in by script)."""

    name = forms.CharField(
        label=_("Name"),
        help_text=_("So you can tell it from your other passkeys, for example: My laptop."),
        required=False,
        max_length=_LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    answer = forms.CharField(required=False, max_length=LONGEST_ANSWER, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Refuse an empty answer: the browser runs no script, or created nothing."""
        if not self.cleaned_data.get("answer"):
            self.refuse(PasskeyWrong())
        return self.cleaned_data
