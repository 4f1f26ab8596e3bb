"""What there is to know about one user's sign-in, gathered in a fixed number of statements."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings

from accounts.actions.sign_in import pause_origins
from accounts.actions.sign_in.known_browsers import ADMITTED_BROWSER, UNKNOWN_BROWSER
from accounts.actions.welcome import letters
from accounts.enums import Action, Realm
from accounts.models import BackupCode, Key, KnownBrowser, NetworkRule, Passkey, SignInRefusal, User
from accounts.network_refusals import NetworkRefused
from accounts.policies import push_approval
from portal.audit.models import SecurityEvent
from portal.throttle import limits
from portal.throttle.counting import Limit
from portal.throttle.models import Throttle

_MAX_ENDED_KEYS = 3
_COUNTED = (limits.PASSWORD, limits.CODE)
# Since when a user is being let in again, if they are, and nothing else of it: who reads this must not know cases.
Source = Callable[[User], datetime | None]
_SOURCES: list[Source] = []


@dataclass(frozen=True)
class Tries:
    """What one kind of browser has used of a limit. ``until``: the end of a running pause, or None."""

    limit: str
    used: int
    of: int
    last_at: datetime
    until: datetime | None = None
    is_used_up: bool = False  # for good: only recovery is left
    known_as: str | None = None  # the device of the known browser; None for all unknown ones together
    where: pause_origins.Where = field(default_factory=pause_origins.Where)


@dataclass(frozen=True)
class KeyFacts:
    """A Key as far as it matters on the phone: never its seed. ``app``: the version of our app, empty for others."""

    pk: int
    name: str
    used_at: datetime | None
    app: str = ""
    is_old_app: bool = False
    clock_offset: int | None = None
    takes_requests: bool = False
    ended_at: datetime | None = None
    ended_because: str = ""


@dataclass(frozen=True)
class Refused:
    """A refusal after the right password: the code of its cause, and from where."""

    code: str
    at: datetime
    device: str = ""
    place: str = ""
    drift_seconds: int | None = None


@dataclass(frozen=True)
class Facts:
    """Everything that decides whether somebody can sign in."""

    username: str
    is_paper: bool = False
    is_closed: bool = False
    closed_at: datetime | None = None  # None also where the day is not known
    suspended_at: datetime | None = None
    has_password: bool = True
    letter: str = ""
    tries: tuple[Tries, ...] = ()
    keys: tuple[KeyFacts, ...] = ()
    ended: tuple[KeyFacts, ...] = ()  # the last ones, newest first
    passkeys: int = 0
    backup_codes: int = 0
    networks: int | None = None  # None: any
    allows_pass: bool = False
    case_since: datetime | None = None
    signed_in_at: datetime | None = None
    refusals: tuple[Refused, ...] = ()  # newest first

    @property
    def pauses(self) -> list[Tries]:
        """Return the running pauses, those of unknown browsers first."""
        return sorted((one for one in self.tries if one.until), key=lambda one: one.known_as is not None)

    @property
    def since_then(self) -> list[Refused]:
        """Return the refusals since the last sign-in, newest first."""
        return [one for one in self.refusals if self.signed_in_at is None or one.at > self.signed_in_at]


def register(source: Source) -> None:
    """Ask this function too; apps do so once, in their ``ready()``."""
    if source not in _SOURCES:
        _SOURCES.append(source)


def gather(user: User, *, now: datetime) -> Facts:
    """Read the facts of one user."""
    keys = list(Key.objects.filter(user=user).select_related("phone").order_by("-confirmed", "-ended_at", "pk"))
    return Facts(
        username=user.username,
        is_paper=user.realm == Realm.PAPER,
        is_closed=not user.is_active,
        closed_at=user.closed_at,
        suspended_at=user.suspended_at,
        has_password=user.has_usable_password(),
        letter="" if user.has_usable_password() or user.is_staff else letters.standing_of(user, now=now),
        tries=tuple(_tries(user, now=now)),
        keys=tuple(_key(key) for key in keys if key.confirmed),
        ended=tuple(_key(key) for key in keys if key.ended_at)[:_MAX_ENDED_KEYS],
        passkeys=Passkey.objects.filter(user=user, confirmed=True).count(),
        backup_codes=BackupCode.objects.filter(user=user, used_at=None).count(),
        networks=NetworkRule.objects.filter(user=user).count() if user.networks_limited_at else None,
        allows_pass=user.allows_travel_pass and bool(settings.PORTAL_TRAVEL_PASS_MINUTES),
        case_since=next(filter(None, (source(user) for source in _SOURCES)), None),
        signed_in_at=_newest(user, Action.SIGNED_IN),
        refusals=tuple(_refusals(user)),
    )


def _key(key: Key) -> KeyFacts:
    phone = key.phone
    minimum = settings.PORTAL_KEY_MIN_VERSION
    return KeyFacts(
        pk=key.pk,
        name=key.name,
        used_at=key.last_used_at,
        app=phone.version if phone else "",
        is_old_app=phone is not None and not push_approval.is_current(phone.version, minimum=minimum),
        clock_offset=phone.clock_offset if phone else None,
        takes_requests=bool(phone and phone.subscription),
        ended_at=key.ended_at,
        ended_because=str(key.get_end_reason_display()) if key.end_reason else "",
    )


def _tries(user: User, *, now: datetime) -> Iterable[Tries]:
    """Yield what is used of the limits of signing in, unknown browsers and each known one apart. Three statements."""
    names = [limit.name for limit in _COUNTED]
    used = list(Throttle.objects.filter(subject=user.username_hash, limit__in=names, used_in_a_row__gt=0))
    scopes = _scopes(user)
    origins = pause_origins.among([row.key for row in used])
    for row in sorted(used, key=lambda row: row.last_at, reverse=True):
        until = row.locked_until(now)
        is_over = row.fades_at is not None and row.fades_at <= now and until is None
        is_used_up = row.total is not None and row.used_in_a_row >= row.total
        if (is_over or not row.used) and not is_used_up:
            continue
        known_as, where = scopes.get(row.key), origins.get(row.key, pause_origins.Where())
        yield Tries(row.limit, row.used, row.tries, row.last_at, until, is_used_up, known_as, where)


def _scopes(user: User) -> dict[str, str | None]:
    """Return whose tries each bucket holds: the device of a known browser, or None for unknown ones."""
    known: list[tuple[str, str | None]] = [(UNKNOWN_BROWSER, None), (ADMITTED_BROWSER, None)]
    known += [(row.digest, row.device) for row in KnownBrowser.objects.filter(user=user)]
    return {_bucket(limit, user, scope): device for limit in _COUNTED for scope, device in known}


def _bucket(limit: Limit, user: User, scope: str) -> str:
    return limit.of(user.username_hash, scope=scope).key


def _newest(user: User, action: Action) -> datetime | None:
    newest = SecurityEvent.objects.filter(subject=user, action=action).order_by("-pk")
    return newest.values_list("at", flat=True).first()


def _refusals(user: User) -> list[Refused]:
    """Return the last refusals: those kept after a right password, and those of a network, from the record."""
    rows = SignInRefusal.objects.filter(user=user).order_by("-at")
    kept = [Refused(row.cause, row.at, row.device, row.place, row.drift_seconds) for row in rows]
    outside = SecurityEvent.objects.filter(subject=user, action=Action.NETWORK_REFUSED).order_by("-pk")[:3]
    return sorted(
        [*kept, *(Refused(NetworkRefused.code, event.at) for event in outside)], key=lambda one: one.at, reverse=True
    )
