"""Posts that were answered a moment ago, so that a second press gets the same answer."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import connection, models

from portal.lib.encrypted_fields import EncryptedModel, EncryptedTextField

KEPT = timedelta(seconds=30)
_CLAIM = """
    INSERT INTO accounts_answeredpost AS p (digest, public_id, started_at, answer) VALUES (%s, %s, %s, '')
    ON CONFLICT (digest) DO UPDATE SET public_id = excluded.public_id, started_at = excluded.started_at, answer = ''
    WHERE p.started_at <= %s
    RETURNING digest
"""


class AnsweredPostManager(models.Manager["AnsweredPost"]):
    """The one statement that decides which of two equal posts is evaluated."""

    def claim(self, digest: str, *, now: datetime) -> "AnsweredPost | None":
        """Record that this post is being answered; return None if it is, or was, within ``KEPT``."""
        row = AnsweredPost(digest=digest, started_at=now)
        moments = [connection.ops.adapt_datetimefield_value(at) for at in (now, now - KEPT)]
        with connection.cursor() as cursor:
            cursor.execute(_CLAIM, [digest, row.public_id.hex, *moments])
            return row if cursor.fetchone() else None


class AnsweredPost(EncryptedModel):
    """A post and its answer, as sent; the answer is empty while it is worked on.

    ``digest``: keyed, of all that was posted and of cookies that only this browser has. The answer may hold the
    cookie of a session, so it is encrypted, and deleted within minutes.
    See docs/decisions/0026-a-post-is-answered-once.md.
    """

    encryption_owner = "digest"
    digest = models.CharField(max_length=64, primary_key=True)
    started_at = models.DateTimeField()
    answer = EncryptedTextField(blank=True)

    objects: ClassVar[AnsweredPostManager] = AnsweredPostManager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["started_at"], name="answered_post_started")]

    def __str__(self) -> str:
        return self.digest
