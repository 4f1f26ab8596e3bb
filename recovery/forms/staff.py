"""The forms of the desk. Nothing here saves anything."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import CodeField, Refusable
from helpcenter import causes
from recovery.actions.reviews import SHORTEST_REASON
from recovery.enums import Observed, Purpose

_PLAIN_TEXT = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}


class DeskForm(Refusable, forms.Form):
    """A step that only needs confirmation. ``version`` is that of the case when the page was rendered."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class OpenForm(Refusable, forms.Form):
    """A claim made on the phone: the username as the agent heard it."""

    username = forms.CharField(
        label=_("Username, as given by the caller"),
        max_length=150,
        help_text=_("Type what you hear. The result is the same whether or not the username exists."),
        widget=forms.TextInput(attrs=_PLAIN_TEXT),
    )
    lost = forms.MultipleChoiceField(
        label=_("What the caller needs"),
        choices=[(Purpose.PASSWORD, Purpose.PASSWORD.label), (Purpose.KEY, Purpose.KEY.label)],
        widget=forms.CheckboxSelectMultiple,
    )


class StartForm(Refusable, forms.Form):
    """Reference and PIN, as the caller reads them out."""

    reference = forms.CharField(
        label=_("Case reference"),
        max_length=20,
        help_text=_("For example RC-7F3K-2Q9C. Dashes and capitals don't matter."),
        widget=forms.TextInput(attrs=_PLAIN_TEXT | {"autocapitalize": "characters"}),
    )
    pin = forms.CharField(
        label=_("PIN"),
        max_length=12,
        help_text=_("6 digits. After five wrong PINs, the reference is locked for good."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    takes_over = forms.BooleanField(
        label=_("A colleague started this call and has left. I am taking over."), required=False
    )


class AnswerForm(DeskForm):
    """One answer, as given. Empty means that the caller does not remember."""

    place = forms.IntegerField(widget=forms.HiddenInput)
    answer = forms.CharField(
        label=_("The caller's answer"),
        required=False,
        max_length=200,
        help_text=_("Leave this empty if the caller does not remember. Ask each question only once."),
        widget=forms.TextInput(attrs=_PLAIN_TEXT),
    )


class StatementForm(DeskForm):
    """What the agent observed, as fixed choices: no free text, which could contain an answer."""

    observations = forms.MultipleChoiceField(
        label=_("What you noticed"), choices=Observed.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    recommends = forms.ChoiceField(
        label=_("What you recommend"),
        choices=[
            ("yes", _("Continue: I believe the caller is the account holder")),
            ("no", _("Do not continue: I have doubts")),
        ],
        widget=forms.RadioSelect,
    )
    call_reference = forms.CharField(
        label=_("Call reference"),
        required=False,
        max_length=60,
        help_text=_("As shown by the telephone system. Do not write anything about the caller here."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class ReasonForm(DeskForm):
    """A reason that somebody else can follow."""

    reason = forms.CharField(
        label=_("Your reason"),
        min_length=SHORTEST_REASON,
        max_length=2000,
        help_text=_("A full sentence of 20 characters or more. Auditors can read it; the claimant never sees it."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class PapersForm(ReasonForm):
    """The proof of identity that was shown, without naming the person."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("What you were shown")
        self.fields["reason"].help_text = _(
            "Type of document, issuer, last four digits, and whether you saw it in person or by video. No names. "
            "The senior reviewers who decide can read it, and so can auditors."
        )


class ApproveForm(ReasonForm):
    """An approval also needs a code from the senior's own Key, and from tier 2 a check of their own."""

    own_check = forms.CharField(
        label=_("Your own check"),
        required=False,
        max_length=2000,
        help_text=_("For example: you listened to the recording, or asked someone else to call back."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    code = CodeField(
        label=_("Code from your own Key"),
        help_text=_("6 digits, for example 123 456. This approval uses the code up."),
    )

    field_order = ("reason", "own_check", "code")

    def __init__(self, *args: Any, needs_own_check: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].error_messages["required"] = causes.get("G5").words()
        if needs_own_check:
            self.fields["own_check"].required = True
        else:
            del self.fields["own_check"]
