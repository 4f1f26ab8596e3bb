"""Closing a report."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import ReportOutcome


class CloseForm(forms.Form):
    """The outcome, in the words that the customer reads."""

    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=ReportOutcome.choices,
        widget=forms.RadioSelect,
        help_text=_("The customer reads this sentence on the Security page and in a message."),
    )
