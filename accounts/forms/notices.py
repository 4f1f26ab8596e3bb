"""The reference of a message."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import LineField, Refusable


class ReferenceForm(Refusable, forms.Form):
    """The reference, as it stands at the end of each message."""

    reference = LineField(
        label=_("Reference of the message"),
        max_length=40,
        help_text=_("It begins with N and stands at the end of the message, for example N-7F3K-2Q9C."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
