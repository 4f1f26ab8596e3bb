"""The claimant's forms for setting up again: second part of the grant, new password, code of the new Key."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import CodeField, LineField, Refusable
from accounts.forms.password import NewPasswordForm
from recovery.forms.fields import signs_input

_NAME_LENGTH = 60


class GrantPartForm(Refusable, forms.Form):
    """The part of the grant that was e-mailed."""

    part = LineField(
        label=_("Second part of your set-up code"),
        help_text=_("Eight characters in two groups, from the e-mail we have just sent."),
        widget=signs_input(),
    )


class SetUpForm(NewPasswordForm):
    """A new password and a new Key, together."""

    key_name = LineField(
        label=_("Name for this phone"),
        max_length=_NAME_LENGTH,
        help_text=_("So that you can tell your phones apart later."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    code = CodeField(label=_("Code shown by your new Key"))
