"""The form of a new password."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import Refusable
from accounts.policies.passwords import normalised
from helpcenter import causes


def _for_generators() -> str:
    """Return the rules as password managers read them (the ``passwordrules`` attribute)."""
    kinds = [f"required: {kind}" for kind in settings.PORTAL_PASSWORD_CLASSES]
    return "; ".join(
        [f"minlength: {settings.PORTAL_PASSWORD_MIN}", f"maxlength: {settings.PORTAL_PASSWORD_MAX}", *kinds]
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
        self.fields["new_password"].widget.attrs["passwordrules"] = _for_generators()
        self.fields["new_password"].error_messages |= {
            "required": causes.get("F1").words(),
            "null_characters_not_allowed": causes.get("F3").words(),
        }

    def clean_new_password(self) -> str:
        """Refuse text longer than any password, before anything is hashed."""
        typed: str = self.cleaned_data["new_password"]
        if len(normalised(typed)) > settings.PORTAL_PASSWORD_MAX:
            raise forms.ValidationError(causes.get("R6").words(), code="R6")
        return typed
