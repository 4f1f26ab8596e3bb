"""The claimant's forms: request, reference and PIN."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import LineField, Refusable
from accounts.policies import usernames
from helpcenter import causes
from recovery.enums import Purpose
from recovery.forms.fields import pin_input, reference_input

_LOST = ((Purpose.PASSWORD, _("A new password")), (Purpose.KEY, _("A new Key, because I lost the Key or its phone")))
_CONTACT_LENGTH = 200


class RequestForm(Refusable, forms.Form):
    """The request for help: username, what was lost, how to reach them now."""

    username = LineField(
        label=_("Username"),
        max_length=usernames.MAX_LENGTH,
        help_text=_("You can find it in your welcome letter."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    lost = forms.MultipleChoiceField(
        label=_("What do you need?"), choices=_LOST, widget=forms.CheckboxSelectMultiple, required=True
    )
    contact = LineField(
        label=_("How can we reach you today?"),
        max_length=_CONTACT_LENGTH,
        required=False,
        help_text=_("A phone number we can call you back on. We do not use it as proof and never send a code to it."),
        widget=forms.TextInput(attrs={"autocomplete": "tel"}),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Refuse a missing choice in the words of the cause table."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own
        self.fields["lost"].error_messages |= {
            "required": _("Choose one or both."),
            "invalid_choice": causes.get("F3").words(),
            "invalid_list": causes.get("F3").words(),
        }


class ReferenceForm(Refusable, forms.Form):
    """Reference and PIN of a case."""

    reference = LineField(label=_("Reference"), help_text=_("For example RC-7F3K-2Q9C."), widget=reference_input())
    pin = LineField(label=_("PIN"), help_text=_("Six digits."), widget=pin_input())


class PinForm(Refusable, forms.Form):
    """The PIN of the case on the page, typed again."""

    pin = LineField(label=_("Your current PIN"), help_text=_("Six digits."), widget=pin_input())
