"""The fixed vocabularies of recovery."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a case stands. Moves between them: policies/moves.py."""

    OPEN = "open", _("Open")
    VERIFYING = "verifying", _("Checking details")
    POSSESSION = "possession", _("Waiting for a proof of possession")
    PROOFING = "proofing", _("Waiting for identity papers")
    REVIEW = "review", _("With a second person")
    COOLING = "cooling", _("Waiting period")
    GRANT_READY = "grant_ready", _("Ready to start")
    ENROLLING = "enrolling", _("Setting up")
    HOLD = "hold", _("Done, some actions on hold")
    DONE = "done", _("Done")
    CONTESTED = "contested", _("Stopped after an objection")
    REFUSED = "refused", _("Not confirmed")
    CANCELLED = "cancelled", _("Stopped by the owner")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Ran out of time")


class Actor(models.TextChoices):
    """What kind of person, or clock, moves a case."""

    CLAIMANT = "claimant", _("Claimant")
    OWNER = "owner", _("Owner")
    AGENT = "agent", _("Agent")
    SENIOR = "senior", _("Senior reviewer")
    SYSTEM = "system", _("System")
    CLOCK = "clock", _("Clock")


class CaseKind(models.TextChoices):
    """A real case, or one for a name nobody has. Shown to auditors alone."""

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
    """Where the system takes the right answer from."""

    PERSONAL = "P", _("Personal details")
    APPLICATION = "A", _("Account application")
    ACTIVITY = "R", _("Recent activity")
    QUESTION = "S", _("Security questions")


class Outcome(models.TextChoices):
    """What one check came to. Nobody on the phone ever sees it."""

    MET = "met", _("Met")
    NOT_MET = "not_met", _("Not met")
    UNKNOWN = "unknown", _("Not remembered")
    VOID = "void", _("Does not count")


class Family(models.TextChoices):
    """Channels that fall together: whoever takes one of a family has them all, so two of them count as one."""

    MAIL = "mail", _("E-mail")


class FlagKind(models.TextChoices):
    """A fact that speaks against a case."""

    CALL_WITHOUT_PAGE = "call_without_page", _("Opened by phone, without the page")
    COMPETING = "competing", _("More than one claim")
    REFUSED_LATELY = "refused_lately", _("A case was refused in the past 30 days")
    OBSERVED = "observed", _("The agent noticed pressure or prompting")
    KEY_CODE_OFFERED = "key_code_offered", _("A Key code was offered instead of a recovery code")
    DETAILS_WRONG = "details_wrong", _("Personal details were wrong")
    DECOYS_TAKEN = "decoys_taken", _("Confirmed events that never happened")
    DURESS = "duress", _("The agent raised a silent alarm")


class Severity(models.TextChoices):
    """Amber slows a case down, red ends its ordinary way."""

    AMBER = "amber", _("Amber")
    RED = "red", _("Red")


class Observed(models.TextChoices):
    """What an agent may note about a call."""

    PROMPTED = "prompted", _("Somebody prompted the caller")
    READING = "reading", _("The caller read answers aloud")
    PRESSURE = "pressure", _("The caller pressed for speed")
    ASKED_WHICH = "asked_which", _("The caller asked which answer was wrong")
    PROCESS = "process", _("The caller asked how the checks work")
    LANGUAGE = "language", _("A language aid was used")
    ACCESS = "access", _("The caller needs more time")
    DURESS = "duress", _("Silent alarm: the caller seems to be forced")


class Verdict(models.TextChoices):
    """What a second person decided."""

    PENDING = "pending", _("Not decided")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
    RETURNED = "returned", _("Returned")
    DROPPED = "dropped", _("No longer needed")


class Basis(models.TextChoices):
    """On which grounds a case may be approved."""

    NONE = "", _("Not complete")
    CODES = "S", _("Codes to registered channels")


class Scope(models.TextChoices):
    """What is held for a while after a recovery."""

    WITHDRAW = "withdraw", _("Withdrawals")
    TRANSFER_OUT = "transfer_out", _("Transfers out")
    BANK = "bank", _("Bank details")
    CONTACT = "contact", _("Contact details")
    NEW_KEY = "new_key", _("Setting up further Keys")
    API_TOKEN = "api_token", _("Access for programs")
    IP_RULE = "ip_rule", _("Network rules")
    TRADE_RISK = "trade_risk", _("Opening risky positions")


class WaitingOn(models.TextChoices):
    """Who owes the next step."""

    CLAIMANT = "claimant", _("You")
    AGENT = "agent", _("An agent")
    SENIOR = "senior", _("A second person")
    CLOCK = "clock", _("Nobody: a waiting period runs")
    NOBODY = "nobody", _("Nobody")


class Prompt(models.TextChoices):
    """What is asked: the words the agent reads out, or the claimant reads."""

    BIRTH_DATE = "birth_date", _("What is your full date of birth?")
    ADDRESS = "address", _("What are the house number and the postcode of your registered address?")
    OPENED = "opened", _("In which month and year did you open the account?")
    EMPLOYER = "employer", _("Who was your employer when you applied?")
    FIRST_BANK = "first_bank", _("Which bank did you link first?")
    TAX_COUNTRY = "tax_country", _("Which country did you give for tax?")
    EXPERIENCE = "experience", _("How many years of experience did you state?")
    ORDER_INSTRUMENT = "order_instrument", _("Your last order in the past 90 days: which instrument? Or none?")
    ORDER_AMOUNT = "order_amount", _("Your last order in the past 90 days: roughly what amount? Or none?")
    DEPOSIT_AMOUNT = "deposit_amount", _("Your last deposit in the past 90 days: roughly what amount? Or none?")
    WITHDRAWAL_AMOUNT = (
        "withdrawal_amount",
        _("Your last withdrawal in the past 90 days: roughly what amount? Or none?"),
    )
    TRANSFER_AMOUNT = "transfer_amount", _("Your last transfer out in the past 90 days: roughly what amount? Or none?")
    PHONE_ORDER = "phone_order", _("Your last order by telephone in the past 90 days: which instrument? Or none?")
    QUESTION = "question", _("Your security question")


