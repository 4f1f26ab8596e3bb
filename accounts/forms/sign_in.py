"""The two steps of signing in."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from accounts.actions.sign_in import known_browsers
from accounts.enums import Realm
from accounts.forms.fields import CodeField, Refusable
from accounts.forms.reauthentication import BackupCodeField
from accounts.models import User
from accounts.policies import usernames
from accounts.refusals import LastTry, LiveOnPaper, NoKey, PaperOnLive, Refusal, Suspended, WrongPair, paused, refusing
from accounts.request_types import PasswordRequest
from helpcenter import causes
from portal.throttle.reserve import LimitReached


class RealmField(forms.ChoiceField):
    """Live or paper trading; refuses anything else without echoing it."""

    def validate(self, value: str) -> None:
        """Raise F3 for anything that is not a realm."""
        if value and not self.valid_value(value):
            raise forms.ValidationError(causes.get("F3").words(), code="F3")


class PasswordForm(Refusable, AuthenticationForm):
    """Username, password and realm: live or paper trading."""

    realm = RealmField(choices=Realm.choices, initial=Realm.LIVE, required=False, widget=forms.HiddenInput)

    request: PasswordRequest

    def __init__(self, request: PasswordRequest, *args: Any, **kwargs: Any) -> None:
        """Bind to the request; the realm comes from the address if none is posted."""
        super().__init__(request, *args, **kwargs)
        missing, long = causes.get("F1"), causes.get("F2")
        username, password = self.fields["username"], self.fields["password"]
        username.label = _("Username")
        username.widget.attrs |= {"autocomplete": "username webauthn", "spellcheck": "false"}
        username.error_messages |= {"required": missing.words(), "max_length": long.words()}
        password.error_messages |= {"required": missing.words()}

    def clean_username(self) -> str:
        """Refuse text longer than any username."""
        username: str = self.cleaned_data["username"]
        if len(username) > usernames.MAX_LENGTH:
            raise forms.ValidationError(causes.get("F2").words(), code="F2")
        return username

    def clean_password(self) -> str:
        """Refuse text longer than any password, before anything is hashed."""
        password: str = self.cleaned_data["password"]
        if len(password) > settings.PORTAL_PASSWORD_MAX:
            raise forms.ValidationError(causes.get("R6").words(), code="R6")
        return password

    def clean(self) -> dict[str, Any]:
        """Check the pair; the refusal, if any, stays in ``refusal``."""
        if not self.errors:
            try:
                self.user_cache = self._check(self.cleaned_data["username"], self.cleaned_data["password"])
            except Refusal as refusal:
                self.refuse(refusal)
        return self.cleaned_data

    @refusing(paused)
    def _check(self, username: str, password: str) -> User:
        self.request.browser_scope = known_browsers.browser_scope_of(known_browsers.cookie_of(self.request), username)
        user = authenticate(self.request, username=username, password=password)
        attempt = self.request.password_attempt
        if isinstance(attempt, LimitReached):
            raise attempt
        if not isinstance(user, User):
            wrong = LastTry() if attempt.tries_left == 1 else WrongPair(tries_left=attempt.tries_left)
            raise attempt.refusal(wrong)
        self._check_door(user)
        return user

    def _check_door(self, user: User) -> None:
        """Say what prevents this sign-in, only to somebody who typed the right pair."""
        if user.suspended_at:
            raise Suspended
        realm = self.cleaned_data.get("realm") or Realm.LIVE
        if user.realm != realm:
            raise PaperOnLive if user.realm == Realm.PAPER else LiveOnPaper
        if user.is_staff and not user.has_authenticator:
            raise NoKey  # for staff a password alone is not enough: another operator sets up the Key


class CodeForm(Refusable, forms.Form):
    """The six-digit Key code, or a backup code; one of the two is needed."""

    otp_token = CodeField()
    backup_code = BackupCodeField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["otp_token"].required = not str(self.data.get(self.add_prefix("backup_code"), "")).strip()
