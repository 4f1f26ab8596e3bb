"""What a limit would have refused: the user's own sign-ins, as long as they are kept (NET-2). Only reads."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from accounts.models import PlatformSession, SignInAddress, User
from accounts.policies import networks
from accounts.policies.networks import Network
from portal.lib import client, geolocation

_MOST_READ = 2000  # the newest; each is decrypted
_MOST_PLACES = 8


@dataclass(frozen=True)
class Place:
    """Where sign-ins would have been refused: the address, the place in words or an empty text, how many."""

    address: str
    words: str
    times: int


@dataclass(frozen=True)
class Preview:
    """How many sign-ins there were, how many a list would have refused, from where, and how many are open now."""

    total: int
    refused: int
    places: tuple[Place, ...]
    more_places: int
    ends: int  # open sign-ins that end at their next request
    days: int  # how far it looked back


def of(user: User, wanted: Collection[Network], *, now: datetime) -> Preview:
    """Compare a list with the sign-ins that are kept and with those open now. Two statements."""
    days = settings.PORTAL_KEEP_SIGN_INS_DAYS
    past = SignInAddress.objects.filter(user=user, at__gt=now - timedelta(days=days)).order_by("-at")[:_MOST_READ]
    addresses = [row.address for row in past]
    refused = Counter(one for one in addresses if not networks.allows(wanted, one))
    places = [Place(_shown(one), geolocation.of(one), times) for one, times in refused.most_common(_MOST_PLACES)]
    still_open = PlatformSession.objects.filter(user=user, ends_at__gt=now)
    return Preview(
        total=len(addresses),
        refused=refused.total(),
        places=tuple(places),
        more_places=max(0, len(refused) - _MOST_PLACES),
        days=days,
        ends=sum(not networks.allows(wanted, row.address) for row in still_open),
    )


def _shown(address: str) -> str:
    return address if client.is_known(address) else ""
