"""Values that may be used once: nonces of signed requests, challenges of passkeys."""

from datetime import datetime

from django.db import connection

from portal.lib import digests

_SPEND = "INSERT INTO accounts_usednonce (digest, used_at) VALUES (%s, %s) ON CONFLICT DO NOTHING RETURNING digest"


def use_once(kind: str, value: str, *, now: datetime) -> bool:
    """Record the value as used; return True only the first time.

    ``kind`` keeps equal values of different uses apart. Effects: one row; a single statement, so that parallel requests
    cannot both succeed.
    """
    digest = digests.keyed(f"spent {kind}", value)
    with connection.cursor() as cursor:
        cursor.execute(_SPEND, [digest, connection.ops.adapt_datetimefield_value(now)])
        return cursor.fetchone() is not None
