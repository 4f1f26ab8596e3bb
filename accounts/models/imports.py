"""How far the firm's books were read."""

from django.db import models


class FeedPosition(models.Model):
    """The place up to which books were taken in; it moves in the transaction of what it speaks of."""

    source = models.CharField(max_length=200, unique=True)  # the fingerprint of the books
    position = models.CharField(max_length=200)
    records = models.PositiveBigIntegerField()  # in this run
    moved_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.source} {self.position}"
