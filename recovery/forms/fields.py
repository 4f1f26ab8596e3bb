"""Fields of the claimant's forms."""

from typing import Any

from django import forms

from accounts.forms.fields import CodeInput
from helpcenter import causes

_LONGEST = 60


class LineField(forms.CharField):
    """A short line, refused in the words of the cause table when it is missing, too long or unreadable."""

    def __init__(self, *, max_length: int = _LONGEST, **kwargs: Any) -> None:
        """Take a line of up to ``max_length`` characters; the browser does not cut it."""
        super().__init__(max_length=max_length, **kwargs)
        self.error_messages |= {
            "required": causes.get("F1").words(),
            "max_length": causes.get("F2").words(),
            "null_characters_not_allowed": causes.get("F3").words(),
        }
        self.widget.attrs.pop("maxlength", None)
        self.widget.attrs.setdefault("spellcheck", "false")


def reference_input() -> forms.TextInput:
    """Return the control for a reference, which is no secret and is kept when something else is refused."""
    return forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"})


def signs_input() -> CodeInput:
    """Return the control for a code of letters and digits, copied from an e-mail."""
    return CodeInput(attrs={"autocomplete": "off", "autocapitalize": "characters"})


def pin_input() -> CodeInput:
    """Return the control for a PIN."""
    return CodeInput(attrs={"autocomplete": "off", "inputmode": "numeric"})
