"""The tables of accounts."""

from accounts.models.admitted_browsers import AdmissionCode, AdmittedBrowser, PauseOrigin
from accounts.models.answered_posts import AnsweredPost
from accounts.models.authenticators import (
    BackupCode,
    EmailedCode,
    FormerPassword,
    Key,
    Passkey,
    SecurityAnswer,
    UsedNonce,
)
from accounts.models.contacts import EmailChange, ReplacedContact
from accounts.models.customers import AccountActivity, AccountValue, Customer, Mandate, TradingAccount
from accounts.models.employees import Employee
from accounts.models.enrolment import Enrolment, EnrolmentItem
from accounts.models.imports import FeedPosition
from accounts.models.networks import NetworkRequest, NetworkRule, SignInAddress, TravelPass
from accounts.models.phones import Phone
from accounts.models.push_challenges import PushChallenge
from accounts.models.reports import Report
from accounts.models.sessions import KnownBrowser, PlatformSession
from accounts.models.sign_in_refusals import SignInRefusal
from accounts.models.staff import RoleChange, StaffInvitation
from accounts.models.users import User
from accounts.models.welcome import FirstSignIn, WelcomeLetter

__all__ = [
    "AccountActivity",
    "AccountValue",
    "AdmissionCode",
    "AdmittedBrowser",
    "AnsweredPost",
    "BackupCode",
    "Customer",
    "EmailChange",
    "EmailedCode",
    "Employee",
    "Enrolment",
    "EnrolmentItem",
    "FeedPosition",
    "FirstSignIn",
    "FormerPassword",
    "Key",
    "KnownBrowser",
    "Mandate",
    "NetworkRequest",
    "NetworkRule",
    "Passkey",
    "PauseOrigin",
    "Phone",
    "PlatformSession",
    "PushChallenge",
    "ReplacedContact",
    "Report",
    "RoleChange",
    "SecurityAnswer",
    "SignInAddress",
    "SignInRefusal",
    "StaffInvitation",
    "TradingAccount",
    "TravelPass",
    "UsedNonce",
    "User",
    "WelcomeLetter",
]
