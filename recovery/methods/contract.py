"""The contract of a method of proving possession (docs/decisions/0024-recovery-methods.md)."""

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
    """The texts of a method: for the claimant, the agent, and readers of the case's record."""

    label: "StrOrPromise"  # its name
    heading: "StrOrPromise"  # of the claimant's page, if it is the only method offered
    now: "StrOrPromise"
    send: "StrOrPromise"  # the agent's button, and its explanation
    send_explains: "StrOrPromise"
    sent_for_agent: "StrOrPromise"  # shown after sending
    sent_for_claimant: "StrOrPromise"
    was_sent: "StrOrPromise"  # lines in the record
    was_accepted: "StrOrPromise"


class Method(ABC):
    """One way to prove possession. It sends and checks; ``actions.possession`` keeps state, evidence and record.

    ``name``: up to eight characters, stored in evidence and record for good. ``points``: the value of a proof in cases
    opened from now on. ``template``: the part of the claimant's page, with ``offer`` (method, form, sent_at) and
    ``claim_page``. ``form``: its form; a refusal is shown at the first field.
    """

    name: ClassVar[str]
    family: ClassVar[Family]
    points: ClassVar[int]
    words: ClassVar[Words]
    form: ClassVar[type[Refusable]]
    template: ClassVar[str]

    @abstractmethod
    def send(self, case: Case, *, by: User | None, origin: client.Origin, now: datetime) -> None:
        """Send the holder of a case what the proof needs; an older one becomes invalid.

        ``by``: the agent who asked for it, None for the claimant. Needs: no open transaction.
        """

    @abstractmethod
    def accept(self, case: Case, typed: Mapping[str, Any], *, origin: client.Origin, now: datetime) -> None:
        """Accept what was typed into ``form``, once, or raise. Needs: no open transaction."""

    @abstractmethod
    def void(self, case: Case) -> None:
        """Void what was sent and not answered yet. Needs: the transaction that moves the case."""

    @abstractmethod
    def sent_at(self, case: Case, *, now: datetime) -> datetime | None:
        """Return when the message was sent that can still be answered, None if there is none."""
