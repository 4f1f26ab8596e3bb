"""The fixed vocabularies of accounts."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Realm(models.TextChoices):
    """What a user trades with: real money or paper (SIGN-6)."""

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
    """A user's role on an account."""

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
    """Where a Key is kept."""

    PHONE = "phone", _("Phone")
    APP = "app", _("Authenticator app")


class Platform(models.TextChoices):
    """Where a session runs."""

    WEB = "web", _("Web")
    DESKTOP = "desktop", _("Desktop")
    MOBILE = "mobile", _("Mobile")


class CodePurpose(models.TextChoices):
    """What an e-mailed or Key code is used for; a Key code counts as used for all purposes."""

    SIGN_IN = "sign-in", _("Sign in")
    STEP_UP = "step-up", _("Confirm it is you")
    ENROL = "enrol", _("Set up a Key")
    NEW_ADDRESS = "new-address", _("Change the e-mail address")
    WELCOME = "welcome", _("Sign in for the first time")
    RECOVERY = "recovery", _("Recovery")
    RESET = "reset", _("Set a new password")


class EndReason(models.TextChoices):
    """Why a Key, a phone or a passkey was turned off; shown on the phone."""

    TURNED_OFF = "turned_off", _("It was turned off")
    MOVED = "moved", _("It was moved to another phone")
    LOST = "lost", _("The phone was reported lost")
    RECOVERED = "recovered", _("The account was recovered, which turned off everything before")
    CLOSED = "closed", _("The username was closed")
    COPIED = "copied", _("Someone may have copied it")


class RequestState(models.TextChoices):
    """The state of a push request. Only the first can be answered, only the second can be used."""

    WAITING = "waiting", _("Waiting for an answer")
    APPROVED = "approved", _("Approved")
    USED = "used", _("Approved and used")
    DENIED = "denied", _("Denied on the phone")
    FAILED = "failed", _("Ended after wrong numbers")
    WITHDRAWN = "withdrawn", _("Cancelled on the page where it was started")


class DenyReason(models.TextChoices):
    """Why a request was refused on the phone."""

    NOT_ME = "not_me", _("It was not me")
    CANCELLED = "cancelled", _("I changed my mind")


class HoldScope(models.TextChoices):
    """What the portal itself can hold: ``accounts.actions.holds`` asks, other apps say until when."""

    CONTACT = "contact", _("Contact details")
    NEW_KEY = "new_key", _("More Keys, passkeys and backup codes")
    IP_RULE = "ip_rule", _("More networks to sign in from")


class EnrolmentPurpose(models.TextChoices):
    """What a Key is being set up for."""

    FIRST = "first", _("The first Key of a user")
    ADD = "add", _("Another Key")
    TRANSFER = "transfer", _("A move to a new phone")
    RECOVERY = "recovery", _("A new Key after a recovery")


class EnrolmentState(models.TextChoices):
    """The state of an enrolment; accounts/policies/keys/enrolment.py has the legal moves."""

    EMAIL = "email", _("Waiting for the e-mailed code")
    DETAILS = "details", _("Waiting for answers or details")
    OPEN = "open", _("Waiting for the phone")
    CLAIMED = "claimed", _("The phone has connected. The numbers are being compared")
    MATCHED = "matched", _("The numbers match. The phone can get its codes")
    DONE = "done", _("Done")
    ENDED = "ended", _("Ended without a Key")


class LetterReason(models.TextChoices):
    """Why a welcome letter was wanted."""

    IMPORT = "import", _("A new customer")
    FEED = "feed", _("Asked for in the firm's records")
    DESK = "desk", _("Asked for at the desk")


class FirstSignInState(models.TextChoices):
    """The state of a first sign-in; accounts/policies/welcome.py has the legal moves."""

    DETAILS = "details", _("Waiting for details")
    EMAIL = "email", _("Waiting for the e-mailed code")
    PASSWORD = "password", _("Waiting for the password")
    DONE = "done", _("Done")
    ENDED = "ended", _("Ended with nothing changed")


class ReportKind(models.TextChoices):
    """What a customer reported."""

    NOT_ME = "not_me", _("A request the customer did not start")
    CONTACT = "contact", _("A change of contact details the customer did not make")
    NOTICE = "notice", _("A message about something the customer did not do")
    EVENT = "event", _("Something in the activity that the customer did not do")


