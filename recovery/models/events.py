"""The record of cases: a keyed, append-only chain of events for each."""

from django.db import models

from portal.audit.models import ChainedEvent
from recovery.enums import Actor, State
from recovery.models.cases import Case


class Event(ChainedEvent):
    """One event in a case. The chain's head is in the case: ``event_n`` and ``head``.

    Facts are ids, codes and counts, and the reasons staff give; no answers, PINs or addresses.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="events")
    actor_kind = models.CharField(max_length=8, choices=Actor.choices)
    from_state = models.CharField(max_length=12, choices=State.choices, blank=True)
    to_state = models.CharField(max_length=12, choices=State.choices)
