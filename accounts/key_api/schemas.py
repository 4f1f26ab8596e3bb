"""What the calls of the Key app say. Documented in docs/reference/key-api.md."""

from dataclasses import dataclass, field
from uuid import UUID

from accounts.policies.strict_json import Unreadable, by_uuid, flag, text, uuid, whole, words

_BYTES_64 = r"[A-Za-z0-9_-]{86}"
_PAIRING_CODE = text(r".{1,32}")
_KEY_CODE = text(r"[0-9]{6}")
_HALF_A_DAY = 43_200  # seconds


@dataclass(frozen=True)
class Pair:
    """Come with a pairing code; a new phone brings its key and name."""

    code: str = field(metadata=_PAIRING_CODE)
    public_key: str = field(default="", metadata=text(_BYTES_64))
    name: str = field(default="", metadata=words(60))


@dataclass(frozen=True)
class Pairing:
    """Name a pairing."""

    pairing: UUID = field(metadata=uuid())


@dataclass(frozen=True)
class Prove:
    """Give a code of each new seed."""

    pairing: UUID = field(metadata=uuid())
    codes: dict[UUID, str] = field(metadata=by_uuid(_KEY_CODE))


@dataclass(frozen=True)
class Match:
    """Say whether the numbers match."""

    pairing: UUID = field(metadata=uuid())
    matches: bool = field(metadata=flag())


@dataclass(frozen=True)
class Answer:
    """Approve, with the number, or deny, with a reason."""

    decision: str = field(metadata=text("approve|deny"))
    time: int = field(metadata=whole(1, 10**12 - 1))
    signature: str = field(metadata=text(_BYTES_64))
    number: str = field(default="", metadata=text(r"[0-9]{1,6}"))
    reason: str = field(default="", metadata=text("not_me|cancelled"))

    def __post_init__(self) -> None:
        """Refuse an approval with a reason, a denial with a number, and either without its own."""
        approves = self.decision == "approve"
        if bool(self.number) is not approves or bool(self.reason) is approves:
            raise Unreadable("an approval has a number, a denial a reason")


@dataclass(frozen=True)
class Subscription:
    """Say where notifications go to; nothing for nowhere."""

    endpoint: str = field(default="", metadata=text(r"https://[!-~]{1,2000}"))
    p256dh: str = field(default="", metadata=text(r"[A-Za-z0-9_=-]{1,100}"))
    auth: str = field(default="", metadata=text(r"[A-Za-z0-9_=-]{1,50}"))

    def __post_init__(self) -> None:
        """Refuse a part of it."""
        if len({bool(part) for part in (self.endpoint, self.p256dh, self.auth)}) > 1:
            raise Unreadable("all three, or none")

    @property
    def as_stored(self) -> dict[str, str]:
        """Return it as a phone's row holds it."""
        if not self.endpoint:
            return {}
        return {"endpoint": self.endpoint, "p256dh": self.p256dh, "auth": self.auth}


@dataclass(frozen=True)
class Rotate:
    """Bring a new signing key, and its signature."""

    public_key: str = field(metadata=text(_BYTES_64))
    proof: str = field(metadata=text(_BYTES_64))


@dataclass(frozen=True)
class Rename:
    """Name the phone."""

    name: str = field(metadata=words(60))


@dataclass(frozen=True)
class Remove:
    """Turn off one Key, or the phone."""

    key: UUID | None = field(default=None, metadata=uuid())
    all: bool = field(default=False, metadata=flag())

    def __post_init__(self) -> None:
        """Refuse neither, and both."""
        if (self.key is None) is not self.all:
            raise Unreadable("one Key, or all")


@dataclass(frozen=True)
class Clock:
    """Tell by how many seconds the phone's clock is fast."""

    offset: int = field(metadata=whole(-_HALF_A_DAY, _HALF_A_DAY))
