"""What each way to prove possession brings along (docs/decisions/0024-recovery-methods.md)."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from accounts.forms.fields import Refusable
from accounts.models import User
from portal.lib import client
from recovery.enums import Family
from recovery.models import Case

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Words:
    """What the claimant, agents and auditors read about a method."""

    label: "StrOrPromise"  # what it is
    heading: "StrOrPromise"  # of the claimant's page, where it is the only way offered
    now: "StrOrPromise"
    send: "StrOrPromise"  # the agent's button, and what it does
    send_explains: "StrOrPromise"
    sent_for_agent: "StrOrPromise"  # said after it was sent
    sent_for_claimant: "StrOrPromise"
    was_sent: "StrOrPromise"  # lines of the record
    was_accepted: "StrOrPromise"


class Method(ABC):
    """One way to prove possession. It sends and checks; state, evidence and record are ``actions.possession``'s.

    ``name``: up to eight signs, kept in evidence and record for good. ``points``: what a proof counts in cases opened
    from now on. ``template``: the part of the claimant's page, with ``offer`` (method, form, sent_at) and
    ``standing``. ``form``: what is typed there; a refusal is shown at its first field.
    """

    name: ClassVar[str]
    family: ClassVar[Family]
    points: ClassVar[int]
    words: ClassVar[Words]
    form: ClassVar[type[Refusable]]
    template: ClassVar[str]

    @abstractmethod
    def send(self, case: Case, *, by: User | None, origin: client.Origin, now: datetime) -> None:
        """Send the holder of a case what they are to show; an older one dies.

        ``by``: the agent who asked for it, None for the claimant. Needs: no open transaction.
        """

    @abstractmethod
    def accept(self, case: Case, typed: Mapping[str, Any], *, origin: client.Origin, now: datetime) -> None:
        """Take what was typed into ``form``, once, or refuse it by raising. Needs: no open transaction."""

    @abstractmethod
    def void(self, case: Case) -> None:
        """Let what was sent and not answered yet die. Needs: the transaction that moves the case."""

    @abstractmethod
    def sent_at(self, case: Case, *, now: datetime) -> datetime | None:
        """Return when that went out which can still be answered, None without any."""
