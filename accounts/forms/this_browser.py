"""Asking to let this browser try although sign-in is paused."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import BackupCodeField, LineField, Refusable
from accounts.policies import usernames


class AskForm(Refusable, forms.Form):
    """The username."""

    username = LineField(
        label=_("Username"),
        max_length=usernames.MAX_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )


class AdmissionCodeForm(Refusable, forms.Form):
    """The code from the e-mail."""

    code = BackupCodeField(label=_("Code from the e-mail"))
