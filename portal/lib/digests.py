"""Keyed digests: look-ups and comparisons without storing the value itself."""

import hashlib
import hmac
import secrets

from django.conf import settings


def keyed(namespace: str, value: str) -> str:
    """Return HMAC-SHA-256 of value under PORTAL_INDEX_KEY, as 64 hex digits.

    Namespaces keep equal values of different kinds apart.
    """
    message = f"{namespace}\x1f{value}".encode()
    return hmac.new(settings.PORTAL_INDEX_KEY.encode(), message, hashlib.sha256).hexdigest()


def same(left: str, right: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())


def random_digits(count: int) -> str:
    """Return a uniformly random code of decimal digits, possibly with leading zeros."""
    return f"{secrets.randbelow(10**count):0{count}d}"


def random_ticket() -> str:
    """Return a random text of 192 bits, for a cookie that binds something under way to its browser."""
    return secrets.token_urlsafe(24)


def random_characters(alphabet: str, count: int) -> str:
    """Return that many characters, each drawn uniformly from an alphabet."""
    return "".join(secrets.choice(alphabet) for _ in range(count))
