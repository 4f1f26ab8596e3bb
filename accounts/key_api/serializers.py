"""Keys and their accounts as the Key API writes them."""

import logging

from accounts.models import EnrolmentItem, Key
from portal.lib.encrypted_fields import EncryptedModel
from portal.lib.encryption import DecryptionError

log = logging.getLogger("portal.security")


def account_of(key: Key | EnrolmentItem) -> dict[str, str]:
    """Return the public id of a present or future Key, and its owner: username, realm, label.

    The label is the customer's name, or the username for staff.
    """
    user = key.user
    names = (opened(user.customer, "given_name"), opened(user.customer, "family_name")) if user.customer else ()
    label = " ".join(name for name in names if name)
    return {"key": str(key.public_id), "account": user.username, "realm": user.realm, "label": label or user.username}


def opened(row: EncryptedModel, field: str) -> str:
    """Return the decrypted text, or an empty one if it cannot be decrypted, which is logged."""
    try:
        return str(getattr(row, field))
    except DecryptionError:
        log.exception("an encrypted text does not open", extra={"facts": {"row": row.pk, "field": field}})
        return ""
