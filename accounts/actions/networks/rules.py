"""The list itself: read it, tighten it at once, and replace it after a decision of support (NET-2)."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from accounts import notice_kinds
from accounts.actions import notify
from accounts.enums import Action
from accounts.models import NetworkRule, TravelPass, User
from accounts.network_refusals import AddressUnknown, NetworksChanged, NetworksWider, ShutsOut, TooManyNetworks
from accounts.policies import networks
from accounts.policies.networks import Change, Network
from portal.audit.record import record
from portal.lib import client, digests, time_format


def of(user: User) -> tuple[Network, ...]:
    """Return the networks of a user; none without a statement for who is not limited."""
    if user.networks_limited_at is None:
        return ()
    return networks.ordered(networks.read(rule.network) for rule in NetworkRule.objects.filter(user=user))


def version_of(listed: Collection[Network]) -> str:
    """Return what stands for a list in a form: a keyed digest."""
    return digests.keyed("networks", networks.text_of(networks.ordered(listed)))


def words_of(user: User) -> str:
    """Say for staff whether sign-in is limited, since when, and whether travel passes are allowed; never to what."""
    if user.networks_limited_at is None:
        return "any"
    passes = "travel passes allowed" if user.allows_travel_pass else "no travel passes"
    since = time_format.time_words(user.networks_limited_at, pattern="j F Y, H:i")
    return f"limited since {since}, {passes}"


def check(user: User, wanted: Collection[Network], *, origin: client.Origin) -> Change:
    """Return what the list would do, or raise why it cannot be saved here.

    Raises: ``TooManyNetworks``, ``NetworksWider``, ``AddressUnknown``, ``ShutsOut``.
    """
    if len(wanted) > networks.MOST:
        raise TooManyNetworks(most=networks.MOST)
    change = networks.change(of(user), wanted)
    if change == Change.WIDER:
        raise NetworksWider
    if wanted and not client.is_known(origin.address):
        raise AddressUnknown
    if wanted and not networks.allows(wanted, origin.address):
        raise ShutsOut(address=origin.address)
    return change


@transaction.atomic
def tighten(
    *, user: User, wanted: Collection[Network], seen: str, by: User, origin: client.Origin, now: datetime
) -> Change:
    """Limit sign-in to these networks, at once; open sessions from elsewhere end at their next request.

    ``seen``: ``version_of`` the list that was shown. Effects: the rows, any travel pass ends, one event, one notice on
    every channel; none if nothing changes. Needs: a fresh proof. Raises: ``NetworksChanged``, and as ``check``.
    """
    locked = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    before = of(locked)
    if seen != version_of(before):
        raise NetworksChanged
    change = check(locked, wanted, origin=origin)
    if change == Change.TIGHTER:
        replace(locked, wanted, now=now)
        record(
            Action.NETWORKS_TIGHTENED,
            by=by,
            on=locked,
            now=now,
            origin=origin,
            before=len(before),
            after=len(wanted),
        )
        tell(locked, str(change), count=len(wanted), origin=origin, now=now)
    return change


@transaction.atomic
def turn_passes_off(*, user: User, by: User, origin: client.Origin, now: datetime) -> None:
    """Allow no travel pass from now on; only support turns them on again.

    Effects: the row, any open pass ends, one event, one notice on every channel; none if they are off already.
    """
    locked = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if not locked.allows_travel_pass:
        return
    locked.allows_travel_pass = False
    locked.save(update_fields=["allows_travel_pass"])
    TravelPass.objects.filter(user=locked).delete()
    record(Action.PASSES_OFF, by=by, on=locked, now=now, origin=origin)
    tell(locked, "pass", count=len(of(locked)), origin=origin, now=now)


def replace(user: User, wanted: Collection[Network], *, now: datetime) -> None:
    """Put this list in the place of the old one; an empty one ends the limit. Any travel pass ends.

    Needs: the action's transaction, with the user's row locked.
    """
    NetworkRule.objects.filter(user=user).delete()
    NetworkRule.objects.bulk_create(_rule(user, one, now=now) for one in networks.ordered(wanted))
    TravelPass.objects.filter(user=user).delete()
    user.networks_limited_at = (user.networks_limited_at or now) if wanted else None
    user.save(update_fields=["networks_limited_at"])


def tell(user: User, change: str, *, count: int, origin: client.Origin | None, now: datetime) -> None:
    """Notify the user of what has changed, on every channel."""
    device = origin.device if origin else ""
    notify.notify_everywhere(
        user,
        notice_kinds.NETWORKS_CHANGED,
        now=now,
        change=change,
        count=count,
        device=device,
        at=now.isoformat(),
    )


def _rule(user: User, one: Network, *, now: datetime) -> NetworkRule:
    digest = digests.keyed("network-rule", f"{user.pk}|{one}")
    return NetworkRule(
        user=user, network=str(one), digest=digest, version=one.version, prefix_length=one.prefixlen, created_at=now
    )
