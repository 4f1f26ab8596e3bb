"""Giving both factors again."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.actions.reauthentication import Given
from accounts.forms.fields import BackupCodeField, CodeField, PasswordField, Refusable
from helpcenter import causes


class ConfirmForm(Refusable, forms.Form):
    """Password, and a Key code or a backup code. Needs one of the two codes."""

    password = PasswordField()
    code = CodeField(required=False)
    backup_code = BackupCodeField(required=False)

    def __init__(self, *args: Any, has_key: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].required = not str(self.data.get("backup_code", "")).strip()
        if not has_key:
            del self.fields["code"]
            self.fields["backup_code"].required = True

    @property
    def given(self) -> Given:
        """Return what was typed; a backup code takes precedence if both are filled in."""
        return Given(**self.cleaned_data)


class NameForm(forms.Form):
    """The name of a Key."""

    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        help_text=_("So you know which phone it is, for example Pixel 8 or Work phone."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": causes.get("F1").words(), "max_length": causes.get("F2").words()},
    )

    def clean_name(self) -> str:
        """Refuse unprintable characters."""
        name: str = self.cleaned_data["name"]
        if not name.isprintable():
            raise forms.ValidationError(causes.get("F3").words(), code="F3")
        return name
