"""The refusals of what is on hold for a while, as after a recovery; each names the end."""

from datetime import datetime

from accounts.enums import HoldScope
from accounts.refusals import Refusal
from portal.lib import time_format


class Held(Refusal):
    """On hold until ``until``, because the account was recovered."""

    def __init__(self, *, until: datetime) -> None:
        super().__init__(until=time_format.time_words(until, pattern="j F Y, H:i"))
        self.until = until


class ContactsHeld(Held):
    """Contact details cannot be changed."""

    code = "D3"


class KeysHeld(Held):
    """No Key, passkey or backup code can be added or moved."""

    code = "E9"


class NetworksHeld(Held):
    """Sign-in cannot be opened to more networks."""

    code = "I11"


class DataHeld(Held):
    """What is held about a person cannot be downloaded; as long as their contact details are on hold."""

    code = "D7"


REFUSALS: dict[HoldScope, type[Held]] = {
    HoldScope.CONTACT: ContactsHeld,
    HoldScope.NEW_KEY: KeysHeld,
    HoldScope.IP_RULE: NetworksHeld,
}
