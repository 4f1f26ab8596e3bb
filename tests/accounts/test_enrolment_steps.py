"""Setting up a Key: every step through its action, and nothing past the table of moves."""

import pytest

from accounts.actions import sessions
from accounts.actions.authenticators.security_answers import set_answers
from accounts.actions.keys import key_codes
from accounts.actions.keys.enrolment import identity_proofing, rows, steps
from accounts.enums import Action, CodePurpose, EndReason, EnrolmentState, KeyKind
from accounts.models import EnrolmentItem, Key, Phone, User
from accounts.refusals import (
    CodeUsed,
    CodeWrong,
    DetailsWrong,
    EmailedCodeWrong,
    EnrolmentOver,
    NothingToAsk,
    OtherWayKnown,
    PairingCodeWrong,
    PairingOver,
    Suspended,
    TooManyKeys,
    TooOften,
)
from portal.audit.models import SecurityEvent
from portal.outbox.models import Notice
from portal.throttle.reserve import locked_until
from tests import buckets
from tests.accounts.enrolment_walk import ADD, ORIGIN, Walk, code_of, first, mailed_code, now
from tests.phones import paired, row_of

pytestmark = pytest.mark.django_db(transaction=True)


def recorded(user: User) -> list[str]:
    return list(SecurityEvent.objects.filter(subject=user).order_by("n").values_list("action", flat=True))


def live_keys(user: User) -> list[Key]:
    return list(Key.objects.filter(user=user, confirmed=True).order_by("pk"))


# --- The whole way ------------------------------------------------------------------------------------


@pytest.mark.promise("KEY-4", "KEY-5")
def test_a_first_key_takes_mail_details_a_phone_equal_numbers_and_a_code(clock, ben):
    walk = first(ben).paired().confirmed()

    (made,) = live_keys(ben.user)
    assert (made.name, made.kind, made.phone) == ("Ben's Pixel", KeyKind.PHONE, walk.phone)
    assert made.secret == walk.seeds["ben"]
    assert walk.state == EnrolmentState.DONE
    assert recorded(ben.user) == [
        Action.ENROLMENT_STARTED,
        Action.CODE_SENT,
        Action.CODE_ACCEPTED,
        Action.ENROLMENT_PROVED,
        Action.ENROLMENT_PROVED,
        Action.PHONE_PAIRED,
        Action.PHONE_MATCHED,
        Action.KEY_ENROLLED,
    ]
    assert list(Notice.objects.filter(user=ben.user).values_list("kind", flat=True)) == ["code", "key_added"]


def test_the_public_id_of_a_key_is_known_to_the_phone_before_it_lives(clock, ben):
    walk = first(ben).paired()
    (item,) = rows.items_of(walk.enrolment)

    walk.confirmed()

    assert live_keys(ben.user)[0].public_id == item.public_id


def test_a_plain_authenticator_app_is_proved_by_its_code(clock, ben):
    walk = first(ben).opened()
    (item,) = rows.items_of(walk.enrolment)

    steps.confirm_on_web(code=code_of(item.secret), name="Some app", origin=ORIGIN, **walk.owned)

    (made,) = live_keys(ben.user)
    assert (made.name, made.kind, made.phone) == ("Some app", KeyKind.APP, None)


@pytest.mark.promise("KEY-1")
@pytest.mark.parametrize("purpose", CodePurpose)
def test_the_code_that_finished_an_enrolment_opens_nothing_else(clock, ben, purpose):
    walk = first(ben).paired()
    code = code_of(walk.seeds["ben"])
    walk.confirmed()

    with pytest.raises(CodeUsed):
        key_codes.spend_code(user=ben.user, code=code, purpose=purpose, origin=ORIGIN, now=now())
    key_codes.spend_code(
        user=ben.user, code=code_of(walk.seeds["ben"], steps=1), purpose=purpose, origin=ORIGIN, now=now()
    )


def test_one_more_key_takes_the_mail_alone_and_leaves_the_other_one(clock, ada):
    Walk(ada.user, ADD).paired().confirmed()

    assert [made.kind for made in live_keys(ada.user)] == [KeyKind.APP, KeyKind.PHONE]


def test_the_other_phones_of_a_log_in_are_told(clock, ada):
    other = row_of(paired(ada))
    other.subscription = {"endpoint": "https://push.example.test/1", "p256dh": "x", "auth": "x"}
    other.save()

    Walk(ada.user, ADD).paired().confirmed()

    (told,) = Notice.objects.filter(user=ada.user, channel="push")
    assert (told.kind, told.target) == ("key_added", other.reference)


def test_staff_add_a_key_without_a_customer_record(clock, agent):
    Walk(agent.user, ADD).paired().confirmed()

    assert len(live_keys(agent.user)) == 2


def test_a_known_phone_takes_the_key_of_another_log_in(clock, ben, ada):
    phone = row_of(paired(ada))

    first(ben).paired(phone=phone).confirmed()

    assert Phone.objects.count() == 1
    assert set(phone.keys.values_list("user__username", flat=True)) == {"ada", "ben"}


