"""A new e-mail address: confirmed from the new one, announced to the old one, and stoppable from there.

Why it is done so: docs/decisions/0027-answers-as-spoken.md, "The same care for the address".
"""

import contextlib
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts import notice_kinds
from accounts.actions import holds, notify, reports, sessions
from accounts.actions.authenticators import emailed_code
from accounts.actions.people import replaced_contacts
from accounts.enums import Action, CodePurpose, HoldScope, ReportKind
from accounts.models import AdmissionCode, EmailChange, User
from accounts.policies import stop_codes
from accounts.profile_refusals import AddressJustChanged, AddressUnchanged, ChangeOver, NothingToStop
from accounts.refusals import refusing, too_often
from portal.audit.record import record
from portal.lib import client, code_alphabet, digests
from portal.outbox import queue
from portal.throttle import limits
from portal.throttle.reserve import LimitReached, reserve

_DEVICE = "change of the e-mail address"  # what a report is about, in our own words


@refusing(too_often)
def start(*, user: User, address: str, by: User, origin: client.Origin, now: datetime) -> EmailChange:
    """Ask for a new address and mail it a code; an earlier request that waits for its code is replaced.

    Effects: one row, one code. Needs: fresh proof; no open transaction.
    Raises: ``AddressUnchanged``, ``AddressJustChanged``, ``ContactsHeld``, ``TooOften``.
    """
    if address.casefold() == user.email.casefold():
        raise AddressUnchanged
    refuse_too_early(user, now=now)
    reserve(limits.EMAIL_CHANGE.of(user.username_hash), now=now)
    expires_at = now + timedelta(minutes=settings.PORTAL_EMAIL_CODE_MINUTES)
    with transaction.atomic():
        locked = _lock(user)
        EmailChange.objects.filter(user=locked, confirmed_at=None).delete()
        change = EmailChange.objects.create(
            user=locked,
            old_address=locked.email,
            new_address=address,
            session_version=locked.session_version,
            started_at=now,
            expires_at=expires_at,
        )
    emailed_code.send(
        user=user,
        purpose=CodePurpose.NEW_ADDRESS,
        by=by,
        origin=origin,
        now=now,
        flow=_flow(change),
        address=address,
    )
    return change


def refuse_too_early(user: User, *, now: datetime) -> None:
    """Refuse another change while the last one can be stopped, and as long after a stop.

    Somebody who was stopped must not simply begin again, and a stop must lead to an address that was on file for long.
    Raises: ``AddressJustChanged``, ``ContactsHeld``.
    """
    last = EmailChange.objects.filter(user=user, confirmed_at__isnull=False).order_by("-confirmed_at").first()
    if last and last.stop_until:
        until = last.stopped_at + _span() if last.stopped_at else last.stop_until
        if now < until:
            raise AddressJustChanged(until=until)
    holds.refuse_held(user, HoldScope.CONTACT, now=now)


def waiting_of(user: User, *, now: datetime) -> EmailChange | None:
    """Return the request that waits for its code. One statement."""
    waiting = EmailChange.objects.filter(user=user, confirmed_at=None, expires_at__gt=now)
    return waiting.filter(session_version=user.session_version).first()


def confirm(*, user: User, code: str, by: User, origin: client.Origin, now: datetime) -> EmailChange:
    """Change the address with the code from the new one, once.

    Effects: user, row, one event; notices to the new address, the old one with a stop code, and the phones.
    Needs: fresh proof; no open transaction.
    Raises: ``ChangeOver``, ``EmailedCodeWrong``, ``TooOften``, ``AddressJustChanged``, ``ContactsHeld``.
    """
    change = waiting_of(user, now=now)
    if change is None:
        raise ChangeOver
    emailed_code.accept(
        user=user,
        purpose=CodePurpose.NEW_ADDRESS,
        code=code,
        origin=origin,
        now=now,
        flow=_flow(change),
        address=change.new_address,
    )
    with transaction.atomic():
        locked = _lock(user)
        change = EmailChange.objects.select_for_update().filter(pk=change.pk, confirmed_at=None).first()
        if change is None or change.session_version != locked.session_version or change.old_address != locked.email:
            raise ChangeOver
        refuse_too_early(locked, now=now)
        _move(locked, change, by=by, origin=origin, now=now)
    user.refresh_from_db()
    return change


