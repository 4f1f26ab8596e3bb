"""The stop code of a message."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import CodeInput, LineField, Refusable
from accounts.policies import stop_codes


class StopForm(Refusable, forms.Form):
    """Reference and stop code, as printed at the end of each message about something that can be stopped."""

    reference = LineField(
        label=_("Message reference"),
        help_text=_("For example N-7F3K-2Q9C."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    code = LineField(
        label=_("Stop code"),
        help_text=_("Twelve characters in three groups, from the same message."),
        widget=CodeInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )

    def clean_reference(self) -> str:
        """Return N and eight characters; refuse what no message contains, before it looks like a stop."""
        signs = stop_codes.read_message_reference(self.cleaned_data["reference"])
        if signs is None:
            raise forms.ValidationError(
                _("A message reference looks like N-7F3K-2Q9C. Copy it again from the message."), code="shape"
            )
        return signs

    def clean_code(self) -> str:
        """Return the characters of a stop code; refuse a different length, and characters outside the alphabet."""
        signs = stop_codes.read(self.cleaned_data["code"])
        if signs is None:
            raise forms.ValidationError(
                _("This is not a stop code. A stop code has twelve characters. Copy it again from the message."),
                code="shape",
            )
        return signs
