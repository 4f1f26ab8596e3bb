"""A code sent to the e-mail address on file, which the claimant types into their own page and tells nobody."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.actions.authenticators import emailed_code
from accounts.enums import CodePurpose
from accounts.forms.fields import CodeField, Refusable
from accounts.models import EmailedCode, User
from portal.lib import client
from recovery.enums import Family
from recovery.methods.contract import Method, Words
from recovery.models import Case


class MailCodeForm(Refusable, forms.Form):
    """The code that was e-mailed to the address on file."""

    code = CodeField(label=_("Code from our e-mail"))


class MailCode(Method):
    """The e-mailed code, as limited and used up by ``accounts.actions.authenticators.emailed_code``."""

    name = "mail"
    family = Family.MAIL
    points = 25
    form = MailCodeForm
    template = "recovery/methods/mail.html"
    words = Words(
        label=_("Code to the e-mail address on file"),
        heading=_("Enter the code from our e-mail"),
        now=_("You have answered our questions. Now show us that the e-mail address on file is yours."),
        send=_("Send a code"),
        send_explains=_(
            "We send a code to the e-mail address on file. The claimant enters it on their case page. "
            "Never let them tell it to you."
        ),
        sent_for_agent=_("Code sent. The claimant enters it on their case page and must not tell it to you."),
        sent_for_claimant=_("We have sent a code to the e-mail address on file. Any earlier code no longer works."),
        was_sent=_("Code sent to the e-mail address on file"),
        was_accepted=_("The claimant entered the e-mailed code"),
    )

    def send(self, case: Case, *, by: User | None, origin: client.Origin, now: datetime) -> None:
        """Send a code. Raises: ``TooOften``."""
        emailed_code.send(user=case.holder, purpose=CodePurpose.RECOVERY, by=by, origin=origin, now=now)

    def accept(self, case: Case, typed: Mapping[str, Any], *, origin: client.Origin, now: datetime) -> None:
        """Accept the newest code. Raises: ``EmailedCodeWrong``, ``TooOften``."""
        emailed_code.accept(user=case.holder, purpose=CodePurpose.RECOVERY, code=typed["code"], origin=origin, now=now)

    def void(self, case: Case) -> None:
        """Delete the code."""
        emailed_code.drop(user=case.holder, purpose=CodePurpose.RECOVERY)

    def sent_at(self, case: Case, *, now: datetime) -> datetime | None:
        """Return when the unexpired code was sent, None if there is none."""
        live = EmailedCode.objects.filter(user=case.subject_id, purpose=CodePurpose.RECOVERY, expires_at__gt=now)
        return live.values_list("sent_at", flat=True).first()
