"""The record of a case: one chain of events each, keyed and append-only."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from recovery.enums import Actor, State
from recovery.models.cases import Case


class Event(models.Model):
    """One thing that happened. ``digest`` is HMAC-SHA-256 over ``prev`` and the canonical JSON of the row.

    The body holds ids, codes and counts, and the reason staff give for a stop: no answer, no PIN, no address.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="events")
    n = models.PositiveIntegerField()
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=8, choices=Actor.choices)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    action = models.CharField(max_length=40)
    from_state = models.CharField(max_length=12, choices=State.choices, blank=True)
    to_state = models.CharField(max_length=12, choices=State.choices)
    source = models.CharField(max_length=64, blank=True)
    request_id = models.CharField(max_length=16, blank=True)
    body = models.JSONField(default=dict)
    prev = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "n"], name="event_one_per_place"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.n} {self.action}"
