"""The fixed vocabularies of accounts."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Realm(models.TextChoices):
    """Which world a log-in opens: real money or paper trading (SIGN-6)."""

    LIVE = "live", _("Live")
    PAPER = "paper", _("Paper")


class Role(models.TextChoices):
    """Staff roles; each is a group of the same name."""

    AGENT = "agent", _("Agent")
    SENIOR = "senior", _("Senior reviewer")
    AUDITOR = "auditor", _("Auditor")
    OPERATOR = "operator", _("Operator")


class AccountKind(models.TextChoices):
    """Kinds of trading accounts."""

    INDIVIDUAL = "individual", _("Individual")
    JOINT = "joint", _("Joint")
    RETIREMENT = "retirement", _("Retirement")
    CORPORATE = "corporate", _("Corporate")


class MandateRole(models.TextChoices):
    """What a log-in is to an account."""

    OWNER = "owner", _("Owner")
    ADVISER = "adviser", _("Adviser")


class ActivityKind(models.TextChoices):
    """Kinds of account activity."""

    ORDER = "order", _("Order")
    DEPOSIT = "deposit", _("Deposit")
    WITHDRAWAL = "withdrawal", _("Withdrawal")
    TRANSFER = "transfer", _("Transfer")
    DIVIDEND = "dividend", _("Dividend")


class KeyKind(models.TextChoices):
    """Where a Key lives."""

    PHONE = "phone", _("Phone")
    APP = "app", _("Authenticator app")


class Budget(models.TextChoices):
    """What a budget of tries is for. Each value has its limit in policies/lockout.py."""

    PASSWORD = "password", _("Password")
    CODE = "code", _("Key code")
    SOURCE = "source", _("Network address")
    EMAIL_CODE = "email-code", _("E-mailed code")
    CASE_PIN = "case-pin", _("Case PIN")
    PASS_HALF = "pass-half", _("Set-up pass")
    INTAKE = "intake", _("Opening cases")


class Platform(models.TextChoices):
    """Where a session runs."""

    WEB = "web", _("Web")
    DESKTOP = "desktop", _("Desktop")
    MOBILE = "mobile", _("Mobile")


class Channel(models.TextChoices):
    """How a notice travels."""

    EMAIL = "email", _("E-mail")


class NoticeState(models.TextChoices):
    """Where a notice is on its way."""

    DUE = "due", _("Waiting")
    SENT = "sent", _("Sent")
    DEAD = "dead", _("Given up")


class CodePurpose(models.TextChoices):
    """What an e-mailed or Key code is spent on; all purposes share one memory."""

    SIGN_IN = "sign-in", _("Sign in")
    STEP_UP = "step-up", _("Confirm it is you")
    ENROL = "enrol", _("Set up a Key")
    RECOVERY = "recovery", _("Recovery")


class Action(models.TextChoices):
    """What the audit chain records, in the words customers read on their activity page."""

    IMPORTED = "imported", _("The log-in was set up")
    SIGNED_IN = "signed_in", _("Signed in")
    SIGNED_OUT = "signed_out", _("Signed out")
    PAUSED = "paused", _("Sign-in was paused after too many wrong tries")
    PAUSE_LIFTED = "pause_lifted", _("A pause was lifted")
    HELD = "held", _("Sign-in was stopped to protect the account")
    RELEASED = "released", _("Sign-in was opened again")
    PASSWORD_SET = "password_set", _("The password was changed")
    KEY_ENROLLED = "key_enrolled", _("A Key was set up")
    KEYS_ENDED = "keys_ended", _("All Keys were turned off")
    CODE_USED = "code_used", _("An action was confirmed with a Key code")
    CODE_SENT = "code_sent", _("A code was sent by e-mail")
    CODE_ACCEPTED = "code_accepted", _("A code sent by e-mail was accepted")
    SESSIONS_ENDED = "sessions_ended", _("All open sign-ins were ended")
    CASE_OPENED = "case_opened", _("Somebody asked to get back into this account")
    CASE_CHECKED = "case_checked", _("Support asked questions in a recovery case")
    CASE_CODE_ACCEPTED = "case_code_accepted", _("A code sent by e-mail was used in a recovery case")
    CASE_REVIEW = "case_review", _("A recovery case went to a second person")
    CASE_APPROVED = "case_approved", _("A recovery case was approved, and its waiting period began")
    CASE_READY = "case_ready", _("The waiting period of a recovery case ended")
    CASE_STARTED = "case_started", _("Setting up a new password and Key was started")
    CASE_COMPLETED = "case_completed", _("A recovery case was completed")
    CASE_HOLD_ENDED = "case_hold_ended", _("What was on hold after a recovery was opened again")
    CASE_REFUSED = "case_refused", _("A recovery case was not confirmed")
    CASE_STOPPED = "case_stopped", _("A recovery case was stopped after an objection")
    CASE_CLOSED = "case_closed", _("A recovery case was closed")
