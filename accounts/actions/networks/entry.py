"""Who may come in from where: at sign-in after the second factor, and at each request of an open session (NET-1)."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from accounts import notice_kinds
from accounts.actions.networks import rules
from accounts.actions.sign_in import known_browsers
from accounts.enums import Action
from accounts.models import SignInAddress, TravelPass, User
from accounts.models.authenticators import Authenticator
from accounts.policies import networks
from accounts.sessions import SessionStore
from portal.audit.record import record
from portal.lib import client, digests
from portal.outbox import queue


def is_admitted(user: User, *, browser: str, address: str, now: datetime) -> bool:
    """Tell whether this user may be signed in at this address, with this browser's cookie.

    No statement for a user without a limit; one inside of it, up to three outside. An address that is unknown, because
    the chain of proxies cannot be read, is outside.
    """
    if user.networks_limited_at is None:
        return True
    if not client.is_known(address):
        return False
    return networks.allows(rules.of(user), address) or _has_pass(user, browser=browser, address=address, now=now)


def admit(proof: Authenticator, *, browser: str, origin: client.Origin, now: datetime) -> bool:
    """Admit a user who has just given both factors, and keep the address for previews; or refuse.

    Effects of a refusal: one event, one notice. Nothing of the sign-in is rolled back: the code stays used up.
    Needs: an open transaction.
    """
    user = proof.user
    if is_admitted(user, browser=browser, address=origin.address, now=now):
        SignInAddress.objects.create(user=user, address=origin.address, device=origin.device, at=now)
        return True
    record(Action.NETWORK_REFUSED, by=user, on=user, now=now, origin=origin, proof=proof.persistent_id)
    _tell(user, origin=origin, now=now)
    return False


def pass_of(user: User, *, now: datetime) -> TravelPass | None:
    """Return the user's open travel pass, or None."""
    return TravelPass.objects.filter(user=user, expires_at__gt=now).first()


@transaction.atomic
def end_session(*, user: User, session: SessionStore, origin: client.Origin, now: datetime) -> None:
    """End an open session whose request came from outside. Effects: the session, one event, one notice."""
    session.end_elsewhere()
    record(Action.NETWORK_ENDED, by=None, on=user, now=now, origin=origin)
    _tell(user, origin=origin, now=now)


def address_digest(user: User, address: str) -> str:
    """Return what a travel pass is bound to."""
    return digests.keyed("travel-pass", f"{user.pk}|{client.canonical(address)}")


def _has_pass(user: User, *, browser: str, address: str, now: datetime) -> bool:
    found = pass_of(user, now=now) if settings.PORTAL_TRAVEL_PASS_MINUTES and user.allows_travel_pass else None
    return (
        found is not None
        and digests.same(found.address_digest, address_digest(user, address))
        and found.browser == known_browsers.browser_scope_of(browser, user.username, now=now)
    )


def _tell(user: User, *, origin: client.Origin, now: datetime) -> None:
    queue.email(
        user,
        notice_kinds.NETWORK_REFUSED,
        now=now,
        device=origin.device,
        place=origin.place,
        network=origin.address,
        at=now.isoformat(),
    )
