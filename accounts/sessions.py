"""The session engine (``SESSION_ENGINE``): a row per session, a user on every row.

A session starts with ``django.contrib.auth.login`` after both factors; saving one without a user or
without a second factor raises, so that nothing anonymous and nothing with one factor is ever stored.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import SuspiciousOperation
from django.db.models import F
from django_otp import DEVICE_ID_SESSION_KEY

from accounts.models import PlatformSession
from accounts.models.authenticators import Authenticator
from portal.lib import client, clock

_COLUMNS = {"accounts.key": "key_id", "accounts.passkey": "passkey_id", "accounts.backupcode": "backup_code_id"}


class SessionStore(SessionBase):
    """Sessions in ``PlatformSession``.

    ``row`` is the row with user, customer and second factor, or None; ``was_ended``: there is a cookie without a row;
    ``was_outside``: it was ended because this request came from outside the user's networks.
    ``origin`` and ``session_version`` go into a new row; the sign-in view sets them.
    """

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self.row: PlatformSession | None = None
        self.origin = client.Origin()
        self.session_version = 0
        self._stored = ""
        self.was_ended = False
        self.was_outside = False

    @property
    def current(self) -> PlatformSession:
        """Return the row of a signed-in request."""
        if self.row is None:
            raise SuspiciousOperation("there is no session")
        return self.row

    def load(self) -> dict[str, Any]:
        """Read a session that is still valid: not idle, not over, of a user who may sign in."""
        self.row = self._find()
        if self.row is None:
            self._session_key = None
            self.was_ended = True
            return {}
        self._stored = self.row.data
        data: dict[str, Any] = self.decode(self.row.data)
        return data

    def _find(self) -> PlatformSession | None:
        now = clock.now()
        return (
            PlatformSession.objects.select_related("user__customer", "key", "passkey", "backup_code")
            .filter(
                digest=_digest(self.session_key or ""),
                active_at__gt=now - timedelta(minutes=settings.PORTAL_IDLE_MINUTES),
                ends_at__gt=now,
                user__is_active=True,
                user__suspended_at=None,
                user__session_version=F("session_version"),
            )
            .first()
        )

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Return plain JSON: it stays in our table, and the cookie holds only the key."""
        return str(self.serializer().dumps(session_dict).decode())

    def decode(self, session_data: str | bytes) -> dict[str, Any]:
        """Parse it."""
        data: dict[str, Any] = self.serializer().loads(str(session_data).encode())
        return data

    def exists(self, session_key: str) -> bool:
        """Return False: 160 random bits do not collide, and asking would cost a statement."""
        return False

    def create(self) -> None:
        """Take a new key; the row is written by ``save``."""
        self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]  # the stubs leave it out
        self.row, self._stored = None, ""
        self.modified = True

    def save(self, must_create: bool = False) -> None:
        """Write the session if it changed.

        Raises: ``SuspiciousOperation`` for a session without a user or a second factor.
        """
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]  # the stubs leave it out
        encoded = self.encode(data)
        if encoded == self._stored:
            return
        if self.row is not None:
            PlatformSession.objects.filter(pk=self.row.pk).update(data=encoded)
        else:
            self._insert(data, encoded)
        self._stored = encoded

    def _insert(self, data: dict[str, Any], encoded: str) -> None:
        if SESSION_KEY not in data or DEVICE_ID_SESSION_KEY not in data:
            raise SuspiciousOperation("a session needs a user and a second factor")
        if self._session_key is None:
            self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]  # the stubs leave it out
        now = clock.now()
        self.row = PlatformSession.objects.create(
            digest=_digest(self._session_key),
            user_id=int(data[SESSION_KEY]),
            **_proof(data[DEVICE_ID_SESSION_KEY]),
            device=self.origin.device,
            address=self.origin.address,
            session_version=self.session_version,
            data=encoded,
            active_at=now,
            proved_at=now,
            ends_at=now + timedelta(hours=settings.PORTAL_SESSION_HOURS),
        )

    def prove_again(self, proof: Authenticator, *, now: datetime) -> None:
        """Record that both factors were given again, and take a new key; the old one stops working (ASVS 7.2.4).

        From now on the session rests on ``proof``. Raises: ``SuspiciousOperation`` if it has ended meanwhile.
        """
        row, self._session_key = self.current, self._get_new_session_key()  # type: ignore[attr-defined]  # left out
        self[DEVICE_ID_SESSION_KEY] = proof.persistent_id
        columns = dict.fromkeys(_COLUMNS.values()) | _proof(proof.persistent_id)
        fresh = {"digest": _digest(str(self._session_key)), "proved_at": now, "active_at": now, **columns}
        if not PlatformSession.objects.filter(pk=row.pk).update(**fresh):
            raise SuspiciousOperation("the session has ended")
        for name, value in fresh.items():
            setattr(row, name, value)

    def delete(self, session_key: str | None = None) -> None:
        """End one session, this one if none is named."""
        if key := session_key or self.session_key:
            PlatformSession.objects.filter(digest=_digest(key)).delete()

    def end_elsewhere(self) -> None:
        """End this session: its request came from outside the user's networks (NET-1)."""
        self.flush()
        self.row, self.was_outside = None, True

    @classmethod
    def clear_expired(cls) -> None:
        """Delete sessions that are over (``manage.py clearsessions``); ``portal_purge`` does it in batches."""
        PlatformSession.objects.filter(ends_at__lte=clock.now()).delete()


def _proof(persistent_id: str) -> dict[str, int]:
    """Return the column of a second factor and its value, from django-otp's id (``accounts.key/12``)."""
    model, _slash, pk = persistent_id.partition("/")
    return {_COLUMNS[model]: int(pk)}


def _digest(session_key: str) -> str:
    return hashlib.sha256(session_key.encode()).hexdigest()
