"""The tables of accounts."""

from accounts.models.audit import ChainHead, SecurityEvent
from accounts.models.authenticators import (
    BackupCode,
    EmailedCode,
    FormerPassword,
    Key,
    Passkey,
    SecurityAnswer,
    UsedNonce,
)
from accounts.models.enrolment import Enrolment, EnrolmentItem
from accounts.models.notices import Notice
from accounts.models.phones import Phone
from accounts.models.push_challenges import PushChallenge
from accounts.models.reports import Report
from accounts.models.sessions import KnownBrowser, PlatformSession
from accounts.models.users import (
    AccountActivity,
    Customer,
    Mandate,
    TradingAccount,
    User,
)

__all__ = [
    "AccountActivity",
    "BackupCode",
    "ChainHead",
    "Customer",
    "EmailedCode",
    "Enrolment",
    "EnrolmentItem",
    "FormerPassword",
    "Key",
    "KnownBrowser",
    "Mandate",
    "Notice",
    "Passkey",
    "Phone",
    "PlatformSession",
    "PushChallenge",
    "Report",
    "SecurityAnswer",
    "SecurityEvent",
    "TradingAccount",
    "UsedNonce",
    "User",
]
