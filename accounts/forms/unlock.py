"""Lifting a pause."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.actions.sign_in.unlock import LONGEST_REASON


class LiftForm(forms.Form):
    """The reason for the record."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        help_text=_("How you checked who is asking. The customer can read this, so leave out personal details."),
    )
