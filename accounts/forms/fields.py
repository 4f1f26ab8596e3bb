"""Fields shared by forms."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.policies.keys import totp
from accounts.policies.passwords import normalised
from accounts.refusals import Refusal
from helpcenter import causes


class CodeInput(forms.TextInput):
    """A field for a code, which the page never sends back."""

    def format_value(self, value: Any) -> None:
        """Return nothing: a code is secret while it is valid."""


class CodeField(forms.CharField):
    """A six-digit code; accepts ``123 456``, ``123-456`` and full-width digits, and nothing else."""

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false"}
        super().__init__(
            label=kwargs.pop("label", _("Code from your Key")),
            widget=CodeInput(attrs=attributes),
            error_messages={"required": causes.get("F1").words()},
            **kwargs,
        )

    def clean(self, value: Any) -> str:
        """Return six ASCII digits, or an empty text: a malformed code is a wrong code.

        Every spelling counts as an attempt and as the same code, so codes are parsed in one place.
        """
        typed = super().clean(value)
        if len(typed) > LONGEST_CODE:
            raise forms.ValidationError(causes.get("F2").words(), code="F2")
        return totp.read(typed) or ""


class BackupCodeField(forms.CharField):
    """A backup code; its form is checked in one place, so that every typing mistake counts as an attempt."""

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        super().__init__(
            label=kwargs.pop("label", _("Backup code")),
            help_text=kwargs.pop("help_text", _("Eight letters and digits, for example 7K3M-Q9XT.")),
            widget=CodeInput(attrs=attributes),
            error_messages={"required": causes.get("F1").words()},
            **kwargs,
        )

    def clean(self, value: Any) -> str:
        """Return what was typed; refuse only what nobody would type."""
        typed: str = super().clean(value)
        if len(typed) > LONGEST_CODE:
            raise forms.ValidationError(causes.get("F2").words(), code="F2")
        return typed


class PasswordField(forms.CharField):
    """A password that is set already, exactly as typed; text longer than any is refused before it is hashed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("Password"),
            strip=False,
            widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
            error_messages={
                "required": causes.get("F1").words(),
                "null_characters_not_allowed": causes.get("F3").words(),
            },
            **kwargs,
        )

    def clean(self, value: Any) -> str:
        """Return what was typed. The length is that of the form in which it is hashed."""
        typed: str = super().clean(value)
        if len(normalised(typed)) > settings.PORTAL_PASSWORD_MAX:
            raise forms.ValidationError(causes.get("R6").words(), code="R6")
        return typed


_LONGEST_LINE = 60


class LineField(forms.CharField):
    """A short line; a missing, too long or unreadable one is refused in the words of the cause table."""

    def __init__(self, *, max_length: int = _LONGEST_LINE, **kwargs: Any) -> None:
        """Accept up to ``max_length`` characters; the browser does not cut it off."""
        super().__init__(max_length=max_length, **kwargs)
        self.error_messages |= {
            "required": causes.get("F1").words(),
            "max_length": causes.get("F2").words(),
            "null_characters_not_allowed": causes.get("F3").words(),
        }
        self.widget.attrs.pop("maxlength", None)
        self.widget.attrs.setdefault("spellcheck", "false")


_UNSEEN_LETTERS = frozenset("\u115f\u1160\u3164\uffa0")  # Hangul fillers: letters that show nothing


class ReasonField(LineField):
    """Why staff do something, for the record and for the customer: one line that says something to the eye."""

    def clean(self, value: Any) -> str:
        """Return what was typed; refuse what cannot be read, such as invisible signs, or dots alone."""
        typed: str = super().clean(value)
        if not typed.isprintable() or not any(sign.isalnum() and sign not in _UNSEEN_LETTERS for sign in typed):
            raise forms.ValidationError(causes.get("F3").words(), code="F3")
        return typed


LONGEST_CODE = 1000  # characters; longer input is no typing mistake
UNREADABLE = {"F2", "F3", "R6", "max_length", "invalid_choice", "invalid_list"}


def status_of(form: forms.BaseForm | None) -> int:
    """Return the HTTP status of a form's page: 400 if something in it cannot be read, else 200."""
    if form is None or not form.is_bound:
        return 200
    codes_of_errors = {error.code for errors in form.errors.as_data().values() for error in errors}
    return 400 if codes_of_errors & UNREADABLE else 200


class Refusable(forms.BaseForm):
    """A form that can show why an action was refused: ``refusal`` is kept for the page."""

    refusal: Refusal | None = None

    def refuse(self, refusal: Refusal, field: str | None = None) -> None:
        """Show the refusal's words at the field, or at the top."""
        self.refusal = refusal
        self.show(refusal.words(), code=refusal.code, field=field)

    def show(self, words: str, *, code: str, field: str | None = None) -> None:
        """Show an error at the field, or at the top; also in a form that nothing was typed into."""
        if not self.is_bound:
            self.cleaned_data = dict[str, Any]()
        self.add_error(field or None, forms.ValidationError(words, code=code))
