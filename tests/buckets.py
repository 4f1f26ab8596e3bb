"""Buckets of tries, by the names that tests know people by."""

from accounts.actions.sign_in.known_browsers import UNKNOWN_BROWSER
from accounts.models.users import hash_of_username
from portal.throttle import limits
from portal.throttle.counting import Bucket


def password(username: str) -> Bucket:
    """Return the strangers' tries at the password of a username."""
    return limits.PASSWORD.of(hash_of_username(username), scope=UNKNOWN_BROWSER)


def code(username_hash: str) -> Bucket:
    """Return the strangers' tries at the codes of a user."""
    return limits.CODE.of(username_hash, scope=UNKNOWN_BROWSER)


def network(address: str) -> Bucket:
    """Return the tries of the narrow network an address is in."""
    return limits.NETWORK.of_network(address)[0]
