"""The tables of accounts."""

from accounts.models.audit import ChainHead, SecurityEvent
from accounts.models.notices import Notice
from accounts.models.people import (
    AccountActivity,
    Customer,
    Mandate,
    TradingAccount,
    User,
)
from accounts.models.proofs import EmailedCode, FormerPassword, Key, SecurityAnswer
from accounts.models.sessions import KnownBrowser, PlatformSession
from accounts.models.throttle import Throttle

__all__ = [
    "AccountActivity",
    "ChainHead",
    "Customer",
    "EmailedCode",
    "FormerPassword",
    "Key",
    "KnownBrowser",
    "Mandate",
    "Notice",
    "PlatformSession",
    "SecurityAnswer",
    "SecurityEvent",
    "Throttle",
    "TradingAccount",
    "User",
]
