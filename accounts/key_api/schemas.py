"""The bodies of Key API requests. Documented in docs/reference/key-api.md."""

import unicodedata
from typing import Annotated, Literal, Self

from msgspec import UNSET, Meta, UnsetType

from portal.lib.strict_json import Strict

_HALF_A_DAY = 43_200  # seconds
_HARD_SPACE = "\u00a0"
_JOINER = "\u200d"  # joins emoji, such as families

_Base64 = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_-]{86}\Z")]  # 64 bytes
_Id = Annotated[str, Meta(pattern=r"\A[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")]  # a UUID in canonical form
_PairingCode = Annotated[str, Meta(pattern=r"\A[^\n\ud800-\udfff]{1,32}\Z")]
_KeyCode = Annotated[str, Meta(pattern=r"\A[0-9]{6}\Z")]


class Label(str):
    """A name that a person chose: 1 to 60 characters, one line, nothing invisible."""

    __slots__ = ()

    def __new__(cls, value: object) -> Self:
        """Normalise letters and spaces. Raises: ``ValueError``."""
        if not isinstance(value, str):
            raise TypeError("not a text")
        name = unicodedata.normalize("NFC", value).replace(_HARD_SPACE, " ").strip(" ")
        shown = name.replace(_JOINER, "")
        if not shown or len(name) > 60 or not shown.isprintable():
            raise ValueError("not a name")
        return super().__new__(cls, name)


class Nothing(Strict):
    """An empty body."""


class Pair(Strict):
    """Join with a pairing code; a new phone brings its key and name."""

    code: _PairingCode
    public_key: _Base64 = ""
    name: Label | UnsetType = UNSET


class Pairing(Strict):
    """Name a pairing."""

    pairing: _Id


class Prove(Strict):
    """Give a code of each new seed, by the public id of its Key."""

    pairing: _Id
    codes: Annotated[dict[_Id, _KeyCode], Meta(min_length=1)]


class Match(Strict):
    """Say whether the numbers match."""

    pairing: _Id
    matches: bool


class Browser(Strict):
    """Let the browser that shows this number try to sign in."""

    number: Annotated[str, Meta(pattern=r"\A[0-9]{8}\Z")]


class Answer(Strict):
    """Approve, with the number, or deny, with a reason."""

    decision: Literal["approve", "deny"]
    time: Annotated[int, Meta(ge=1, le=10**12 - 1)]
    signature: _Base64
    number: Annotated[str, Meta(pattern=r"\A[0-9]{1,6}\Z")] = ""
    reason: Annotated[str, Meta(pattern=r"\A(not_me|cancelled)\Z")] = ""

    def __post_init__(self) -> None:
        """Refuse an approval with a reason or without a number, and a denial with a number or without a reason."""
        approves = self.decision == "approve"
        if bool(self.number) is not approves or bool(self.reason) is approves:
            raise ValueError("an approval has a number, a denial a reason")


class Subscription(Strict):
    """Set where notifications are sent; empty for nowhere."""

    endpoint: Annotated[str, Meta(pattern=r"\Ahttps://[!-~]{1,2000}\Z")] = ""
    p256dh: Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_=-]{1,100}\Z")] = ""
    auth: Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_=-]{1,50}\Z")] = ""

    def __post_init__(self) -> None:
        """Refuse an incomplete subscription."""
        if len({bool(part) for part in (self.endpoint, self.p256dh, self.auth)}) > 1:
            raise ValueError("all three, or none")

    @property
    def as_stored(self) -> dict[str, str]:
        """Return it as stored in a phone's row."""
        if not self.endpoint:
            return {}
        return {"endpoint": self.endpoint, "p256dh": self.p256dh, "auth": self.auth}


class Rotate(Strict):
    """Send a new signing key, and its signature."""

    public_key: _Base64
    proof: _Base64


class Rename(Strict):
    """Name the phone."""

    name: Label


class Remove(Strict):
    """Turn off one Key, or the phone."""

    key: _Id = ""
    all: bool = False

    def __post_init__(self) -> None:
        """Refuse both, or neither."""
        if bool(self.key) is self.all:
            raise ValueError("one Key, or all")


class Clock(Strict):
    """Report by how many seconds the phone's clock is fast."""

    offset: Annotated[int, Meta(ge=-_HALF_A_DAY, le=_HALF_A_DAY)]
