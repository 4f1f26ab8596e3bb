"""The forms of a password reset."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import BackupCodeField, CodeField, LineField, Refusable
from accounts.policies import usernames
from helpcenter import causes


class UsernameForm(Refusable, forms.Form):
    """Whose password."""

    username = LineField(
        label=_("Username"),
        max_length=usernames.MAX_LENGTH,
        help_text=_("You can find it in your welcome letter."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )


class KeyForm(Refusable, forms.Form):
    """A code from the Key, or a backup code."""

    code = CodeField(required=False)
    backup_code = BackupCodeField(required=False)

    def clean(self) -> dict[str, str]:
        """Ask for one of the two."""
        typed: dict[str, str] = self.cleaned_data
        if not self.errors and not any(self.data.get(name, "").strip() for name in self.fields):
            self.add_error("code", forms.ValidationError(causes.get("F1").words(), code="F1"))
        return typed
