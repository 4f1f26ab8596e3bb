"""The forms of setting up a Key."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.actions.keys.enrolment.identity_proofing import BIRTH_DATE, DETAIL
from accounts.enums import Realm
from accounts.forms.fields import CodeField, CodeInput, LineField, Refusable
from accounts.models import User
from accounts.security_questions import words_of
from helpcenter import causes

_LONGEST_ANSWER = 200


class OthersForm(forms.Form):
    """The other users who get a Key on this phone as well, found by part of their username."""

    find = LineField(label=_("Find a username"), required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    everyone = forms.BooleanField(label=_("All of them, including those not shown"), required=False)
    also = forms.MultipleChoiceField(label=_("Usernames"), required=False)

    def __init__(self, *args: Any, others: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.others = others
        choices = [(str(user.pk), user.username) for user in others]
        words = dict.fromkeys(("invalid_choice", "invalid_list"), causes.get("F3").words())
        also = forms.MultipleChoiceField(label=_("Usernames"), required=False, choices=choices, error_messages=words)
        self.fields["also"] = also

    def chosen(self) -> list[User]:
        """Return the users who were ticked. Needs: a valid form."""
        ticked = set(self.cleaned_data["also"])
        return [user for user in self.others if self.cleaned_data["everyone"] or str(user.pk) in ticked]

    def groups(self) -> list[tuple[str, str, list[tuple[User, bool]]]]:
        """Return the users to show by realm, each with whether it is ticked; ticked ones are always shown."""
        ticked = set(self["also"].value() or [])
        part = str(self["find"].value() or "").casefold().strip()
        shown = [(user, str(user.pk) in ticked) for user in self.others]
        shown = [(user, is_ticked) for user, is_ticked in shown if is_ticked or part in user.username]
        grouped = [(str(realm), str(realm.label), [one for one in shown if one[0].realm == realm]) for realm in Realm]
        return [group for group in grouped if group[2]]


class MailedCodeForm(Refusable, forms.Form):
    """The code from the e-mail."""

    code = CodeField(label=_("Code from the e-mail"))


class DetailsForm(Refusable, forms.Form):
    """The birth date and one more detail."""

    day = LineField(label=_("Day"), max_length=2)
    month = LineField(label=_("Month"), max_length=2)
    year = LineField(label=_("Year"), max_length=4)
    detail = LineField(
        label=_("One more detail"),
        help_text=_(
            "Your postcode, one of your account numbers, the phone number we have on file, or the code from your "
            "welcome letter."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("day", "month", "year"):
            self.fields[name].widget.attrs |= {"inputmode": "numeric", "autocomplete": f"bday-{name}"}

    def clean(self) -> dict[str, Any]:
        """Refuse what is not a date, without using up an attempt."""
        if not self.errors:
            try:
                self.cleaned_data[BIRTH_DATE] = date(*(int(self.cleaned_data[n]) for n in ("year", "month", "day")))
            except ValueError:
                words = _("There is no such date. Check day, month and year.")
                self.add_error("day", forms.ValidationError(words, code="F3"))
        return self.cleaned_data

    def given(self) -> dict[str, str]:
        """Return the details for ``identity_proofing``. Needs: a valid form."""
        return {BIRTH_DATE: self.cleaned_data[BIRTH_DATE].isoformat(), DETAIL: self.cleaned_data["detail"]}


class AnswersForm(Refusable, forms.Form):
    """The answers to security questions, one field each; the page never sends them back."""

    def __init__(self, *args: Any, questions: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in questions:
            widget = CodeInput(attrs={"autocomplete": "off"})
            self.fields[name] = LineField(label=words_of(name), max_length=_LONGEST_ANSWER, widget=widget)

    def given(self) -> dict[str, str]:
        """Return the answers by question. Needs: a valid form."""
        return self.cleaned_data


class NewKeyForm(Refusable, forms.Form):
    """The code that the new Key shows."""

    code = CodeField(label=_("Code your Key shows now"))


class NewAppForm(NewKeyForm):
    """The same from a plain authenticator app, which tells us no name."""

    name = LineField(
        label=_("Name for this app"),
        initial=_("Authenticator app"),
        help_text=_("So you can tell your Keys apart."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    code = CodeField(label=_("Code the app shows now"))
    field_order = ("name", "code")
