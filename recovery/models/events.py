"""The record of a case: one chain of events each, keyed and append-only."""

from django.db import models

from portal.audit.models import ChainedEvent
from recovery.enums import Actor, State
from recovery.models.cases import Case


class Event(ChainedEvent):
    """One thing that happened in a case. Its head stands in the case: ``event_n`` and ``head``.

    The facts are ids, codes and counts, and the reason staff give for a stop: no answer, no PIN, no address.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="events")
    actor_kind = models.CharField(max_length=8, choices=Actor.choices)
    from_state = models.CharField(max_length=12, choices=State.choices, blank=True)
    to_state = models.CharField(max_length=12, choices=State.choices)
