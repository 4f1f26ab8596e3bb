"""The forms of signing in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import Realm
from accounts.forms.fields import BackupCodeField, CodeField, PasswordField, Refusable
from accounts.policies import usernames
from helpcenter import causes


class RealmField(forms.ChoiceField):
    """Live or paper trading; refuses anything else without echoing it."""

    def validate(self, value: str) -> None:
        """Raise F3 for anything that is not a realm."""
        if value and not self.valid_value(value):
            raise forms.ValidationError(causes.get("F3").words(), code="F3")


class PasswordForm(Refusable, forms.Form):
    """Username, password and realm: live or paper trading."""

    realm = RealmField(choices=Realm.choices, required=False, widget=forms.HiddenInput)
    username = forms.CharField(
        label=_("Username"),
        widget=forms.TextInput(
            attrs={"autocomplete": "username webauthn", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = PasswordField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].error_messages |= {
            "required": causes.get("F1").words(),
            "null_characters_not_allowed": causes.get("F3").words(),
        }

    def clean_username(self) -> str:
        """Refuse text longer than any username."""
        username: str = self.cleaned_data["username"]
        if len(username) > usernames.MAX_LENGTH:
            raise forms.ValidationError(causes.get("F2").words(), code="F2")
        return username

    @property
    def given(self) -> dict[str, Any]:
        """Return what was typed, as ``check_password`` takes it."""
        typed = self.cleaned_data
        realm = Realm(typed["realm"] or Realm.LIVE)
        return {"username": typed["username"], "password": typed["password"], "realm": realm}


class CodeForm(Refusable, forms.Form):
    """The six-digit Key code, or a backup code; one of the two is needed."""

    otp_token = CodeField()
    backup_code = BackupCodeField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["otp_token"].required = not str(self.data.get("backup_code", "")).strip()
