"""The tables of accounts."""

from accounts.models.approvals import SignInRequest
from accounts.models.audit import ChainHead, SecurityEvent
from accounts.models.enrolment import Enrolment, EnrolmentItem
from accounts.models.notices import Notice
from accounts.models.people import (
    AccountActivity,
    Customer,
    Mandate,
    TradingAccount,
    User,
)
from accounts.models.phones import Phone
from accounts.models.proofs import BackupCode, EmailedCode, FormerPassword, Key, Passkey, SecurityAnswer, Spent
from accounts.models.reports import Report
from accounts.models.sessions import KnownBrowser, PlatformSession
from accounts.models.throttle import Throttle

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
    "Report",
    "SecurityAnswer",
    "SecurityEvent",
    "SignInRequest",
    "Spent",
    "Throttle",
    "TradingAccount",
    "User",
]
