"""The rows of the cause table."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext_lazy as _

from helpcenter import facts as installation

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Severity = Literal["info", "warn", "bad"]

# The link from a refusal to its problem page, by row.
HELP: "dict[str, StrOrPromise]" = {
    "account-paused": _("Help with paused sign-in"),
    "after-recovery": _("What is on hold after a recovery"),
    "after-reset": _("Help after a password change"),
    "cannot-finish-reset": _("Help with a password reset"),
    "change-contact-details": _("Help with changing contact details"),
    "your-data": _("About copies of your data"),
    "email-code": _("Help with an e-mailed code"),
    "form-problem": _("Help with filling in a form"),
    "key-app": _("Help with the Key app"),
    "key-code-not-accepted": _("Help with a rejected code"),
    "key-shows-no-codes": _("Help with an outdated Key app"),
    "locked-again-and-again": _("Help with repeated pauses"),
    "logged-out": _("Help with being signed out"),
    "network-rule": _("Help with networks"),
    "no-notification": _("Help with requests to your phone"),
    "on-hold": _("Help with a stopped account"),
    "page-expired": _("Help with an expired page"),
    "paper-trading": _("Help with live and paper trading"),
    "passkey": _("Help with passkeys"),
    "password-rules": _("Help with choosing a password"),
    "recovery-case": _("Help with a recovery case"),
    "request-i-did-not-start": _("Help with a request you did not start"),
    "security-questions": _("Help with security questions"),
    "service-problem": _("Help with a page that does not work"),
    "set-up-key": _("Help with setting up a Key"),
    "staff-desk": _("Help with the staff desk"),
    "staff-people": _("Help with staff invitations and roles"),
    "welcome-letter": _("Help with a welcome letter"),
    "wrong-username-or-password": _("Help with a wrong password"),
}


@dataclass(frozen=True)
class Cause:
    """One reason for a refusal."""

    code: str
    title: "StrOrPromise"
    text: "StrOrPromise"
    row: str
    severity: Severity

    @property
    def help(self) -> "StrOrPromise":
        """Return the label of the link to the problem page."""
        return HELP[self.row]

    def words(self, **facts: object) -> str:
        """Return the text with its names filled in; plain text, to be escaped like any other.

        Raises: ``KeyError`` for a name that neither the settings nor the caller provide.
        """
        text = str(self.text)
        return text.format_map(installation.current() | facts) if "{" in text else text


def row(slug: str, severity: Severity, *causes: "tuple[str, StrOrPromise, StrOrPromise]") -> Iterable[Cause]:
    """Return causes that share a problem page: code, title and text of each."""
    return (Cause(code, title, text, slug, severity) for code, title, text in causes)
