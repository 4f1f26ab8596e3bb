"""The living style guide: every component in every state, on one page, for development only."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from helpcenter import causes
from portal.lib import clock

_THEMES = {"light", "dark"}
_TONES = ("ok", "warn", "err", "info", "paper", "neutral")
_CODE = {"autocomplete": "one-time-code", "inputmode": "numeric"}
_TABLE = {
    "caption": "Where you are signed in",
    "columns": ["Device", "Place", "Started", "Last used"],
    "rows": [
        ["Chrome on Windows", "near New York", "12:04", "now"],
        ["Desktop program", "near Boston", "Monday 09:10", "Monday 16:30"],
    ],
}


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(
        label="Name", help_text="As on your account statements.", widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(label="E-mail", required=False, widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    password = forms.CharField(
        label="Password", widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}), strip=False
    )
    code = forms.CharField(
        label="Code from your Key", help_text="For example 123 456.", widget=forms.TextInput(attrs=_CODE)
    )
    topic = forms.ChoiceField(label="Topic", choices=[("", "Choose"), ("key", "My Key"), ("other", "Something else")])
    story = forms.CharField(label="What happened", widget=forms.Textarea(attrs={"rows": 4}))
    way = forms.ChoiceField(
        label="How may we reach you?", choices=[("mail", "E-mail"), ("phone", "Phone")], widget=forms.RadioSelect
    )
    agreed = forms.BooleanField(label="I have read this")
    locked = forms.CharField(label="Account", initial="U123 4567", disabled=True, required=False)


class NewPasswordForm(forms.Form):
    """A new password, next to its rules."""

    new_password = forms.CharField(
        label="New password", widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=False
    )


def show(request: HttpRequest) -> HttpResponse:
    """Show the guide; ``?theme=dark`` or ``?theme=light`` overrides the reader's system."""
    theme = request.GET.get("theme")
    return render(request, "portal/styleguide.html", _samples() | {"theme": theme if theme in _THEMES else ""})


def _samples() -> dict[str, Any]:
    now = clock.now()
    return {
        "tones": _TONES,
        "blank": SampleForm(auto_id="blank_%s"),
        "refused": SampleForm({"email": "ada"}, auto_id="refused_%s"),
        "choosing": NewPasswordForm(),
        "cause": causes.get("P1"),
        "now": now,
        "soon": now + timedelta(seconds=125),
        "steps": ["Password", "Key", "Done"],
        "table": _TABLE,
        "password_min": settings.PORTAL_PASSWORD_MIN,
        "password_classes": settings.PORTAL_PASSWORD_CLASSES,
    }
