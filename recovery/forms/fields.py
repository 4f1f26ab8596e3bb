"""Fields of the claimant's forms."""

from django import forms

from accounts.forms.fields import CodeInput


def reference_input() -> forms.TextInput:
    """Return the control for a reference, which is not secret and is kept when another field is refused."""
    return forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"})


def signs_input() -> CodeInput:
    """Return the control for a code of letters and digits, copied from an e-mail."""
    return CodeInput(attrs={"autocomplete": "off", "autocapitalize": "characters"})


def pin_input() -> CodeInput:
    """Return the control for a PIN."""
    return CodeInput(attrs={"autocomplete": "off", "inputmode": "numeric"})
