"""Every step of an enrolment from every state, moves to a new phone, many log-ins at once, and races."""

import itertools

import pytest

from accounts.actions import purging
from accounts.actions.keys import key_revocation
from accounts.actions.keys.enrolment import rows, steps
from accounts.enums import Action, EndReason, EnrolmentState
from accounts.models import Enrolment, Key, Phone, User
from accounts.policies.keys import enrolment as moves
from accounts.policies.keys import totp
from accounts.refusals import CodeWrong, EnrolmentOver, PairingCodeWrong, PairingOver, Refusal
from portal.audit import hash_chain
from portal.audit.models import SecurityEvent
from portal.outbox.models import Notice
from tests import factories
from tests.accounts.enrolment_walk import ADD, ORIGIN, TRANSFER, Walk, code_of, first, now
from tests.factories import Person
from tests.phone import new_key, public_half
from tests.phones import paired, row_of
from tests.races import at_once, done

pytestmark = pytest.mark.django_db(transaction=True)


def moving(person: Person) -> Walk:
    phone = row_of(paired(person))
    return Walk(person.user, TRANSFER, old_phone=phone, ticket=phone.reference)


# --- Every state x every step ------------------------------------------------------------------------------

STEPS = ["mailed", "detailed", "renewed", "claimed", "matched", "fetched", "a code", "a code by the API", "given up"]
EMAIL, DETAILS, WAITING, CLAIMED, MATCHED, DONE, ENDED = EnrolmentState
OPEN: dict[EnrolmentState, dict[str, EnrolmentState]] = {
    EMAIL: {"mailed": DETAILS, "given up": ENDED},
    DETAILS: {"detailed": WAITING, "given up": ENDED},
    WAITING: {"renewed": WAITING, "claimed": CLAIMED, "a code": DONE, "given up": ENDED},
    CLAIMED: {"renewed": WAITING, "matched": MATCHED, "given up": ENDED},
    MATCHED: {"fetched": MATCHED, "a code": DONE, "given up": ENDED},
    DONE: {},
    ENDED: {},
}


def walk_to(state: EnrolmentState, ben: Person) -> Walk:
    """Take a first enrolment to a state by the shortest way."""
    walk = first(ben)
    ways = {
        EMAIL: ["begun"],
        DETAILS: ["begun", "mailed"],
        WAITING: ["opened", "renewed"],
        CLAIMED: ["opened", "renewed", "claimed"],
        MATCHED: ["opened", "renewed", "claimed", "matched"],
        DONE: ["paired", "confirmed"],
        ENDED: ["opened", "renewed"],
    }
    for way in ways[state]:
        getattr(walk, way)()
    if state == ENDED:
        steps.give_up(origin=ORIGIN, **walk.owned)
    assert walk.state == state
    return walk


def take(walk: Walk, step: str) -> None:
    """Take one step with everything right that it could need."""
    items = list(walk.enrolment.items.all())
    code = code_of(items[0].secret or next(iter(walk.seeds.values()), "A" * 32))
    phone = Phone.objects.filter(enrolments=walk.enrolment).first() or row_of(paired(factories.customer("other")))
    if step == "given up":
        steps.give_up(origin=ORIGIN, **walk.owned)
    elif step == "a code":
        steps.confirm_on_web(code=code, name="x", origin=ORIGIN, **walk.owned)
    elif step == "a code by the API":
        shown = {items[0].public_id: code}
        steps.prove_on_phone(enrolment=walk.enrolment, phone=phone, codes=shown, origin=ORIGIN, now=now())
    elif step == "fetched":
        if not steps.fetch(enrolment=walk.enrolment, phone=phone, now=now()):
            raise PairingOver
    else:
        getattr(walk, step)()


@pytest.mark.promise("KEY-4", "KEY-5")
@pytest.mark.parametrize(("state", "step"), list(itertools.product(EnrolmentState, STEPS)))
def test_from_each_state_only_the_documented_steps_lead_on(clock, ben, state, step):
    walk = walk_to(state, ben)
    keys = Key.objects.filter(user=ben.user).count()

    try:
        take(walk, step)
        leads_to = walk.state
    except Refusal:
        leads_to = None
        assert (walk.state, Key.objects.filter(user=ben.user).count()) == (state, keys)

    assert leads_to == OPEN[state].get(step)


def test_the_matrix_knows_every_move_of_the_table():
    shown = {(state, leads_to) for state, steps in OPEN.items() for leads_to in steps.values()}

    assert shown == {(state, leads_to) for (state, step), leads_to in moves.MOVES.items() if step != "prove-added"}


def test_a_renewed_code_forgets_the_phone_that_came_and_its_number(clock, ben):
    walk = first(ben).opened().renewed().claimed()
    came, old = walk.phone, walk.pairing_code

    walk.renewed()

    enrolment = Enrolment.objects.get()
    assert (enrolment.phone, enrolment.number) == (None, "")
    with pytest.raises(PairingOver):
        steps.fetch(enrolment=enrolment, phone=came, now=now())
    with pytest.raises(PairingCodeWrong):
        steps.claim(
            code=old,
            phone=came,
            attempt=steps.reserve_pairing(origin=ORIGIN, now=now()),
            version="1.0",
            origin=ORIGIN,
            now=now(),
        )
    walk.claimed().matched().fetched().confirmed()


# --- A move to a new phone ------------------------------------------------------------------------------------


