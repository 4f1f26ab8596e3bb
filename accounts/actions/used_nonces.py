"""What may be used once: nonces of signed calls, challenges of passkeys."""

from datetime import datetime

from django.db import connection

from portal.lib import digests

_SPEND = "INSERT INTO accounts_usednonce (digest, used_at) VALUES (%s, %s) ON CONFLICT DO NOTHING RETURNING digest"


def use_once(kind: str, value: str, *, now: datetime) -> bool:
    """Tell whether this is the first use of ``value``, and make every later one the second.

    ``kind`` keeps equal values of different uses apart. Effects: one row; one statement decides, however many come
    at once.
    """
    digest = digests.keyed(f"spent {kind}", value)
    with connection.cursor() as cursor:
        cursor.execute(_SPEND, [digest, connection.ops.adapt_datetimefield_value(now)])
        return cursor.fetchone() is not None
