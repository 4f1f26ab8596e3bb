"""What a demo prints of its people: a line of each log-in, and all that is on file of one."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from textwrap import wrap

from accounts.demo.cast import Cast, Invitation, Key, Login, Person, State, moment, reference_of
from accounts.enums import Realm
from accounts.policies.keys import totp
from accounts.security_questions import words_of

WIDTH = 100  # of a terminal
_STATES = {State.ACTIVE: "", State.NO_KEY: ", no Key yet", State.LOCKED: ", sign-in paused"}
Row = Sequence[str]


def log_ins(cast: Cast, *, now: datetime) -> Iterator[str]:
    """Yield a table of all log-ins, with the code of each Key."""
    head = ("username", "password", "code now", "who")
    rows = [(login.username, login.password, codes_of(login, now), who) for login, who in _who(cast)]
    yield from table([head, *rows])


def table(rows: Sequence[Row]) -> Iterator[str]:
    """Yield lines with each column as wide as it needs to be."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  " + "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()


def item(text: str, *, mark: str = "- ") -> Iterator[str]:
    """Yield a list item, wrapped to the width of a terminal."""
    yield from wrap(
        text,
        WIDTH,
        initial_indent=mark,
        subsequent_indent=" " * len(mark),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _who(cast: Cast) -> Iterator[tuple[Login, str]]:
    for person in cast.people():
        for login in (person, *person.log_ins):
            who = person.names.given + " " + person.names.family if login is person else f"also {person.username}'s"
            count = len(login.all_accounts())
            realm = ", paper" if login.realm == Realm.PAPER else ""
            yield login, f"{who}, {count} account{'s' if count != 1 else ''}{realm}{_STATES[login.state]}"
    for member in cast.staff:
        yield member, f"staff: {member.role.label.lower()}"


def to_try(cast: Cast) -> Iterator[str]:
    """Yield what there is to be tried with the people of this cast."""
    yield "A phone, or a second browser, becomes a Key at /key/: the Security page sets one up for it."
    for login in cast.logins():
        if login.backup_codes:
            codes = ", ".join(login.backup_codes)
            yield f"Backup codes of {login.username}, in the place of a code, each once: {codes}"
        for key in login.keys:
            yield from _of_key(login.username, key)
    for person in cast.people():
        if without_key := [login for login in (person, *person.log_ins) if not login.keys]:
            yield f"{without_key[0].username} sets up the first Key with a code from var/mail/ and what is on file"
        if without := sum(not login.keys for login in person.log_ins):
            yield f"{person.username} has {without} more log-ins without a Key: one phone can take them all"
        yield from _waiting(person)
    yield from map(_invited, cast.invitations)


def _invited(invitation: Invitation) -> str:
    codes = f"{invitation.told_part} and {invitation.mailed_part}"
    return (
        f"{invitation.username} is invited as {invitation.role.label.lower()}: at /invitation/, with the codes {codes}"
    )


def _waiting(person: Person) -> Iterator[str]:
    if person.network_request is not None:
        yield f"{person.username} asks support for other networks: one of staff verifies it, a senior decides"
    if person.report:
        yield f"{person.username} has reported something: an agent or senior closes it"


def _of_key(username: str, key: Key) -> Iterator[str]:
    if key.clock_offset:
        pace = "fast" if key.clock_offset > 0 else "slow"
        yield (
            f"The phone of {username} is {abs(key.clock_offset)} seconds {pace}; what it shows and the portal refuses: "
            f"manage.py portal_demo_code {username} --offset {key.clock_offset}"
        )
    if key.on_phone:
        reference = reference_of(key.on_phone)
        yield f"{key.name} of {username} approves requests; the reference of this phone is {reference}"


def codes_of(login: Login, now: datetime) -> str:
    """Return the codes that the Keys of a log-in show now."""
    return " ".join(_code(key, now) for key in login.keys)


def _code(key: Key, now: datetime) -> str:
    return totp.at_step(totp.decode_secret(key.totp_secret), totp.step_at(now.timestamp()))


def facts_of(login: Login, person: Person | None, *, now: datetime) -> Iterator[tuple[str, str]]:
    """Yield all that is on file of a log-in and its person, each fact with its name."""
    yield "username", login.username
    yield "password", login.password
    yield from (("code now", f"{_code(key, now)}  {key.name}") for key in login.keys)
    yield from (("backup code", code) for code in login.backup_codes)
    yield "e-mail", login.email
    if person:
        yield from _of_person(person)
        yield from _of_accounts(login, person, now=now)
    for known in login.questions:
        yield f"{words_of(known.question).rstrip('?')}?", known.answer


def _of_person(person: Person) -> Iterator[tuple[str, str]]:
    names = person.names
    yield "name", " ".join(filter(None, (names.given, names.middle, names.family)))
    if names.middle:
        yield "middle name", names.middle
    yield "birth date", person.birth_date.isoformat()
    if person.phone:
        yield "phone", person.phone
    if person.address:
        yield "address", ", ".join(person.address.values())
    yield from ((name.replace("_", " "), said) for name, said in person.application.items())
    yield from (("network", network) for network in person.networks)


def _of_accounts(login: Login, person: Person, *, now: datetime) -> Iterator[tuple[str, str]]:
    for account in login.accounts:
        yield "account", f"{account.number}  {account.kind}, {account.net_value} {account.currency}"
    if login.clients:
        numbers = [account.number for account in login.all_accounts()[-login.clients :]]
        yield "clients", f"{len(numbers)}: {numbers[0]} to {numbers[-1]}"
    mine = {account.number for account in login.accounts}
    done = [item for item in person.activity if item.account in mine]
    for event in sorted(done, key=lambda one: moment(one.at, now=now), reverse=True):
        what = " ".join(filter(None, (event.instrument, event.amount, event.currency)))
        name = str(event.kind) if event.own else f"{event.kind} (not own)"
        yield name, f"{what}  {moment(event.at, now=now):%d %B %Y} on {event.account}"


def sheet(facts: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Yield one line for each fact, security questions last."""
    plain = [(name, said) for name, said in facts if not name.endswith("?")]
    widest = max(len(name) for name, _said in plain)
    for name, said in plain:
        yield from item(said, mark=f"  {name:{widest}}  ")
    yield from table([(name, said) for name, said in facts if name.endswith("?")])
