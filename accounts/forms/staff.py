"""The forms of staff: an invitation typed in, and what operators do for colleagues."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.forms.fields import CodeInput, LineField, Refusable
from accounts.forms.step_up import StepForm
from accounts.models import User
from accounts.policies import telephone_numbers, usernames
from helpcenter import causes

_CODE = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
_PLAIN = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}


class InvitationForm(Refusable, forms.Form):
    """Username and both parts of an invitation."""

    username = LineField(
        label=_("Username"), max_length=usernames.MAX_LENGTH, widget=forms.TextInput({"autocomplete": "username"})
    )
    told_part = LineField(label=_("Code a colleague told you"), widget=CodeInput(_CODE))
    mailed_part = LineField(label=_("Code we e-mailed you"), widget=CodeInput(_CODE))


class RoleForm(StepForm):
    """A role to ask for."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    field_order = ("role", "code")


def _phone_number(typed: str) -> str:
    """Return a phone number in its stored form; empty for none."""
    number = telephone_numbers.read(typed) if typed else ""
    if number is None:
        raise forms.ValidationError(causes.get("D4").words(), code="D4")
    return number


class ContactForm(StepForm):
    """Name and contact of a colleague."""

    name = LineField(label=_("Name"), max_length=100)
    email = forms.EmailField(label=_("E-mail address at the firm"), max_length=254)
    phone = LineField(label=_("Phone number"), max_length=32, required=False)
    field_order = ("name", "email", "phone", "code")

    def clean_phone(self) -> str:
        """Return the number in its stored form."""
        return _phone_number(self.cleaned_data["phone"])


class InviteForm(StepForm):
    """Somebody to invite: a new person, or one who works here already under another username."""

    username = LineField(label=_("Username"), max_length=usernames.LONGEST_OF_STAFF, widget=forms.TextInput(_PLAIN))
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    name = LineField(label=_("Name"), max_length=100, required=False)
    email = forms.EmailField(label=_("E-mail address at the firm"), max_length=254, required=False)
    phone = LineField(label=_("Phone number"), max_length=32, required=False)
    customer_number = LineField(
        label=_("Customer number"),
        max_length=32,
        required=False,
        help_text=_("If the person is a customer of the firm too: they never work on their own case."),
    )
    same_as = LineField(
        label=_("Works here already as"),
        max_length=usernames.MAX_LENGTH,
        required=False,
        help_text=_("The other username of the same person. Leave name and contact empty then."),
        widget=forms.TextInput(_PLAIN),
    )
    field_order = ("username", "role", "name", "email", "phone", "customer_number", "same_as", "code")

    def clean_username(self) -> str:
        """Accept plain usernames only."""
        name = usernames.canonical(self.cleaned_data["username"])
        if not usernames.is_fit_for_staff(name):
            raise forms.ValidationError(_("Use 2 to 30 letters a to z, digits, dots and dashes."), code="F3")
        return name

    def clean_phone(self) -> str:
        """Return the number in its stored form."""
        return _phone_number(self.cleaned_data["phone"])

    def clean_same_as(self) -> User | None:
        """Return the colleague of that username."""
        typed = self.cleaned_data["same_as"]
        found = User.objects.by_username(typed) if typed else None
        if typed and (found is None or not found.is_staff):
            raise forms.ValidationError(_("No colleague has this username."), code="F3")
        return found

    def clean(self) -> dict[str, Any]:
        """Need name and address of a new person."""
        given = super().clean() or self.cleaned_data
        if not given.get("same_as") and "same_as" in given:
            for field in ("name", "email"):
                if not given.get(field) and field not in self.errors:
                    self.add_error(field, forms.ValidationError(causes.get("F1").words(), code="F1"))
        return given