def _move(user: User, change: EmailChange, *, by: User, origin: client.Origin, now: datetime) -> None:
    until = now + _span()
    user.email, user.email_stop_until = change.new_address, until
    user.save(update_fields=["email", "email_stop_until"])
    replaced_contacts.remember_email(user, change.old_address, now=now)
    emailed_code.drop(user=user)  # what was sent to the mailbox that is left proves nothing any more
    AdmissionCode.objects.filter(username_hash=user.username_hash).delete()
    record(Action.EMAIL_CHANGED, by=by, on=user, now=now, origin=origin, flow=_flow(change), change=change.pk)
    facts: dict[str, Any] = {"at": now.isoformat(), "device": origin.device, "until": until.isoformat()}
    code = digests.random_characters(code_alphabet.ALPHABET, stop_codes.LENGTH)
    told = queue.email(
        user,
        notice_kinds.EMAIL_MOVED,
        now=now,
        address=change.old_address,
        stop_code=code_alphabet.grouped(code),
        **facts,
    )
    notify.notify_everywhere(user, notice_kinds.EMAIL_CHANGED, now=now, address=change.new_address, **facts)
    change.confirmed_at, change.stop_until = now, until
    change.stop_digest = _stop_digest(told.reference, code)
    change.save(update_fields=["confirmed_at", "stop_until", "stop_digest"])


def stop_by_code(*, reference: str, code: str, origin: client.Origin, now: datetime) -> None:
    """Act on the reference and stop code of the message to the old address. Returns nothing: all codes look alike.

    A right code always works: its twelve characters cannot be guessed, so earlier wrong ones lock nothing. They count
    against their network, as wrong passwords do. Effects: as ``_stop``. Needs: no open transaction.
    """
    digest = _stop_digest(reference, code)
    change = EmailChange.objects.filter(stop_digest=digest, stopped_at=None, stop_until__gt=now).first()
    if change is None:
        with contextlib.suppress(LimitReached):
            reserve(*limits.NETWORK.of_network(origin.address), now=now)
        return
    with contextlib.suppress(NothingToStop):
        _stop(change, by=None, origin=origin, now=now)


def stop_signed_in(*, user: User, origin: client.Origin, now: datetime) -> None:
    """Stop the last change of a user who is signed in. Effects: as ``_stop``. Raises: ``NothingToStop``."""
    change = stoppable_of(user, now=now)
    if change is None:
        raise NothingToStop
    _stop(change, by=user, origin=origin, now=now)


def stoppable_of(user: User, *, now: datetime) -> EmailChange | None:
    """Return the change that can be stopped. One statement."""
    return EmailChange.objects.filter(user=user, stopped_at=None, stop_until__gt=now).first()


@transaction.atomic
def _stop(change: EmailChange, *, by: User | None, origin: client.Origin, now: datetime) -> None:
    """Put the old address back, end everything that is open, and open a report; once.

    Effects: row, user, sessions, codes; one event, one report; notices to both addresses and the phones.
    Sign-in stays possible: a thief in the old mailbox must not be able to shut the owner out.
    """
    user = _lock(change.user)
    mine = EmailChange.objects.filter(pk=change.pk, stopped_at=None, stop_until__gt=now)
    if not mine.update(stopped_at=now):
        raise NothingToStop
    user.email, user.email_stop_until = change.old_address, None
    user.save(update_fields=["email", "email_stop_until"])
    replaced_contacts.forget_email(user, change.old_address)
    sessions.end_everything(user)
    emailed_code.drop(user=user)
    record(Action.EMAIL_CHANGE_STOPPED, by=by, on=user, now=now, origin=origin, flow=_flow(change), change=change.pk)
    report = reports.open_report(
        user=user,
        kind=ReportKind.CONTACT,
        device=_DEVICE,
        origin=origin,
        now=now,
        flow=_flow(change),
        told_as=notice_kinds.EMAIL_RESTORED,
    )
    queue.email(
        user,
        notice_kinds.EMAIL_RESTORED,
        now=now,
        address=change.new_address,
        at=now.isoformat(),
        report=report.reference,
    )


def _lock(user: User) -> User:
    return User.objects.select_related("customer").select_for_update(of=("self",)).get(pk=user.pk)


def _span() -> timedelta:
    return timedelta(hours=settings.PORTAL_EMAIL_STOP_HOURS)


def _flow(change: EmailChange) -> str:
    return f"email-change:{change.pk}"


def _stop_digest(reference: str, code: str) -> str:
    text = f"{code_alphabet.plain(reference)}|{code_alphabet.plain(code)}"
    return digests.keyed("email-stop-code", text)
