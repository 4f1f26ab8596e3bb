"""The forms of the desk's customer page."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import LineField, ReasonField, Refusable
from accounts.forms.step_up import ReasonForm
from accounts.policies import usernames
from portal.audit import sealed_words

_READ_BY_CUSTOMER = _("The customer reads this, so leave out personal details.")


class LookForm(Refusable, forms.Form):
    """The whole username, and why."""

    username = LineField(
        label=_("Whole username"),
        max_length=usernames.MAX_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    reason = ReasonField(label=_("Reason"), max_length=sealed_words.LONGEST_REASON, help_text=_READ_BY_CUSTOMER)


class HelpForm(ReasonForm):
    """The reason for the record, and a Key code of whoever helps."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own
        self.fields["reason"].help_text = _("How you checked who is asking.") + " " + _READ_BY_CUSTOMER
