"""The list of networks, the request to support, the decision on it, and the code of a travel pass."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import NetworkOutcome
from accounts.forms.fields import CodeField, LineField, Refusable
from accounts.network_refusals import NetworkHasHostBits, NetworkUnreadable, TooManyNetworks
from accounts.policies import networks
from accounts.policies.networks import Network, NotANetwork
from accounts.refusals import Refusal

_LONGEST_LIST = 2000  # characters
_LONGEST_SHOWN = 60


class NetworksField(LineField):
    """Networks, one a line; cleans to ``Network`` objects."""

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"rows": 5, "autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
        super().__init__(
            label=_("Networks, one on each line"), max_length=_LONGEST_LIST,
            widget=forms.Textarea(attrs=attributes), **kwargs,
        )  # fmt: skip

    def clean(self, value: Any) -> tuple[Network, ...]:
        """Return the networks, each once."""
        lines = str(super().clean(value)).splitlines()
        try:
            found = networks.read_all(lines)
        except NotANetwork as wrong:
            raise _error(_refusal_of(wrong)) from None
        if len(found) > networks.MOST:
            raise _error(TooManyNetworks(most=networks.MOST))
        return found


class NetworksForm(Refusable, forms.Form):
    """The whole list as it shall be. ``seen``: the version of the list that was shown."""

    networks = NetworksField(
        help_text=_("An address, such as 203.0.113.7, or a network, such as 203.0.113.0/24 or 2001:db8:40::/48.")
    )
    seen = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)


class AskForm(Refusable, forms.Form):
    """The list support is asked for; an empty one means no limit."""

    networks = NetworksField(
        required=False, help_text=_("The whole list, as it should be. Leave it empty to allow sign-in from everywhere.")
    )
    allows_pass = forms.BooleanField(label=_("Allow travel passes"), required=False)


class PassForm(Refusable, forms.Form):
    """A Key code, to open a travel pass."""

    code = CodeField(label=_("New code from your Key"))


class DecideForm(Refusable, forms.Form):
    """The decision of the second person, confirmed with a Key code."""

    outcome = forms.ChoiceField(
        label=_("Decision"),
        choices=[(NetworkOutcome.APPROVED, _("Approve")), (NetworkOutcome.REFUSED, _("Refuse"))],
        widget=forms.RadioSelect,
        help_text=_("The customer is told at once, on every channel."),
    )
    code = CodeField()


def _refusal_of(wrong: NotANetwork) -> Refusal:
    typed = wrong.typed.strip()[:_LONGEST_SHOWN]
    return NetworkHasHostBits(typed=typed, meant=wrong.meant) if wrong.meant else NetworkUnreadable(typed=typed)


def _error(refusal: Refusal) -> forms.ValidationError:
    return forms.ValidationError(refusal.words(), code=refusal.code)
