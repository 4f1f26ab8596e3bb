"""The claimant's form before setting up again: the second part of the grant."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import LineField, Refusable
from recovery.forms.fields import signs_input


class GrantPartForm(Refusable, forms.Form):
    """The part of the grant that was e-mailed."""

    part = LineField(
        label=_("Second part of your set-up code"),
        help_text=_("Eight characters in two groups, from the e-mail we have just sent."),
        widget=signs_input(),
    )
