"""Web Push: short messages to phones, through the push service that each phone names.

The address comes from outside, so it is never trusted: ``portal.lib.outgoing`` limits where the portal connects,
``messages`` writes and encrypts what it sends there, ``senders`` delivers it.
See docs/how-to/run-push.md and docs/decisions/0018-notifications-on-phones.md.
"""

from portal.lib.push.messages import (
    Message,
    Subscription,
    check_endpoint,
    is_private_key,
    new_private_key,
    public_key_of,
)
from portal.lib.push.senders import Gone, NotTaken, Nowhere, Sender, ToFiles, WebPush, key_for_phones, sender

__all__ = [
    "Gone",
    "Message",
    "NotTaken",
    "Nowhere",
    "Sender",
    "Subscription",
    "ToFiles",
    "WebPush",
    "check_endpoint",
    "is_private_key",
    "key_for_phones",
    "new_private_key",
    "public_key_of",
    "sender",
]
