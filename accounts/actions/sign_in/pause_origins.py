"""Where the attempt came from that starts a pause: the limits themselves hold digests only (LOCK-7)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from accounts.models import PauseOrigin
from portal.lib import client
from portal.throttle.counting import Bucket
from portal.throttle.reserve import Reservation


@dataclass(frozen=True)
class Where:
    """A place of origin in words; each part may be empty."""

    device: str = ""
    place: str = ""
    ip: str = ""


def kept(attempt: Reservation, bucket: Bucket, *, origin: client.Origin, now: datetime) -> Reservation:
    """Keep the origin of an attempt if it is the last one of its bucket; return the attempt.

    The same for known and unknown usernames. Effects: at most one row, which replaces that of an earlier pause.
    """
    if attempt.reached and attempt.reached.limit is bucket.limit:
        row = PauseOrigin(bucket=bucket.key, device=origin.device, address=origin.address, at=now)
        PauseOrigin.objects.bulk_create(
            [row],
            update_conflicts=True,
            unique_fields=["bucket"],
            update_fields=["public_id", "device", "address", "at"],  # the address is encrypted for this public id
        )
    return attempt


def of(key: str) -> Where:
    """Return where the pause of the bucket with this key came from."""
    return among([key]).get(key, Where())


def among(keys: Collection[str]) -> dict[str, Where]:
    """Return where the pauses of these buckets came from, by key, as far as that is kept. One statement."""
    rows = PauseOrigin.objects.filter(bucket__in=keys)
    return {row.bucket: Where(row.device, client.Origin(address=row.address).place, row.address) for row in rows}
