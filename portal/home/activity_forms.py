"""The form of a report from the activity."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import Protection
from accounts.forms.fields import Refusable
from helpcenter import causes


class NotMeForm(Refusable, forms.Form):
    """How the account is to be protected until the report is looked into."""

    protection = forms.MultipleChoiceField(
        label=_("Protect my account now"),
        choices=Protection.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        initial=[Protection.END_OTHERS],
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Refuse an unknown choice in the words of the cause table."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own
        words = causes.get("F3").words()
        self.fields["protection"].error_messages |= {"invalid_choice": words, "invalid_list": words}
