"""What an honest caller of the cast answers, from what the file says of them."""

from accounts.demo.cast import Account, Activity, Login, Person, moment
from accounts.enums import ActivityKind, MandateRole
from portal.lib import clock
from recovery.enums import Prompt
from recovery.models import PlanItem

FORGOTTEN = "do not know"
_NEVER = "none"
_EVENTS: dict[str, tuple[ActivityKind, str]] = {
    Prompt.ORDER_INSTRUMENT: (ActivityKind.ORDER, "instrument"),
    Prompt.ORDER_AMOUNT: (ActivityKind.ORDER, "amount"),
    Prompt.DEPOSIT_AMOUNT: (ActivityKind.DEPOSIT, "amount"),
    Prompt.WITHDRAWAL_AMOUNT: (ActivityKind.WITHDRAWAL, "amount"),
    Prompt.TRANSFER_AMOUNT: (ActivityKind.TRANSFER, "amount"),
}


def answer(item: PlanItem, person: Person, login: Login) -> str:
    """Return the answer to a question, "none" for what never happened, or that they do not know."""
    if item.prompt == Prompt.QUESTION:
        return next((known.answer for known in login.questions if known.question == item.question), FORGOTTEN)
    if item.prompt in _EVENTS:
        return _of_newest(person, login, *_EVENTS[item.prompt])
    if item.prompt == Prompt.PHONE_ORDER:
        return _NEVER
    return details(person, login).get(item.prompt) or FORGOTTEN


def details(person: Person, login: Login) -> dict[str, str]:
    """Return the details on file by the name of their question."""
    return {
        "birth_date": person.birth_date.isoformat(),
        "address": ", ".join(filter(None, (person.address.get("line1"), person.address.get("postcode")))),
        "account_number": next((account.number for account in own_accounts(login)), ""),
        "phone": person.phone,
        "middle_name": person.names.middle,
        **person.application,
    }


def own_accounts(login: Login) -> list[Account]:
    """Return the accounts that this log-in owns, not those of clients."""
    return [account for account in login.accounts if account.role == MandateRole.OWNER]


def own_activity(person: Person, login: Login) -> list[Activity]:
    """Return what the customer did on accounts of this log-in, newest first."""
    mine, now = {account.number for account in own_accounts(login)}, clock.now()
    done = [item for item in person.activity if item.own and item.account in mine]
    return sorted(done, key=lambda item: moment(item.at, now=now), reverse=True)


def _of_newest(person: Person, login: Login, kind: ActivityKind, field: str) -> str:
    newest = next((item for item in own_activity(person, login) if item.kind == kind), None)
    said = str(getattr(newest, field) or "") if newest else _NEVER
    return said if field == "instrument" or newest is None else f"about {said}"