@pytest.mark.promise("KEY-8", "KEY-1")
def test_a_move_takes_every_key_of_the_old_phone_at_once(clock, ada, mallory):
    old = row_of(paired(ada, mallory))
    walk = Walk(ada.user, TRANSFER, old_phone=old, ticket=old.reference)

    walk.opened().renewed().claimed().matched().fetched().proved()

    moved = Key.objects.filter(phone=walk.phone)
    assert {key.user.username: key.secret for key in moved} == walk.seeds
    assert set(old.keys.values_list("confirmed", "end_reason")) == {(False, EndReason.MOVED)}
    old.refresh_from_db()
    assert (old.end_reason, walk.state) == (EndReason.MOVED, DONE)
    for person in (ada, mallory):
        assert SecurityEvent.objects.filter(subject=person.user, action=Action.KEY_MOVED).count() == 1
        assert Notice.objects.filter(user=person.user, kind="key_moved").count() == 1
    assert all(key.last_step == totp.step_at(now().timestamp()) for key in moved)


def test_one_wrong_code_moves_nothing(clock, ada, mallory):
    old = row_of(paired(ada, mallory))
    walk = Walk(ada.user, TRANSFER, old_phone=old, ticket=old.reference)
    walk.opened().renewed().claimed().matched()
    one, two = rows.items_of(walk.enrolment)
    shown = {one.public_id: code_of(one.secret), two.public_id: "000000"}

    for given in (shown, {one.public_id: shown[one.public_id]}, {}):
        with pytest.raises(CodeWrong):
            steps.prove_on_phone(enrolment=walk.enrolment, phone=walk.phone, codes=given, origin=ORIGIN, now=now())
    assert old.keys.filter(confirmed=True).count() == 2


def test_the_key_of_a_log_in_on_hold_stays_on_the_old_phone(clock, ada, mallory):
    old = row_of(paired(ada, mallory))
    walk = Walk(ada.user, TRANSFER, old_phone=old, ticket=old.reference)
    walk.opened().renewed().claimed().matched().fetched()
    User.objects.filter(pk=mallory.user.pk).update(suspended_at=now())

    walk.proved()

    old.refresh_from_db()
    assert list(old.keys.filter(confirmed=True).values_list("user__username", flat=True)) == ["mallory"]
    assert old.ended_at is None


def test_a_lost_phone_cannot_be_moved_any_more(clock, ada):
    walk = moving(ada)
    walk.opened().renewed().claimed().matched().fetched()
    key_revocation.report_lost(phone=walk.old_phone, by=ada.user, origin=ORIGIN, now=now())

    with pytest.raises(PairingOver):
        walk.proved()
    assert not Key.objects.filter(phone=walk.phone).exists()


def test_the_old_phone_cannot_come_to_its_own_move_and_the_web_cannot_finish_it(clock, ada):
    walk = moving(ada).opened().renewed()

    with pytest.raises(PairingCodeWrong):
        walk.claimed(phone=walk.old_phone)
    walk.claimed().matched().fetched()
    with pytest.raises(EnrolmentOver):
        walk.confirmed()


# --- At the same moment ---------------------------------------------------------------------------------------


@pytest.mark.race
@pytest.mark.promise("KEY-1")
def test_of_twenty_confirmations_at_once_one_makes_the_keys(clock, ada, settings):
    settings.PORTAL_FAILURE_LIMIT = 10
    User.objects.create(username="ada-two", customer=ada.user.customer, password="x", email="x@example.test")
    walk = Walk(ada.user, ADD, also=[User.objects.get(username="ada-two")]).paired()
    code = code_of(walk.seeds["ada"])

    results = at_once(*[lambda: steps.confirm_on_web(code=code, origin=ORIGIN, **walk.owned)] * 20)

    assert done(results) == 1
    assert Key.objects.filter(phone=walk.phone).count() == 2
    assert list(hash_chain.faults()) == []


@pytest.mark.race
@pytest.mark.promise("KEY-5")
def test_of_ten_phones_that_come_with_one_code_one_is_let_in(clock, ben):
    walk = first(ben).opened().renewed()

    def come() -> object:
        key = public_half(new_key())
        attempt = steps.reserve_pairing(origin=ORIGIN, now=now())
        return steps.claim(
            code=walk.pairing_code,
            attempt=attempt,
            public_key=key,
            name="x",
            version="1.0",
            origin=ORIGIN,
            now=now(),
        )

    results = at_once(*[come] * 10)

    assert done(results) == 1
    assert Phone.objects.count() == 1


@pytest.mark.race
@pytest.mark.promise("KEY-8")
def test_of_ten_proofs_of_one_move_one_moves(clock, ada, settings):
    settings.PORTAL_FAILURE_LIMIT = 10
    walk = moving(ada).opened().renewed().claimed().matched().fetched()
    (item,) = rows.items_of(walk.enrolment)
    shown, phone = {item.public_id: code_of(item.secret)}, walk.phone

    def prove() -> object:
        return steps.prove_on_phone(enrolment=walk.enrolment, phone=phone, codes=shown, origin=ORIGIN, now=now())

    results = at_once(*[prove] * 10)

    assert done(results) == 1
    assert Key.objects.filter(phone=phone, confirmed=True).count() == 1


# --- What is left over ------------------------------------------------------------------------------------------


def test_an_enrolment_and_a_phone_that_came_to_nothing_are_purged(clock, ben, ada):
    first(ben).opened().renewed().claimed()
    kept = row_of(paired(ada))
    clock.move(hours=25)

    gone = dict(purging.purge(now=now()))

    assert (gone["enrolments that are over"], gone["phones that never got a Key"]) == (1, 1)
    assert list(Phone.objects.all()) == [kept]


def test_nothing_is_purged_while_it_may_still_be_finished(clock, ben):
    first(ben).opened().renewed().claimed()

    assert dict(purging.purge(now=now()))["phones that never got a Key"] == 0
    assert Enrolment.objects.count() == 1
