"""The claimant's forms for setting up again: second part of the grant, new password, code of the new Key."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import CodeField, LineField, Refusable
from helpcenter import causes
from recovery.forms.fields import signs_input

_NAME_LENGTH = 60


class GrantPartForm(Refusable, forms.Form):
    """The part of the grant that was e-mailed."""

    part = LineField(
        label=_("Second part of your set-up code"),
        help_text=_("Eight characters in two groups, from the e-mail we have just sent."),
        widget=signs_input(),
    )


class NewPasswordForm(Refusable, forms.Form):
    """A new password."""

    new_password = forms.CharField(
        label=_("New password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Refuse a missing password in the words of the cause table."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own
        self.fields["new_password"].error_messages |= {
            "required": causes.get("F1").words(),
            "null_characters_not_allowed": causes.get("F3").words(),
        }

    def clean_new_password(self) -> str:
        """Refuse text longer than any password, before anything is hashed."""
        typed: str = self.cleaned_data["new_password"]
        if len(typed) > settings.PORTAL_PASSWORD_MAX:
            raise forms.ValidationError(causes.get("R6").words(), code="R6")
        return typed


class SetUpForm(NewPasswordForm):
    """A new password and a new Key, together."""

    key_name = LineField(
        label=_("Name for this phone"),
        max_length=_NAME_LENGTH,
        help_text=_("So that you can tell your phones apart later."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    code = CodeField(label=_("Code shown by your new Key"))
