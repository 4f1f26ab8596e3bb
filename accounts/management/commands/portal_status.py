"""Show the state of a user."""

from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import UTC
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.actions.authenticators import queries
from accounts.actions.desk import diagnosis, facts
from accounts.actions.networks import rules
from accounts.actions.welcome import letters
from accounts.enums import Action
from accounts.models import Key, PlatformSession, PushChallenge, User
from accounts.policies import masks
from portal.audit.models import SecurityEvent
from portal.lib import clock
from portal.outbox.models import Notice, NoticeState


class Command(BaseCommand):
    """Answer "why can this person not sign in?" on one screen, without showing secrets."""

    help = "Show the state of a user and what prevents signing in. Shows no secret."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *_args: Any, **options: Any) -> None:
        user = User.objects.by_username(options["username"])
        if user is None:
            raise CommandError(f"There is no user {options['username']!r}.")
        now = clock.now()
        for name, value in _facts(user):
            self.stdout.write(f"{name:14} {value}")
        with timezone.override(UTC):
            known = facts.gather(user, now=now)
            found = list(diagnosis.obstacles(known, now=now))
            answer = diagnosis.diagnose(known, now=now)
        self.stdout.write("\nCan this user sign in? (Times in UTC.)")
        for one in found or [answer]:
            self.stdout.write(f"  - {one.headline} {one.advice}".rstrip())


def _facts(user: User) -> Iterator[tuple[str, object]]:
    roles = ", ".join(user.groups.values_list("name", flat=True))
    yield "user", f"{user.username} (number {user.pk}), {f'staff: {roles}' if user.is_staff else user.realm}"
    yield "e-mail", masks.email(user.email)
    yield "password set", user.password_changed_at or ("yes" if user.has_usable_password() else "no")
    if not user.is_staff:
        yield "welcome letter", letters.standing_of(user, now=clock.now())
    keys = queries.keys_of(user)
    yield "Keys", "; ".join(_key(key) for key in keys) or "none"
    ways = queries.ways_of(user, keys)
    yield "passkeys", ways.passkeys
    yield "backup codes", f"{ways.backup_codes} left"
    yield "networks", rules.words_of(user)
    request = PushChallenge.objects.filter(user=user).order_by("-created_at").first()
    yield "last request", f"{request.get_state_display()} (sent {request.created_at})" if request else "never"
    yield "signed in on", PlatformSession.objects.filter(user=user, ends_at__gt=clock.now()).count()
    last = SecurityEvent.objects.filter(subject=user, action=Action.SIGNED_IN).order_by("-n").first()
    yield "last sign-in", last.at if last else "never"
    yield "mails waiting", Notice.objects.filter(user=user, state=NoticeState.DUE).count()


def _key(key: Key) -> str:
    """Return a Key in words, with the number that portal_revoke_key takes."""
    words = f"number {key.pk}, {key.name} (last used {key.last_used_at or 'never'}"
    if phone := key.phone:
        words += f", app {phone.version}, seen {phone.last_seen_at}, clock {phone.clock_offset or 0:+d} s"
        words += f", notifications {'on' if phone.subscription else 'off'}"
    return f"{words})"
