"""The parts of the profile that a customer changes alone."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import CodeField, LineField, Refusable
from helpcenter import causes
from portal.lib import time_format

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_LONGEST_ADDRESS = 254
_LONGEST_PHONE = 40
_REGIONS = "Africa America Antarctica Arctic Asia Atlantic Australia Europe Indian Pacific".split()  # noqa: SIM905
_UNREADABLE = {"invalid_choice": causes.get("F3").words(), "required": causes.get("F1").words()}


class AddressForm(Refusable, forms.Form):
    """A new e-mail address."""

    address = LineField(
        label=_("New e-mail address"),
        max_length=_LONGEST_ADDRESS,
        help_text=_("We send a code there, to make sure that it works and is yours."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )

    def clean_address(self) -> str:
        """Refuse what is no address."""
        address: str = self.cleaned_data["address"]
        try:
            validate_email(address)
        except ValidationError as error:
            raise forms.ValidationError(causes.get("F3").words(), code="F3") from error
        return address


class AddressCodeForm(Refusable, forms.Form):
    """The code from the new mailbox."""

    code = CodeField(label=_("Code from the e-mail"))


class PhoneForm(Refusable, forms.Form):
    """A phone number."""

    phone = LineField(
        label=_("Phone number"),
        max_length=_LONGEST_PHONE,
        help_text=_("With + and the country code, for example +44 20 7946 0018."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )


class DataForm(Refusable, forms.Form):
    """Which file of one's data to download: a page to read, or one for programs."""

    file = forms.ChoiceField(choices=[("page", _("A page to read")), ("json", _("A file for programs"))])


class PreferencesForm(Refusable, forms.Form):
    """Language and time zone."""

    language = forms.ChoiceField(label=_("Language"), error_messages=_UNREADABLE)
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        help_text=_("All times on your pages and in our messages are given in this zone."),
        error_messages=_UNREADABLE,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = settings.LANGUAGES  # type: ignore[attr-defined]  # a choice field
        self.fields["time_zone"].choices = _zones(self.initial.get("time_zone", ""))  # type: ignore[attr-defined]


def _zones(present: str) -> "list[tuple[StrOrPromise, Any]]":
    """Return the zones by region, after those without one; also the present one, however it is spelled."""
    grouped: dict[str, list[tuple[str, str]]] = {region: [] for region in _REGIONS}
    for name in sorted(time_format.zones()):
        region, _slash, place = name.partition("/")
        if region in grouped and place:
            grouped[region].append((name, place.replace("_", " ").replace("/", ", ")))
    plain: list[tuple[StrOrPromise, Any]] = [("", _("As my device says")), ("UTC", "UTC")]
    if present and present.partition("/")[0] not in grouped and present != "UTC":
        plain.append((present, present))
    return [*plain, *grouped.items()]