def test_a_key_set_up_again_on_the_same_phone_takes_the_older_ones_place(clock, ada):
    phone = row_of(paired(ada))
    older = phone.keys.get()

    Walk(ada.user, ADD).paired(phone=phone).confirmed()

    older.refresh_from_db()
    assert (older.confirmed, older.end_reason) == (False, EndReason.TURNED_OFF)
    assert phone.keys.filter(confirmed=True).count() == 1


def test_seeds_of_what_is_over_are_wiped(clock, ben):
    done, ended = first(ben).paired(), None
    assert EnrolmentItem.objects.get().secret
    done.confirmed()
    Key.objects.all().delete()
    ended = first(ben).opened()
    steps.give_up(origin=ORIGIN, **ended.owned)

    assert [item.secret for item in EnrolmentItem.objects.all()] == ["", ""]


# --- Who may begin --------------------------------------------------------------------------------------


def test_a_first_key_is_for_a_log_in_without_any(clock, ada):
    with pytest.raises(EnrolmentOver):
        first(ada).begun()


def test_whoever_has_a_backup_code_signs_in_with_it_instead(clock, ben):
    ben.user.backupcode_set.create(name="", digest="d", parameters="p", created_at=now())

    with pytest.raises(OtherWayKnown):
        first(ben).begun()


def test_a_log_in_on_hold_sets_up_nothing(clock, ben):
    User.objects.filter(pk=ben.user.pk).update(suspended_at=now())

    with pytest.raises(Suspended):
        first(ben).begun()


def test_a_hold_in_the_middle_stops_the_end(clock, ben):
    walk = first(ben).paired()
    User.objects.filter(pk=ben.user.pk).update(suspended_at=now())

    with pytest.raises(Suspended):
        walk.confirmed()
    assert live_keys(ben.user) == []


def test_ten_keys_are_enough(clock, ada):
    Key.objects.bulk_create(Key(user=ada.user, name="x", secret="A" * 32, confirmed=True) for _ in range(9))

    with pytest.raises(TooManyKeys):
        Walk(ada.user, ADD).begun()


def test_a_new_enrolment_ends_the_older_one_of_the_same_purpose(clock, ben):
    older = first(ben).opened()

    first(ben, ticket="another").begun()

    assert older.state == EnrolmentState.ENDED


# --- Further proof ----------------------------------------------------------------------------------------


@pytest.mark.promise("KEY-4")
def test_security_answers_are_asked_where_two_are_on_file(clock, ben):
    set_answers(ben.user, {"first_school": "Harbour Primary", "first_pet": "Biscuit", "birth_town": "Bath"})
    walk = first(ben).begun().mailed()

    assert identity_proofing.questions_for(ben.user) == ("birth_town", "first_pet")
    walk.given = {"birth_town": " bath ", "first_pet": "BISCUIT"}
    assert walk.detailed().state == EnrolmentState.OPEN


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"birth_town": "Bath", "first_pet": ""},
        {"birth_town": "", "first_pet": "Biscuit"},
        {"birth_town": "Biscuit", "first_pet": "Bath"},
        {"birth_date": "1985-12-10", "detail": "SW1Y 4JH"},
    ],
)
def test_half_an_answer_is_none_and_details_do_not_stand_in(clock, ben, given):
    set_answers(ben.user, {"first_pet": "Biscuit", "birth_town": "Bath"})
    walk = first(ben).begun().mailed()
    walk.given = given

    with pytest.raises(DetailsWrong):
        walk.detailed()


def test_wrong_answers_have_a_limit_and_then_a_wait(clock, ben, settings):
    settings.PORTAL_FAILURE_LIMIT = 3
    walk = first(ben).begun().mailed()
    walk.given = {"birth_date": "1985-12-11", "detail": "x"}

    left = []
    for _ in range(2):
        with pytest.raises(DetailsWrong) as refused:
            walk.detailed()
        left.append(refused.value.facts["tries_left"])
    with pytest.raises(TooOften):
        walk.detailed()
    walk.given = first(ben).given
    with pytest.raises(TooOften):
        walk.detailed()

    assert left == [2, 1]
    clock.move(minutes=16)
    assert walk.detailed().state == EnrolmentState.OPEN


def test_with_nothing_on_file_one_calls_us(clock, ben):
    walk = first(ben)
    ben.user.mandates.all().delete()

    with pytest.raises(NothingToAsk):
        walk.begun()


def test_a_wrong_mailed_code_moves_nothing(clock, ben):
    walk = first(ben).begun()
    wrong = f"{(int(mailed_code(ben.user)) + 1) % 10**6:06d}"

    with pytest.raises(EmailedCodeWrong):
        identity_proofing.accept_email(code=wrong, origin=ORIGIN, **walk.owned)
    assert walk.state == EnrolmentState.EMAIL