class OwnerEvent(models.TextChoices):
    """What the owner of a log-in reads on their own record about a case."""

    OPENED = "case_opened", _("Somebody asked to get back into this account")
    CHECKED = "case_checked", _("Support asked questions in a recovery case")
    CODE_ACCEPTED = "case_code_accepted", _("A code sent by e-mail was used in a recovery case")
    REVIEW = "case_review", _("A recovery case went to a second person")
    APPROVED = "case_approved", _("A recovery case was approved, and its waiting period began")
    READY = "case_ready", _("The waiting period of a recovery case ended")
    STARTED = "case_started", _("Setting up a new password and Key was started")
    COMPLETED = "case_completed", _("A recovery case was completed")
    HOLD_ENDED = "case_hold_ended", _("What was on hold after a recovery was opened again")
    REFUSED = "case_refused", _("A recovery case was not confirmed")
    STOPPED = "case_stopped", _("A recovery case was stopped after an objection")
    CLOSED = "case_closed", _("A recovery case was closed")


# What is news only until the next event of its case.
STEPS = frozenset(
    {
        OwnerEvent.CHECKED,
        OwnerEvent.CODE_ACCEPTED,
        OwnerEvent.REVIEW,
        OwnerEvent.READY,
        OwnerEvent.STARTED,
    }
)


class CaseEvent(models.TextChoices):
    """What the record of a case holds, in the words of the desk."""

    CLAIM_OPENED = "claim_opened", _("A claim was made")
    CLAIM_WITHDRAWN = "claim_withdrawn", _("One of the claims was withdrawn")
    BROWSER_BOUND = "browser_bound", _("The claimant opened the page in another browser")
    PIN_REPLACED = "pin_replaced", _("The claimant took a new PIN")
    TAKEN = "taken", _("Taken from the queue")
    GIVEN_BACK = "given_back", _("Given back to the queue")
    SESSION_STARTED = "session_started", _("Reference and PIN were right; the questions began")
    TAKEN_OVER = "taken_over", _("Reference and PIN were right; another agent went on")
    ANSWER_RECORDED = "answer_recorded", _("An answer was recorded")
    KEY_CODE_OFFERED = "key_code_offered", _("Six digits were offered as an answer: it may have been a Key code")
    ROUND_FINISHED = "round_finished", _("The questions ended")
    PROOF_SENT = "proof_sent", _("A proof of possession was asked for")
    PROOF_ACCEPTED = "proof_accepted", _("The claimant proved possession")
    STATEMENT_FILED = "statement_filed", _("The agent filed a statement")
    REVIEW_ASKED = "review_asked", _("Went to a second person")
    APPROVED = "approved", _("Approved: the waiting period began")
    RETURNED = "returned", _("Sent back for another proof")
    REFUSED = "refused", _("Refused")
    PAPERS_RECORDED = "papers_recorded", _("Identity papers were shown")
    PAPERS_REFUSED = "papers_refused", _("Refused: the papers did not convince")
    WAIT_OVER = "wait_over", _("The waiting period ended")
    GRANT_ISSUED = "grant_issued", _("The claimant began: half a pass on the page, half by e-mail")
    GRANT_OPENED = "grant_opened", _("The claimant put both halves of the pass together")
    GRANT_LAPSED = "grant_lapsed", _("The pass ran out; nothing was changed")
    SET_UP_LEFT = "set_up_left", _("The claimant left before the end; nothing was changed")
    COMPLETED = "completed", _("New password and new Key; everything open was ended")
    HOLD_OVER = "hold_over", _("What was held is free again")
    EXPIRED = "expired", _("Ran out of time")
    WITHDRAWN = "withdrawn", _("Withdrawn by the claimant")
    OWNER_IS_BACK = "owner_is_back", _("The owner found their own way in and closed it")
    STOPPED_BY_CODE = "stopped_by_code", _("The owner stopped it with the code of a notice")
    STOPPED_SIGNED_IN = "stopped_signed_in", _("The owner stopped it while signed in")
    # What only those who see into a case read: INSIDE.
    REVIEW_ASSIGNED = "review_assigned", _("A second person was drawn")
    REVIEW_DECLINED = "review_declined", _("The second person gave it back: another one is drawn")
    REVIEW_OPENED = "review_opened", _("The review was begun")
    FIRST_OF_TWO_APPROVED = "first_of_two_approved", _("The first of two seniors approved")
    ENDED_BY_FLAG = "ended_by_flag", _("A red flag ended it")
    WAIT_EXTENDED = "wait_extended", _("No notice got out: the wait begins once more")
    TOLD_LATE = "told_late", _("The notice got out late: the wait counts from then")
    OWNER_NOT_REACHED = "owner_not_reached", _("The owner could not be reached: papers are needed")
    KEY_IS_ALIVE = "key_is_alive", _("The Key that was said to be lost signed in: stopped")
    TIER_RAISED = "tier_raised", _("A second claim came in: the review is to be more careful")
    CONTESTED_BY_DESK = "contested_by_desk", _("Stopped by the desk: somebody else claims this log-in")
    SECOND_CLAIMANT = "second_claimant", _("Somebody with another claim called meanwhile, and was refused")
    REFUSAL_PROPOSED = "refusal_proposed", _("A senior wants to refuse it; another one has to agree")
    CONTEST_REFUSED = "contest_refused", _("A second senior agreed to refuse it")


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
