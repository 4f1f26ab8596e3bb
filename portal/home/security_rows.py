"""The rows of the Security page: what can open the account, in a line each, and where it is changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import Key, User
from accounts.policies import masks
from accounts.policies.recommendations import Ways

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_KEYS_NAMED = 3


@dataclass(frozen=True)
class Row:
    """One row: its icon, name and fact, with the moment the fact ends in, the URL name of its page, the link's text."""

    icon: str
    name: "StrOrPromise"
    fact: "StrOrPromise"
    page: str
    link: "StrOrPromise"
    at: datetime | None = None


def sign_in_rows(user: User, keys: Sequence[Key], ways: Ways) -> list[Row]:
    """Return what this user signs in with. No statement."""
    passkeys = ngettext("%d passkey", "%d passkeys", ways.passkeys) % ways.passkeys
    codes = ngettext("%d code left", "%d codes left", ways.backup_codes) % ways.backup_codes
    changed = _("Changed") if user.password_changed_at else _("Not changed here yet")
    return [
        Row("lock", _("Password"), changed, "accounts:password", _("Change"), user.password_changed_at),
        _key_row(keys),
        Row("passkey", _("Passkeys"), passkeys if ways.passkeys else _("None yet"), "accounts:passkeys", _("Manage")),
        Row(
            "list",
            _("Backup codes"),
            codes if ways.backup_codes else _("None left"),
            "accounts:backup-codes",
            _("Manage"),
        ),
    ]


def contact_rows(user: User, questions: int | None) -> list[Row]:
    """Return how this user is reached and recognised; ``questions``: how many are set, None if none are asked here."""
    limited = _("Limited to certain networks") if user.networks_limited_at else _("Any network may sign in")
    notices = Row("mail", _("Notices"), _("Every message we sent you"), "accounts:notices", _("See"))
    network = Row("globe", _("Networks"), limited, "accounts:networks", _("Manage"))
    if user.is_staff:
        return [network]  # the firm keeps the details of its staff elsewhere
    rows = [
        Row("mail", _("E-mail"), masks.email(user.email), "accounts:profile-email", _("Change")),
        Row("user", _("Your details"), _("Name, address, phone, time zone"), "accounts:profile", _("See")),
        network,
        notices,
    ]
    if questions is not None:
        answers = ngettext("%d answer", "%d answers", questions) % questions if questions else _("None yet")
        rows.insert(2, Row("help", _("Security questions"), answers, "accounts:questions", _("Set")))
    return rows


def _key_row(keys: Sequence[Key]) -> Row:
    names = ", ".join(key.name for key in keys[:_KEYS_NAMED]) + (", …" if len(keys) > _KEYS_NAMED else "")
    used = max((key.last_used_at for key in keys if key.last_used_at), default=None)
    fact = _("{names}, last used").format(names=names) if used else names or _("None yet")
    return Row("key", _("Keys"), fact, "accounts:keys", _("Manage"), used)
