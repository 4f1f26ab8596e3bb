"""The fixed vocabularies of recovery."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.enums import HoldScope


class State(models.TextChoices):
    """The state of a case. Moves between them: recovery/policies/state_machine.py."""

    OPEN = "open", _("Open")
    VERIFYING = "verifying", _("Checking details")
    POSSESSION = "possession", _("Waiting for proof of possession")
    PROOFING = "proofing", _("Waiting for proof of identity")
    REVIEW = "review", _("In review")
    COOLING = "cooling", _("Waiting period")
    GRANT_READY = "grant_ready", _("Ready to start")
    ENROLLING = "enrolling", _("Setting up")
    HOLD = "hold", _("Done, some services on hold")
    DONE = "done", _("Done")
    CONTESTED = "contested", _("Stopped after an objection")
    REFUSED = "refused", _("Not confirmed")
    CANCELLED = "cancelled", _("Stopped by the account holder")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Expired")


class Actor(models.TextChoices):
    """The kind of person, or the clock, that moves a case."""

    CLAIMANT = "claimant", _("Claimant")
    OWNER = "owner", _("Account holder")
    AGENT = "agent", _("Agent")
    SENIOR = "senior", _("Senior reviewer")
    SYSTEM = "system", _("System")
    CLOCK = "clock", _("Clock")


class CaseKind(models.TextChoices):
    """A real case, or one for an unknown username. Shown to auditors only."""

    REAL = "real", _("Real")
    PHANTOM = "phantom", _("Phantom")


class Purpose(models.TextChoices):
    """What the claimant has lost."""

    PASSWORD = "password", _("Password")
    KEY = "key", _("Key")
    FULL = "full", _("Password and Key")


class EntryPoint(models.TextChoices):
    """How a claim came in."""

    WEB = "web", _("On the web")
    CALL = "call", _("By phone")


class Source(models.TextChoices):
    """The source of the right answer."""

    PERSONAL = "P", _("Personal details")
    APPLICATION = "A", _("Account application")
    ACTIVITY = "R", _("Recent activity")
    QUESTION = "S", _("Security questions")


class Outcome(models.TextChoices):
    """The outcome of one check. Nobody on the phone ever sees it."""

    MET = "met", _("Met")
    NOT_MET = "not_met", _("Not met")
    UNKNOWN = "unknown", _("Not remembered")
    VOID = "void", _("Does not count")


class Family(models.TextChoices):
    """Channels that are lost together: an attacker with one of a family has them all, so two of them count as one."""

    MAIL = "mail", _("E-mail")
    PAPERS = "papers", _("Proof of identity")


class FlagKind(models.TextChoices):
    """A warning sign in a case."""

    CALL_WITHOUT_PAGE = "call_without_page", _("Opened by phone, without the case page")
    COMPETING = "competing", _("More than one claim")
    REFUSED_LATELY = "refused_lately", _("A case was refused in the last 30 days")
    RECOVERED_LATELY = "recovered_lately", _("The account was recovered a short time ago")
    OBSERVED = "observed", _("The agent noticed pressure or prompting")
    KEY_CODE_OFFERED = "key_code_offered", _("A Key code was given as an answer")
    DETAILS_WRONG = "details_wrong", _("Personal details were wrong")
    DECOYS_TAKEN = "decoys_taken", _("The caller confirmed events that never happened")
    DURESS = "duress", _("The agent raised a silent alarm")


class Severity(models.TextChoices):
    """Amber slows a case down, red ends the normal process."""

    AMBER = "amber", _("Amber")
    RED = "red", _("Red")


class Observed(models.TextChoices):
    """What an agent may observe about a call."""

    PROMPTED = "prompted", _("Someone prompted the caller")
    READING = "reading", _("The caller read answers aloud")
    PRESSURE = "pressure", _("The caller was in a hurry or put you under pressure")
    ASKED_WHICH = "asked_which", _("The caller asked which answer was wrong")
    PROCESS = "process", _("The caller asked how the checks work")
    LANGUAGE = "language", _("A language aid was used")
    ACCESS = "access", _("The caller needs more time")
    DURESS = "duress", _("Silent alarm: the caller may be acting under duress")


class Verdict(models.TextChoices):
    """What a second person decided."""

    PENDING = "pending", _("Not decided")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
    RETURNED = "returned", _("Sent back")
    DROPPED = "dropped", _("No longer needed")


class Basis(models.TextChoices):
    """The grounds on which a case may be approved."""

    NONE = "", _("Not complete")
    CODES = "S", _("Codes sent to registered contacts")
    PAPERS = "D", _("Proof of identity, decided by two")


class Scope(models.TextChoices):
    """What is held for a while after a recovery.

    The portal itself refuses those of ``accounts.enums.HoldScope``, and only those are spoken of. The firm's other
    systems are told of all; whether they refuse the rest, the portal cannot know.
    """

    WITHDRAW = "withdraw", _("Withdrawals")
    TRANSFER_OUT = "transfer_out", _("Transfers out")
    BANK = "bank", _("Bank details")
    CONTACT = "contact", _("Changes of the e-mail address and phone number")
    NEW_KEY = "new_key", _("More Keys, passkeys and new backup codes")
    API_TOKEN = "api_token", _("API access")
    IP_RULE = "ip_rule", _("Opening sign-in to more networks")
    TRADE_RISK = "trade_risk", _("Opening high-risk positions")


SPOKEN_OF = tuple(scope for scope in Scope if scope in HoldScope.values)


class WaitingOn(models.TextChoices):
    """Who owes the next step."""

    CLAIMANT = "claimant", _("You")
    AGENT = "agent", _("An agent")
    SENIOR = "senior", _("A senior colleague")
    CLOCK = "clock", _("No one: the waiting period is running")
    NOBODY = "nobody", _("No one")


class Prompt(models.TextChoices):
    """The text of a question, as the agent reads it out or the claimant reads it."""

    BIRTH_DATE = "birth_date", _("What is your full date of birth?")
    ADDRESS = "address", _("What is your registered address, with its house number and postcode if it has them?")
    PHONE = "phone", _("What is the phone number you gave us?")
    MIDDLE_NAME = "middle_name", _("What is your middle name?")
    ACCOUNT_NUMBER = "account_number", _("What is the number of one of your accounts with us?")
    WELCOME_CODE = "welcome_code", _("What is the code in your welcome letter?")
    OPENED = "opened", _("In which month and year did you open the account?")
    EMPLOYER = "employer", _("Who was your employer when you applied for the account?")
    FIRST_BANK = "first_bank", _("Which bank did you link to your account first?")
    TAX_COUNTRY = "tax_country", _("Which country of tax residence did you give us?")
    EXPERIENCE = "experience", _("How many years of trading experience did you tell us you had?")
    ORDER_INSTRUMENT = (
        "order_instrument",
        _("Which instrument was your last order in the past 90 days for? Or was there none?"),
    )
    ORDER_AMOUNT = "order_amount", _("Roughly how much was your last order in the past 90 days? Or was there none?")
    DEPOSIT_AMOUNT = (
        "deposit_amount",
        _("Roughly how much was your last deposit in the past 90 days? Or was there none?"),
    )
    WITHDRAWAL_AMOUNT = (
        "withdrawal_amount",
        _("Roughly how much was your last withdrawal in the past 90 days? Or was there none?"),
    )
    TRANSFER_AMOUNT = (
        "transfer_amount",
        _("Roughly how much was your last transfer out in the past 90 days? Or was there none?"),
    )
    PHONE_ORDER = (
        "phone_order",
        _("Which instrument was your last phone order in the past 90 days for? Or was there none?"),
    )
    QUESTION = "question", _("Your security question")


class OwnerEvent(models.TextChoices):
    """What the owner reads about a case in their own record."""

    OPENED = "case_opened", _("Someone asked to get back into this account")
    CHECKED = "case_checked", _("Support asked identity questions in a recovery case")
    CODE_ACCEPTED = "case_code_accepted", _("A code sent by e-mail was used in a recovery case")
    REVIEW = "case_review", _("A recovery case was sent for review by a second person")
    APPROVED = "case_approved", _("A recovery case was approved and its waiting period started")
    READY = "case_ready", _("The waiting period of a recovery case ended")
    STARTED = "case_started", _("Set-up of a new password and Key started")
    COMPLETED = "case_completed", _("A recovery case was completed")
    HOLD_ENDED = "case_hold_ended", _("The holds after a recovery ended")
    REFUSED = "case_refused", _("A recovery case was not confirmed")
    STOPPED = "case_stopped", _("A recovery case was stopped after an objection")
    CLOSED = "case_closed", _("A recovery case was closed")


class ResetState(models.TextChoices):
    """The state of a password reset; recovery/policies/reset_steps.py has the legal moves."""

    EMAIL = "email", _("Waiting for the e-mailed code")
    DETAILS = "details", _("Waiting for answers or details")
    KEY = "key", _("Waiting for the Key")
    PASSWORD = "password", _("Waiting for the new password")
    DONE = "done", _("Done")
    ENDED = "ended", _("Ended with nothing changed")


class ResetEvent(models.TextChoices):
    """What the owner reads about password resets in their own record."""

    CODE_SENT = "reset_code_sent", _("Code for a new password sent by e-mail")
    PROVED = "reset_proved", _("Password reset: one step confirmed")
    FAILED = "reset_failed", _("Password reset stopped: details that did not match")
    HELP = "reset_help", _("Password reset handed over to support")


# Intermediate steps, of interest only until the next event of the case.
STEPS = frozenset(
    {
        ResetEvent.CODE_SENT,
        ResetEvent.PROVED,
        OwnerEvent.CHECKED,
        OwnerEvent.CODE_ACCEPTED,
        OwnerEvent.REVIEW,
        OwnerEvent.READY,
        OwnerEvent.STARTED,
    }
)


class CaseEvent(models.TextChoices):
    """The events in the record of a case, in the words of the desk."""

    CLAIM_OPENED = "claim_opened", _("Claim made")
    CLAIM_WITHDRAWN = "claim_withdrawn", _("A claim was withdrawn")
    BROWSER_BOUND = "browser_bound", _("The claimant opened the case page in another browser")
    PIN_REPLACED = "pin_replaced", _("The claimant got a new PIN")
    TAKEN = "taken", _("Taken from the queue")
    GIVEN_BACK = "given_back", _("Returned to the queue")
    SESSION_STARTED = "session_started", _("Reference and PIN correct; questions started")
    TAKEN_OVER = "taken_over", _("Reference and PIN correct; another agent took over")
    ANSWER_RECORDED = "answer_recorded", _("Answer recorded")
    KEY_CODE_OFFERED = "key_code_offered", _("Six digits given as an answer: may have been a Key code")
    ROUND_FINISHED = "round_finished", _("Questions finished")
    PROOF_SENT = "proof_sent", _("A proof of possession was asked for")
    PROOF_ACCEPTED = "proof_accepted", _("The claimant proved possession")
    STATEMENT_FILED = "statement_filed", _("The agent filed a statement")
    REVIEW_ASKED = "review_asked", _("Sent to a second reviewer")
    APPROVED = "approved", _("Approved; waiting period started")
    RETURNED = "returned", _("Sent back for new proof")
    REFUSED = "refused", _("Refused")
    PAPERS_RECORDED = "papers_recorded", _("Proof of identity recorded")
    PAPERS_REFUSED = "papers_refused", _("Refused: proof of identity was not convincing")
    WAIT_OVER = "wait_over", _("The waiting period ended")
    GRANT_ISSUED = (
        "grant_issued",
        _("The claimant started: first part of the set-up code on the page, second part by e-mail"),
    )
    GRANT_OPENED = "grant_opened", _("The claimant entered both parts of the set-up code")
    GRANT_LAPSED = "grant_lapsed", _("The set-up code expired; nothing changed")
    SET_UP_LEFT = "set_up_left", _("The claimant stopped before the end; nothing changed")
    COMPLETED = "completed", _("New password and new Key set; all open sign-ins ended")
    HOLD_OVER = "hold_over", _("Holds lifted")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Withdrawn by the claimant")
    OWNER_IS_BACK = "owner_is_back", _("The account holder signed in and closed the case")
    STOPPED_BY_CODE = "stopped_by_code", _("The account holder stopped it with the code from a message")
    STOPPED_SIGNED_IN = "stopped_signed_in", _("The account holder stopped it while signed in")
    # Shown only to those who may see the inside of a case.
    REVIEW_ASSIGNED = "review_assigned", _("Reviewer assigned")
    REVIEW_DECLINED = "review_declined", _("The reviewer passed; another was assigned")
    REVIEW_OPENED = "review_opened", _("Review started")
    FIRST_OF_TWO_APPROVED = "first_of_two_approved", _("First of two senior reviewers approved")
    ENDED_BY_FLAG = "ended_by_flag", _("Ended by a red flag")
    WAIT_EXTENDED = "wait_extended", _("No notice could be sent; waiting period started again")
    TOLD_LATE = "told_late", _("Notice sent late; waiting period counts from then")
    OWNER_NOT_REACHED = "owner_not_reached", _("The account holder could not be reached; proof of identity needed")
    KEY_IS_ALIVE = "key_is_alive", _("The Key reported lost was used to sign in; stopped")
    TIER_RAISED = "tier_raised", _("A second claim came in; stricter review required")
    CONTESTED_BY_DESK = "contested_by_desk", _("Stopped by the desk; someone else claims this username")
    SECOND_CLAIMANT = "second_claimant", _("Someone with another claim called in the meantime and was refused")
    REFUSAL_PROPOSED = "refusal_proposed", _("A senior reviewer proposed to refuse it; another must agree")
    CONTEST_REFUSED = "contest_refused", _("A second senior reviewer agreed to refuse it")


INSIDE = frozenset(
    {
        CaseEvent.REVIEW_ASSIGNED,
        CaseEvent.REVIEW_DECLINED,
        CaseEvent.REVIEW_OPENED,
        CaseEvent.FIRST_OF_TWO_APPROVED,
        CaseEvent.ENDED_BY_FLAG,
        CaseEvent.WAIT_EXTENDED,
        CaseEvent.TOLD_LATE,
        CaseEvent.OWNER_NOT_REACHED,
        CaseEvent.KEY_IS_ALIVE,
        CaseEvent.TIER_RAISED,
        CaseEvent.CONTESTED_BY_DESK,
        CaseEvent.SECOND_CLAIMANT,
        CaseEvent.REFUSAL_PROPOSED,
        CaseEvent.CONTEST_REFUSED,
    }
)