class Protection(models.TextChoices):
    """What a customer may choose along with a report."""

    END_OTHERS = "end_others", _("Sign out everywhere else")
    SUSPEND = "suspend", _("Stop sign-in until you have spoken to us")


class ReportOutcome(models.TextChoices):
    """The outcome of a report, as the customer reads it."""

    PROTECTED = "protected", _("Someone else had your password. It has been changed, and your account is safe.")
    MISTAKE = "mistake", _("It was a mistake. Nothing needed to be changed.")
    WATCHED = "watched", _("We could not find out who it was. We will keep watching this account.")


class NetworkOutcome(models.TextChoices):
    """The outcome of a request to widen the networks."""

    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn by the customer")


class ContactKind(models.TextChoices):
    """How a person is reached."""

    EMAIL = "email", _("E-mail address")
    PHONE = "phone", _("Phone number")


class RoleOutcome(models.TextChoices):
    """The outcome of a change of role."""

    GIVEN = "given", _("Given")
    REFUSED = "refused", _("Refused")


class Action(models.TextChoices):
    """What the audit chain records, in the words customers read on their activity page."""

    IMPORTED = "imported", _("Username created")
    STAFF_INVITED = "staff_invited", _("Invited to work here")
    INVITATION_REVOKED = "invitation_revoked", _("Invitation withdrawn")
    INVITATION_ACCEPTED = "invitation_accepted", _("Invitation accepted")
    ROLE_ASKED = "role_asked", _("Role asked for; another operator decides")
    ROLE_GIVEN = "role_given", _("Role given")
    ROLE_REFUSED = "role_refused", _("Role refused")
    STAFF_DETAILS = "staff_details", _("Name or contact changed by an operator")
    STAFF_LEFT = "staff_left", _("Left the firm")
    LETTER_WANTED = "letter_wanted", _("New welcome letter asked for")
    LETTER_PRINTED = "letter_printed", _("Welcome letter printed")
    WELCOME_STARTED = "welcome_started", _("First sign-in started with the code from the welcome letter")
    WELCOME_PROVED = "welcome_proved", _("First sign-in: identity confirmed")
    WELCOME_FAILED = "welcome_failed", _("First sign-in ended: details wrong too often")
    WELCOME_USED = "welcome_used", _("Welcome letter used")
    SIGNED_IN = "signed_in", _("Signed in")
    SIGNED_OUT = "signed_out", _("Signed out")
    SESSION_ENDED = "session_ended", _("Signed out of another device")
    SESSIONS_ENDED = "sessions_ended", _("Signed out everywhere else")
    PAUSED = "paused", _("Sign-in paused after too many wrong tries")
    BROWSER_ALLOWED = "browser_allowed", _("Browser allowed to try with the Key, although sign-in was paused")
    BROWSER_ADMITTED = "browser_admitted", _("Browser given tries of its own, although sign-in was paused")
    PAUSE_LIFTED = "pause_lifted", _("Pause ended")
    SUSPENDED = "suspended", _("Sign-in stopped to protect the account")
    LOOKED_AT = "looked_at", _("Sign-in looked at by our staff")
    LOOK_REFUSED = "look_refused", _("Sign-in not shown to a member of our staff")
    NOBODY_FOUND = "nobody_found", _("Our staff looked for a username that nobody has")
    CONTACT_SHOWN = "contact_shown", _("Name and contact details shown to our staff")
    SIGNED_OUT_BY_STAFF = "signed_out_by_staff", _("Signed out everywhere by our staff")
    REINSTATED = "reinstated", _("Sign-in allowed again")
    PASSWORD_SET = "password_set", _("Password changed")
    KEY_ENROLLED = "key_enrolled", _("Key added")
    KEYS_ENDED = "keys_ended", _("All Keys turned off")
    KEY_ENDED = "key_ended", _("Key turned off")
    KEY_MOVED = "key_moved", _("Key moved to another phone")
    KEY_RENAMED = "key_renamed", _("Key renamed")
    PHONE_LOST = "phone_lost", _("Phone reported lost, and its Key turned off")
    PHONE_ROTATED = "phone_rotated", _("Phone renewed its signing key")
    ENROLMENT_STARTED = "enrolment_started", _("Key setup started")
    ENROLMENT_PROVED = "enrolment_proved", _("Key setup: identity confirmed")
    ENROLMENT_ENDED = "enrolment_ended", _("Key setup stopped")
    PHONE_PAIRED = "phone_paired", _("Key setup: phone connected")
    PHONE_MATCHED = "phone_matched", _("Key setup: numbers compared and matched")
    REQUEST_SENT = "request_sent", _("Approval request sent to the Key")
    REQUEST_APPROVED = "request_approved", _("Request approved on the phone")
    REQUEST_DENIED = "request_denied", _("Request denied on the phone")
    REQUEST_FAILED = "request_failed", _("Request ended after wrong numbers")
    PROOF_REPEATED = "proof_repeated", _("Password and Key confirmed again")
    BACKUP_CODES_MADE = "backup_codes_made", _("New backup codes made")
    BACKUP_CODE_USED = "backup_code_used", _("Backup code used")
    PASSKEY_ADDED = "passkey_added", _("Passkey added")
    PASSKEY_REMOVED = "passkey_removed", _("Passkey removed")
    PASSKEY_SUSPECT = "passkey_suspect", _("Passkey turned off: it may have been copied")
    REPORTED = "reported", _("Something suspicious reported")
    REPORT_CLOSED = "report_closed", _("Report investigated and closed")
    NETWORKS_TIGHTENED = "networks_tightened", _("Sign-in limited to fewer networks")
    NETWORKS_ASKED = "networks_asked", _("Support asked to allow more networks")
    NETWORKS_VERIFIED = "networks_verified", _("Request for more networks checked with the customer")
    NETWORKS_DECIDED = "networks_decided", _("Request for more networks decided")
    NETWORKS_WIDENED = "networks_widened", _("Sign-in allowed from more networks")
    NETWORK_REFUSED = "network_refused", _("Sign-in refused: not one of your networks")
    NETWORK_ENDED = "network_ended", _("Signed out: not one of your networks")
    PASS_OPENED = "pass_opened", _("Travel pass opened with the Key")
    PASS_ENDED = "pass_ended", _("Travel pass ended")
    PASSES_OFF = "passes_off", _("Travel passes turned off")
    QUESTIONS_SET = "questions_set", _("Security questions set")
    DETAILS_SHOWN = "details_shown", _("Personal details shown in full")
    DATA_DOWNLOADED = "data_downloaded", _("Everything we hold about you downloaded")
    DATA_GIVEN_OUT = "data_given_out", _("Everything we hold about you given out by us")
    PHONE_CHANGED = "phone_changed", _("Phone number changed")
    PREFERENCES_SET = "preferences_set", _("Language and time zone set")
    EMAIL_CHANGED = "email_changed", _("E-mail address changed")
    EMAIL_REPLACED = "email_replaced", _("E-mail address changed by us")
    DETAILS_UPDATED = "details_updated", _("Your details updated by us")
    ACCOUNT_CLOSED = "account_closed", _("Account closed")
    ACCOUNT_REOPENED = "account_reopened", _("Account opened again")
    MANDATE_GIVEN = "mandate_given", _("Access to an account given")
    MANDATE_ENDED = "mandate_ended", _("Access to an account ended")
    CLOSED = "closed", _("Username closed")
    REOPENED = "reopened", _("Username opened again")
    EMAIL_CHANGE_STOPPED = "email_change_stopped", _("Change of e-mail address undone")
    CODE_USED = "code_used", _("Action confirmed with a Key code")
    CODE_SENT = "code_sent", _("Code sent by e-mail")
    CODE_ACCEPTED = "code_accepted", _("E-mailed code accepted")


# Intermediate steps; the customer's own list leaves them out once their flow has gone on.
STEPS = frozenset(
    {
        Action.CODE_ACCEPTED,
        Action.CODE_SENT,
        Action.ENROLMENT_PROVED,
        Action.ENROLMENT_STARTED,
        Action.PHONE_MATCHED,
        Action.PHONE_PAIRED,
        Action.REQUEST_APPROVED,
        Action.REQUEST_SENT,
        Action.WELCOME_PROVED,
        Action.WELCOME_STARTED,
    }
)
