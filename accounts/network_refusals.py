"""The refusals about networks (NET-1, NET-2): one class per reason, as in ``accounts.refusals``."""

from accounts.refusals import Refusal


class NetworkRefused(Refusal):
    """Both factors were right, but the address is in none of the user's networks."""

    code = "I1"

    def __init__(self, *, address: str) -> None:
        super().__init__(address=address)


class NetworkUnreadable(Refusal):
    """A line that is not a network."""

    code = "I2"

    def __init__(self, *, typed: str) -> None:
        super().__init__(typed=typed)


class NetworkHasHostBits(Refusal):
    """An address inside a network where the network itself was meant."""

    code = "I3"

    def __init__(self, *, typed: str, meant: str) -> None:
        super().__init__(typed=typed, meant=meant)


class TooManyNetworks(Refusal):
    """More networks than one user may have."""

    code = "I4"

    def __init__(self, *, most: int) -> None:
        super().__init__(most=most)


class ShutsOut(Refusal):
    """The list would refuse the address it is saved from."""

    code = "I5"

    def __init__(self, *, address: str) -> None:
        super().__init__(address=address)


class NetworksWider(Refusal):
    """The list would admit more than today's; only support may do that."""

    code = "I6"


class NetworksChanged(Refusal):
    """The list was changed since the page was shown."""

    code = "I7"


class PassRefused(Refusal):
    """No travel pass can be opened: turned off, or nothing to open it with, or from an unknown address."""

    code = "I8"


class RequestNotOpen(Refusal):
    """The request was decided or withdrawn, or another one is open."""

    code = "I9"


class AddressUnknown(Refusal):
    """The address of the caller is unknown, so nothing can be limited from here."""

    code = "I10"
