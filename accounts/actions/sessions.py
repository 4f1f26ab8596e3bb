"""Ending sessions, and keeping them alive."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts.enums import Action
from accounts.models import AdmittedBrowser, KnownBrowser, PlatformSession, User
from accounts.policies import idleness
from accounts.profile_refusals import SessionEnded
from portal.audit.record import record
from portal.lib import client


def end_everything(user: User, *, keep: PlatformSession | None = None, browser_scope: str = "") -> list[str]:
    """End everything open for this user: sessions, sign-ins, push requests and enrolments under way (SESS-3).

    ``keep``: the session in which the user does it; ``browser_scope``: of its browser, which stays known.
    Returns what ended, in words. Effects: rows deleted, ``session_version`` raised on the row and the instance.
    Needs: the action's transaction, with the user's row locked.
    """
    others = PlatformSession.objects.filter(user=user).exclude(pk=keep.pk if keep else "")
    ended = [f"{s.get_platform_display()}: {s.device}" for s in others.order_by("created_at")]
    end_others(user, keep=keep)
    KnownBrowser.objects.filter(user=user).exclude(digest=browser_scope).delete()
    AdmittedBrowser.objects.filter(username_hash=user.username_hash).delete()
    return ended


def end_others(user: User, *, keep: PlatformSession | None) -> int:
    """End every sign-in of this user except ``keep``, complete or pending; return how many were open (ASVS 7.4.3).

    Effects: rows deleted, ``session_version`` raised, also in ``keep``. Browsers stay known: other people's
    attempts must not count against the user.
    Needs: the action's transaction, with the user's row locked.
    """
    mine = PlatformSession.objects.filter(user=user)
    kept = mine.filter(pk=keep.pk if keep else "")
    ended = mine.exclude(pk__in=kept.values("pk")).delete()[0]
    user.session_version += 1
    user.save(update_fields=["session_version"])
    if keep and kept.update(session_version=user.session_version):
        keep.session_version = user.session_version
    return ended


def refuse_ended(session: PlatformSession) -> None:
    """Refuse what a session asked for before it was ended elsewhere, while secrets were hashed.

    Needs: an open transaction, with the user's row locked. Raises: ``SessionEnded``.
    """
    if not PlatformSession.objects.filter(pk=session.pk).exists():
        raise SessionEnded


@transaction.atomic
def end_one(*, session: PlatformSession, by: User, origin: client.Origin, now: datetime) -> None:
    """End one session of this user; its next request is signed out. Once ended already, nothing happens."""
    locked = User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    if PlatformSession.objects.filter(pk=session.pk, user=locked).delete()[0]:
        record(Action.SESSION_ENDED, by=by, on=by, now=now, origin=origin, platform=session.platform)


@transaction.atomic
def end_all_others(*, by: User, keep: PlatformSession, origin: client.Origin, now: datetime) -> int:
    """End every session of this user but one, and every sign-in under way; return how many sessions were open."""
    locked = User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    ended = end_others(locked, keep=keep)
    record(Action.SESSIONS_ENDED, by=by, on=by, now=now, origin=origin, ended=ended)
    return ended


def touch(session: PlatformSession, *, now: datetime) -> None:
    """Record activity. Polling does not count (SESS-1)."""
    if (now - session.active_at).total_seconds() >= 1:
        PlatformSession.objects.filter(pk=session.pk).update(active_at=now)
        session.active_at = now


def seconds_left(session: PlatformSession, *, now: datetime) -> int:
    """Return the whole seconds until this session ends without activity."""
    idle = timedelta(minutes=settings.PORTAL_IDLE_MINUTES)
    return idleness.seconds_left(active_at=session.active_at, ends_at=session.ends_at, now=now, idle=idle)


def warning_seconds() -> int:
    """Return how many seconds before the end the warning appears."""
    return settings.PORTAL_IDLE_WARNING_SECONDS
