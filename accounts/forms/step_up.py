"""The forms of steps at the desk, each with a code from the Key of whoever takes it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import CodeField, ReasonField, Refusable
from portal.audit import sealed_words


class StepForm(Refusable, forms.Form):
    """A step that needs nothing but the code."""

    code = CodeField(label=_("Code from your own Key"))


class ReasonForm(StepForm):
    """A step with a reason, which stays in the record."""

    reason = ReasonField(label=_("Reason"), max_length=sealed_words.LONGEST_REASON)
    field_order = ("reason", "code")
