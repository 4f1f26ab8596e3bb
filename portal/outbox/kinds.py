"""Kinds of notices, each with its channels and the facts its templates may use."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class ChannelName(models.TextChoices):
    """The channel of a notice."""

    EMAIL = "email", _("E-mail")
    PUSH = "push", _("Notification on a phone")
    PORTAL = "portal", _("Only here, under Notices")


@dataclass(frozen=True)
class NoticeKind:
    """One kind of notice. Its templates are named after it.

    ``facts``: exactly what is passed when an e-mail of this kind is queued.
    ``expires``: each notice becomes useless at a time of its own (``useful_until``), like a code.
    ``secrets``: facts that open something. A notice that has any is readable nowhere but where it is sent to.
    ``is_urgent``: somebody waits for it, or should act on it now; it goes in a lane of its own.
    """

    name: str
    facts: frozenset[str]
    channels: tuple[ChannelName, ...]
    expires: bool
    is_urgent: bool
    secrets: frozenset[str] = frozenset()

    @property
    def is_readable_again(self) -> bool:
        """Tell whether the portal may show its text, and keep it once it is sent: not if that opens something."""
        return not self.secrets and not self.expires

    def facts_on(self, channel: ChannelName) -> frozenset[str]:
        """Return the facts for this channel: none for a phone, whose screen strangers may see."""
        return self.facts if channel == ChannelName.EMAIL else frozenset()


_SECRET = frozenset({"code", "part", "pin", "stop_code", "token"})  # names of facts that cannot be anything else

KINDS: dict[str, NoticeKind] = {}


def declare(
    name: str,
    *,
    facts: Collection[str] = (),
    channels: tuple[ChannelName, ...] = (ChannelName.EMAIL,),
    expires: bool = False,
    is_urgent: bool = False,
    secrets: Collection[str] = (),
) -> NoticeKind:
    """Declare a kind that may be queued; apps do so once, in their ``notice_kinds`` module. What expires is urgent.

    Facts whose names say that they open something count as secrets, declared or not.
    """
    if name in KINDS:
        raise ValueError(f"a notice kind {name!r} is declared already")
    hidden = frozenset(secrets) | (_SECRET & frozenset(facts))
    KINDS[name] = kind = NoticeKind(name, frozenset(facts), channels, expires, is_urgent or expires, hidden)
    return kind


class NotDeclared(Exception):
    """A notice differs from its kind in facts, channel or expiry."""


def check_declared(kind: NoticeKind, *, channel: ChannelName, facts: Collection[str], expires: bool) -> None:
    """Raise ``NotDeclared`` unless the kind allows a notice with this channel, facts and expiry."""
    if KINDS.get(kind.name) != kind:
        raise NotDeclared(f"{kind.name} is no declared kind")
    if channel not in kind.channels:
        raise NotDeclared(f"{kind.name} does not go by {channel}")
    if wrong := kind.facts_on(channel).symmetric_difference(facts):
        raise NotDeclared(f"{kind.name}: undeclared or missing facts: {', '.join(sorted(wrong))}")
    if expires != kind.expires:
        raise NotDeclared(f"{kind.name} {'expires' if kind.expires else 'does not expire'}")