# --- Pairing ------------------------------------------------------------------------------------------------


@pytest.mark.promise("KEY-5")
def test_a_pairing_code_lets_one_phone_come_once(clock, ben):
    walk = first(ben).opened().renewed().claimed()

    with pytest.raises(PairingCodeWrong):
        walk.claimed()
    assert Phone.objects.count() == 1


@pytest.mark.promise("KEY-5")
def test_a_pairing_code_dies_after_its_minutes_and_can_be_renewed(clock, settings, ben):
    walk = first(ben).opened().renewed()
    clock.move(minutes=settings.PORTAL_PAIRING_MINUTES)

    with pytest.raises(PairingCodeWrong):
        walk.claimed()
    assert walk.renewed().claimed().state == EnrolmentState.CLAIMED


def test_a_renewed_code_replaces_the_older_one(clock, ben):
    walk = first(ben).opened().renewed()
    older = walk.pairing_code
    walk.renewed()

    newer, walk.pairing_code = walk.pairing_code, older
    with pytest.raises(PairingCodeWrong):
        walk.claimed()
    walk.pairing_code = newer.lower()[:4] + " - " + newer[4:]
    assert walk.claimed().state == EnrolmentState.CLAIMED


def test_guessing_pairing_codes_ends_after_ten_tries_from_one_network(clock, ben):
    walk = first(ben).opened().renewed()
    right, walk.pairing_code = walk.pairing_code, "22222222"
    for _ in range(9):
        with pytest.raises(PairingCodeWrong):
            walk.claimed()
    with pytest.raises(TooOften):
        walk.claimed()

    walk.pairing_code = right
    with pytest.raises(TooOften):
        walk.claimed()


def test_a_public_key_belongs_to_one_live_phone(clock, ben, ada):
    taken = row_of(paired(ada)).public_key
    walk = first(ben).opened().renewed()

    with pytest.raises(PairingCodeWrong):
        walk.claimed(public_key=taken, name="x")
    assert walk.state == EnrolmentState.OPEN


@pytest.mark.promise("KEY-5")
def test_the_phone_gets_nothing_before_the_numbers_match(clock, ben):
    walk = first(ben).opened().renewed().claimed()

    assert len(walk.enrolment.number) == 2
    assert steps.fetch(enrolment=walk.enrolment, phone=walk.phone, now=now()) == []
    assert [item.secret for item in steps.fetch(enrolment=walk.matched().enrolment, phone=walk.phone, now=now())]


@pytest.mark.promise("KEY-5")
def test_another_number_ends_it_for_the_phone_too(clock, ben):
    walk = first(ben).opened().renewed().claimed()
    steps.give_up(origin=ORIGIN, **walk.owned)

    with pytest.raises(PairingOver):
        walk.fetched()
    with pytest.raises(EnrolmentOver):
        walk.matched()


def test_another_phone_fetches_nothing(clock, ben, ada):
    walk = first(ben).opened().renewed().claimed().matched()

    with pytest.raises(PairingOver):
        steps.fetch(enrolment=walk.enrolment, phone=row_of(paired(ada)), now=now())


@pytest.mark.promise("KEY-5")
@pytest.mark.parametrize("step", ["mailed", "detailed", "renewed", "matched", "confirmed"])
def test_another_browsers_ticket_moves_nothing(clock, ben, step):
    ways = {"mailed": "begun", "detailed": "begun mailed", "renewed": "opened", "matched": "opened renewed claimed"}
    walk = first(ben)
    for way in ways.get(step, "paired").split():
        getattr(walk, way)()
    before, walk.ticket = walk.state, "stolen-elsewhere"

    with pytest.raises(EnrolmentOver):
        getattr(walk, step)()
    assert walk.state == before


def test_a_password_reset_in_the_middle_ends_the_ticket(clock, ben):
    walk = first(ben).opened()
    sessions.end_everything(ben.user)

    with pytest.raises(EnrolmentOver):
        walk.renewed()
    with pytest.raises(EnrolmentOver):
        rows.find(enrolment_id=walk.enrolment.pk, ticket=walk.ticket, now=now())


def test_half_an_hour_is_all_it_takes(clock, ben):
    walk = first(ben).paired()
    clock.move(minutes=30)

    with pytest.raises(EnrolmentOver):
        walk.confirmed()
    with pytest.raises(PairingOver):
        walk.fetched()


def test_wrong_codes_at_the_end_are_counted_apart_from_sign_in(clock, ben, settings):
    walk = first(ben).paired()
    for _ in range(settings.PORTAL_FAILURE_LIMIT - 1):
        with pytest.raises(CodeWrong):
            steps.confirm_on_web(code="000000", origin=ORIGIN, **walk.owned)
    with pytest.raises(TooOften):
        steps.confirm_on_web(code="000000", origin=ORIGIN, **walk.owned)

    assert locked_until(buckets.code(ben.user.username_hash), now=now()) is None
