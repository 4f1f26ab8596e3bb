"""The first form of a password reset; the others are those of signing in and of setting up a Key."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import LineField, Refusable
from accounts.policies import usernames


class UsernameForm(Refusable, forms.Form):
    """Whose password."""

    username = LineField(
        label=_("Username"),
        max_length=usernames.MAX_LENGTH,
        help_text=_("You can find it in your welcome letter."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
