"""``manage.py portal_hooks``: how events stand, send them again, skip them, try whether they arrive."""

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.dateparse import parse_date, parse_datetime

from portal.lib import clock
from portal.outbox.hooks import events, operating, receivers, sending, signatures
from portal.outbox.models import HookDelivery, HookEvent, HookState

_SHOWN = 50


class Command(BaseCommand):
    """Show no address, secret or content: an event is told by its id and type."""

    help = "Look after the events that the firm's other systems are told. See docs/how-to/hooks.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        tasks = parser.add_subparsers(dest="task", required=True)
        tasks.add_parser("list", help="How each receiver stands, and what it has not accepted; 1 if it needs a look.")
        again = tasks.add_parser("replay", help="Send events again, under the same ids and in order.")
        what = again.add_mutually_exclusive_group(required=True)
        what.add_argument("--since", metavar="TIME", help="All since then, such as 2026-03-02 or 2026-03-02T12:00Z.")
        what.add_argument("--id", metavar="EVENT", help="One event.")
        what.add_argument("--given-up", action="store_true", help="All that were given up.")
        over = tasks.add_parser("skip", help="Give up events for good, so that what follows them goes out.")
        which = over.add_mutually_exclusive_group(required=True)
        which.add_argument("--id", metavar="EVENT", help="One event.")
        which.add_argument("--all", action="store_true", help="All that wait; with --receiver.")
        for one in (again, over):
            one.add_argument("--receiver", metavar="NAME", help="For this one only, instead of every receiver.")
        test = tasks.add_parser("test", help="Send a test now; 1 if it is not accepted.")
        test.add_argument("--receiver", metavar="NAME", help="To this one only, instead of every receiver.")
        tasks.add_parser("secret", help="Print a new secret for PORTAL_HOOK_SECRETS; nothing is stored.")

    def handle(self, *_args: Any, **options: Any) -> None:
        tasks: dict[str, Callable[[dict[str, Any]], None]] = {
            "list": self._list,
            "replay": self._replay,
            "skip": self._skip,
            "test": self._test,
            "secret": self._secret,
        }
        tasks[options["task"]](options)

    def _list(self, _options: dict[str, Any]) -> None:
        now, needs_a_look = clock.now(), False
        for status in operating.statuses():
            needs_a_look |= bool(status.given_up) or status.is_late(now) or not status.is_known
            for line in _lines(status):
                self.stdout.write(line)
        rows = list(operating.stuck()[: _SHOWN + 1])
        for row in rows[:_SHOWN]:
            self.stdout.write(f"  {_words(row)}")
        if len(rows) > _SHOWN:
            self.stdout.write("  and more")
        if not receivers.every():
            self.stdout.write("No receiver: PORTAL_HOOK_URLS is not set.")
        if needs_a_look:
            raise CommandError("Something needs a look.")

    def _replay(self, options: dict[str, Any]) -> None:
        if options["id"] is not None:
            found = [_event(options["id"])]
        elif options["given_up"]:
            given_up = HookEvent.objects.filter(deliveries__state=HookState.DEAD).exclude(body="")
            found = list(given_up.distinct().order_by("pk"))
        else:
            found = list(operating.events_since(_moment(options["since"])))
        count = operating.replay(found, to=_names(options), now=clock.now())
        self.stdout.write(f"Queued again: {count}.")

    def _skip(self, options: dict[str, Any]) -> None:
        if options["all"] and not options["receiver"]:
            raise CommandError("Say for which receiver: --receiver NAME.")
        rows = HookDelivery.objects.all()
        if options["id"] is not None:
            rows = rows.filter(event=_event(options["id"]))
        if options["receiver"]:
            rows = rows.filter(receiver=options["receiver"])
        self.stdout.write(f"Skipped: {operating.skip(rows)}.")

    def _test(self, options: dict[str, Any]) -> None:
        refused = 0
        for name in _names(options):
            receiver = receivers.by_name(name)
            if receiver is None:
                continue
            row = sending.send_test(events.queue_test(receiver, now=clock.now()), receiver)
            refused += row.state != HookState.SENT
            self.stdout.write(
                f"{name}: " + ("accepted" if row.state == HookState.SENT else f"not accepted, {row.fault}")
            )
        if refused:
            raise CommandError("A test was not accepted.")

    def _secret(self, _options: dict[str, Any]) -> None:
        self.stdout.write(signatures.new_secret())


def _names(options: dict[str, Any]) -> list[str]:
    names = [receiver.name for receiver in receivers.every()]
    if options["receiver"] and options["receiver"] not in names:
        raise CommandError(f"PORTAL_HOOK_URLS has no receiver {options['receiver']!r}.")
    if not names:
        raise CommandError("No receiver: PORTAL_HOOK_URLS is not set.")
    return [options["receiver"]] if options["receiver"] else names


def _event(message_id: str) -> HookEvent:
    found = operating.event_of(message_id)
    if found is None:
        raise CommandError(f"There is no event {message_id!r}; ids look like evt_0123456789abcdef0123456789abcdef.")
    return found


def _moment(text: str) -> datetime:
    try:
        day, exact = parse_date(text), parse_datetime(text)
    except ValueError:
        day = exact = None
    if exact is None and day is not None:
        exact = datetime(day.year, day.month, day.day, tzinfo=UTC)
    if exact is None:
        raise CommandError(f"{text!r} is no time: write 2026-03-02 or 2026-03-02T12:00Z.")
    return exact if exact.tzinfo else exact.replace(tzinfo=UTC)


def _lines(status: operating.ReceiverStatus) -> list[str]:
    state = "" if status.is_known else " (not in PORTAL_HOOK_URLS)"
    last = f"{status.last_accepted:%Y-%m-%d %H:%M:%S} UTC" if status.last_accepted else "never"
    lines = [f"{status.receiver}{state}: {status.waiting} waiting, {status.given_up} given up, last accepted {last}"]
    if status.oldest:
        lines.append(
            f"  the oldest was queued {status.oldest:%Y-%m-%d %H:%M:%S} UTC; {status.fault or 'not tried yet'}"
        )
    return lines


def _words(row: HookDelivery) -> str:
    state = "given up" if row.state == HookState.DEAD else f"tried {row.attempts} times"
    return f"{row.event.message_id} {row.event.type} to {row.receiver}: {state}, {row.fault}"
