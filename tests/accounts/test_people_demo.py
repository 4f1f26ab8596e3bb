"""The demo's cast: whole, repeatable, honest about mistakes."""

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from accounts.demo import build
from accounts.demo import cast as cast_file
from accounts.enums import Action, Realm, Role
from accounts.models import (
    AccountActivity,
    Customer,
    Employee,
    FormerPassword,
    Key,
    Mandate,
    SecurityAnswer,
    TradingAccount,
    User,
)
from accounts.policies import security_answers
from accounts.policies.keys import totp
from portal.audit.models import SecurityEvent
from portal.throttle.reserve import locked_until, reserve
from recovery.demo import cast as whole_cast
from tests import buckets

TARA = {"username": "tara", "name": "T", "email": "t@b.test", "role": "agent"}
TARA |= {"told_part": "7K3M-Q9XT", "mailed_part": "D4WT-8RJC"}
SMALL = {
    "format": 1,
    "customers": [
        {
            "username": "ada",
            "password": "Lantern&Harbour7",
            "email": "ada@example.test",
            "names": {"given": "Ada", "family": "Winter"},
            "birth_date": "1985-12-10",
            "questions": [{"question": "first_school", "answer": "Harbour  Primary"}],
            "accounts": [{"number": "U1", "net_value": "10.50"}],
            "activity": [{"account": "U1", "at": "-2d", "kind": "deposit", "own": True, "amount": "5.00"}],
            "keys": [{"name": "Pixel", "kind": "phone", "totp_secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"}],
        },
    ],
    "staff": [
        {
            "username": "dana",
            "password": "Desk&Lamp-Dana41",
            "email": "dana@northgate.test",
            "role": "agent",
            "totp_secret": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
        }
    ],
}


def run(tmp_path: Path, content: object) -> str:
    path = tmp_path / "cast.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    out = io.StringIO()
    call_command("portal_demo", cast=path, yes_really=True, stdout=out)
    return out.getvalue()


def small(**changes: object) -> dict:
    content = json.loads(json.dumps(SMALL))
    content["customers"][0].update(changes)
    return content


def everything() -> dict[str, list]:
    """All rows of accounts, as plain values."""
    models = apps.get_app_config("accounts").get_models()
    return {model.__name__: list(model.objects.order_by("pk").values_list()) for model in models}


def test_the_default_cast_has_everybody_a_demo_needs(db, clock):
    cast = whole_cast.read(whole_cast.DEFAULT)

    assert len(cast.customers) >= 7
    assert {member.role for member in cast.staff} == set(Role)
    assert {login.state for login in cast.logins()} == set(cast_file.State)
    assert {login.realm for login in cast.logins()} == set(Realm.values)
    assert [person.clients for person in cast.advisers] == [42]
    assert any(key.clock_offset for login in cast.logins() for key in login.keys)


def test_the_default_cast_can_be_built_and_signs_in(db, clock):
    call_command("portal_demo", yes_really=True, stdout=io.StringIO())

    grace = User.objects.by_username("grace")
    assert Mandate.objects.filter(user=grace).count() == 42
    for login in whole_cast.read(whole_cast.DEFAULT).logins():
        user = User.objects.by_username(login.username)
        assert user.check_password(login.password)
        assert Key.objects.filter(user=user, confirmed=True).count() == len(login.keys)


def test_a_second_run_changes_nothing(db, clock, tmp_path):
    run(tmp_path, SMALL)
    before = everything()
    clock.move(hours=5)

    run(tmp_path, SMALL)

    assert everything() == before


def test_who_and_what_was_closed_is_open_again_after_the_next_run(db, clock, tmp_path):
    run(tmp_path, SMALL)
    closed = (User, Customer, TradingAccount)
    for model in closed:
        model.objects.update(closed_at=clock.now)
    Employee.objects.update(left_at=clock.now)

    run(tmp_path, SMALL)

    assert [model.objects.exclude(closed_at=None).exists() for model in closed] == [False] * 3
    assert not Employee.objects.exclude(left_at=None).exists()


def test_a_changed_file_changes_password_answers_keys_and_accounts(db, clock, tmp_path):
    run(tmp_path, SMALL)
    seed = "ORSXG5BAORSXG5BAORSXG5BAORSXG5BA"

    run(
        tmp_path,
        small(
            password="Other&Harbour8",
            questions=[{"question": "first_pet", "answer": "Biscuit"}],
            keys=[{"name": "New", "totp_secret": seed}],
            accounts=[{"number": "U2"}],
            activity=[],
        ),
    )

    ada = User.objects.by_username("ada")
    assert ada.check_password("Other&Harbour8")
    assert FormerPassword.objects.filter(user=ada).count() == 2
    assert [key.secret for key in Key.objects.filter(user=ada, confirmed=True)] == [seed]
    assert list(SecurityAnswer.objects.values_list("question", flat=True)) == ["first_pet"]
    assert [mandate.account.number for mandate in Mandate.objects.filter(user=ada)] == ["U2"]


def test_a_new_password_of_the_file_ends_what_was_open(db, clock, tmp_path):
    run(tmp_path, SMALL)

    run(tmp_path, small(password="Other&Harbour8"))

    assert User.objects.by_username("ada").session_version == 1


def test_a_key_that_comes_back_remembers_its_used_codes(db, clock, tmp_path):
    run(tmp_path, SMALL)
    Key.objects.filter(user__username="ada").update(last_step=123, confirmed=False, ended_at=clock.now)

    run(tmp_path, SMALL)

    assert Key.objects.get(user__username="ada", confirmed=True).last_step == 123


def test_a_moment_may_be_given_in_full(db, clock, tmp_path):
    at = "2026-02-01T09:30:00+00:00"

    run(tmp_path, small(activity=[{"account": "U1", "at": at, "kind": "order"}]))

    assert AccountActivity.objects.get().at.isoformat() == at


def test_activity_stays_as_recent_as_the_file_says(db, clock, tmp_path):
    run(tmp_path, SMALL)
    clock.move(days=10)

    run(tmp_path, SMALL)

    assert AccountActivity.objects.get().at == clock.now - timedelta(days=2)


def test_a_locked_log_in_is_paused_by_the_budget_for_the_usual_time(db, clock, tmp_path):
    run(tmp_path, small(state="locked"))

    ends = locked_until(buckets.password("ada"), now=clock.now)

    assert ends == clock.now + timedelta(minutes=15)


def test_somebody_locked_stays_so_whatever_was_tried_before(db, clock, tmp_path):
    for _ in range(3):
        reserve(buckets.password("ada"), now=clock.now)

    run(tmp_path, small(state="locked"))
    first = locked_until(buckets.password("ada"), now=clock.move(minutes=1))
    run(tmp_path, small(state="locked"))

    assert locked_until(buckets.password("ada"), now=clock.now) == first
    assert first is not None


def test_a_pause_and_a_hold_end_where_the_file_says_active(db, clock, tmp_path):
    run(tmp_path, small(state="locked"))
    User.objects.filter(username="ada").update(suspended_at=clock.now)

    run(tmp_path, SMALL)

    assert locked_until(buckets.password("ada"), now=clock.now) is None
    assert User.objects.by_username("ada").suspended_at is None
    assert SecurityEvent.objects.filter(action__in=[Action.PAUSE_LIFTED, Action.REINSTATED]).count() == 2


def test_answers_are_kept_folded_and_slowly_hashed(db, clock, tmp_path):
    run(tmp_path, SMALL)

    kept = SecurityAnswer.objects.get().answer_hash

    assert kept.startswith("argon2$argon2id$")
    assert security_answers.fold(" HARBOUR\tprimary ") == security_answers.fold("Harbour  Primary") == "harbourprimary"
    assert security_answers.fold("Straße ﬁn") == "strassefin"


def test_staff_get_their_role_and_no_customer(db, clock, tmp_path):
    run(tmp_path, SMALL)

    dana = User.objects.by_username("dana")

    assert dana.is_staff
    assert dana.has_role(Role.AGENT)
    assert dana.customer is None


def test_each_new_log_in_leaves_an_event(db, clock, tmp_path):
    run(tmp_path, SMALL)

    assert SecurityEvent.objects.filter(action=Action.IMPORTED).count() == 2
    assert SecurityEvent.objects.filter(action=Action.KEY_ENROLLED).count() == 2


def test_a_log_in_of_somebody_else_is_left_alone(db, clock, tmp_path):
    run(tmp_path, SMALL)

    with pytest.raises(CommandError, match="ada exists already and is somebody else"):
        run(tmp_path, small(number="OTHER"))

    assert not Customer.objects.filter(number="OTHER").exists()


def test_it_refuses_where_customers_might_be(db, settings):
    settings.DEBUG = False

    with pytest.raises(CommandError, match="--yes-really"):
        call_command("portal_demo")

    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"password": ""}, "`$.customers[0].password`"),
        ({"email": "ada"}, "`$.customers[0].email`"),
        ({"realm": "moon"}, "Invalid enum value 'moon' - at `$.customers[0].realm`"),
        ({"state": 7}, "`$.customers[0].state`"),
        ({"birth_date": "10.12.1985"}, "`$.customers[0].birth_date`"),
        ({"names": "Ada"}, "`$.customers[0].names`"),
        ({"names": {"given": "Ada\x00", "family": "B"}}, "`$.customers[0].names.given`"),
        ({"names": {"given": "Ada", "family": "\ud800"}}, "`$.customers[0].names.family`"),
        ({"keys": [{"name": "x", "totp_secret": "18"}]}, "`$.customers[0].keys[0].totp_secret`"),
        ({"keys": [{"name": "x", "totp_secret": "A" * 17}]}, "`$.customers[0].keys[0].totp_secret`"),
        ({"keys": [{"name": "x", "totp_secret": "A" * 16, "kind": "fob"}]}, "`$.customers[0].keys[0].kind`"),
        (
            {"keys": [{"name": "x", "totp_secret": "A" * 16, "clock_offset": 1.5}]},
            "`$.customers[0].keys[0].clock_offset`",
        ),
        ({"keys": [{"name": "x", "totp_secret": "A" * 16, "paired": "then"}]}, "'then' - at `$.customers[0].keys[0]`"),
        ({"keys": {}}, "`$.customers[0].keys`"),
        ({"accounts": [{"number": "U1", "net_value": "much"}]}, "`$.customers[0].accounts[0].net_value`"),
        ({"activity": [{"account": "U1", "at": "soon", "kind": "order"}]}, "'soon' - at `$.customers[0].activity[0]`"),
        ({"activity": [{"account": "U1", "at": "2026-02-01T09:30", "kind": "order"}]}, "has no time zone"),
        ({"activity": [{"account": "U9", "at": "-1d", "kind": "order"}]}, "activity of U9, which is no account of"),
        ({"activity": [{"account": "U1", "at": "-1d", "kind": "order", "own": 1}]}, "`$.customers[0].activity[0].own`"),
        ({"networks": ["everywhere"]}, "'everywhere' is not a network such as 192.0.2.0/24"),
        ({"network_request": ["0.0.0.0/0"]}, "'0.0.0.0/0' is not a network"),
        ({"report": {"device": ""}}, "`$.customers[0].report.device`"),
        ({"report": {"device": "x", "at": "soon"}}, "`$.customers[0].report`"),
        ({"backup_codes": [1]}, "`$.customers[0].backup_codes[0]`"),
        ({"backup_codes": ["7M2K-PQ9"]}, "`$.customers[0].backup_codes[0]`"),
        ({"time_zone": "Mars/Olympus"}, "'Mars/Olympus' is not a time zone"),
        ({"state": "no_key"}, "there are Keys in the state no_key"),
        ({"phone": "1" * 33}, "`$.customers[0].phone`"),
        ({"colour": "red"}, "unknown field `colour` - at `$.customers[0]`"),
        ({"username": "Dana"}, "the username 'dana' is there 2 times"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_nothing_is_written(db, clock, tmp_path, change, place):
    with pytest.raises(CommandError, match="Nothing was written") as refused:
        run(tmp_path, small(**change))

    assert place in str(refused.value)
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{", "not JSON"),
        ('{"format": 1, "format": 1}', "the name 'format' is there more than once"),
        ("[]", "Expected `object`, got `array`"),
        ("{}", "missing required field `format`"),
        ({"format": 2}, "`$.format`"),
        ({"format": 1, "customers": [1]}, "Expected `object`, got `int` - at `$.customers[0]`"),
        ({"format": 1, "customers": [{}]}, "missing required field `username` - at `$.customers[0]`"),
        ({"format": 1, "invitations": [{"username": "tara"}]}, "`$.invitations[0]`"),
        (
            SMALL | {"invitations": [TARA | {"username": "Dana"}]},
            "the username 'dana' is there 2 times",
        ),
        (
            {"format": 1, "staff": [SMALL["staff"][0] | {"realm": "paper"}]},
            "staff is in the realm live - at `$.staff[0]`",
        ),
    ],
)
def test_a_file_of_another_kind_is_refused(db, clock, tmp_path, content, complaint):
    with pytest.raises(CommandError) as refused:
        run(tmp_path, content)

    assert complaint in str(refused.value)


def test_a_file_that_cannot_be_read_is_named(db, tmp_path):
    (tmp_path / "latin.json").write_bytes(b'{"format": "\xe9"}')

    for name, complaint in (("none.json", "No such file"), ("latin.json", "utf-8")):
        with pytest.raises(CommandError, match=complaint) as refused:
            call_command("portal_demo", cast=tmp_path / name, yes_really=True)
        assert str(tmp_path / name) in str(refused.value)


def test_the_code_printed_is_the_one_the_key_shows(db, clock, settings, tmp_path):
    run(tmp_path, SMALL)
    settings.DEBUG = True
    out = io.StringIO()

    call_command("portal_demo_code", "ADA", bare=True, stdout=out)

    seed = totp.decode_secret(SMALL["customers"][0]["keys"][0]["totp_secret"])
    assert out.getvalue().strip() == totp.at_step(seed, totp.step_at(clock.now.timestamp()))


def test_a_used_code_is_called_used(db, clock, settings, tmp_path):
    run(tmp_path, SMALL)
    Key.objects.update(last_step=totp.step_at(clock.now.timestamp()))
    settings.DEBUG = True
    out = io.StringIO()

    call_command("portal_demo_code", "ada", stdout=out)

    assert "for 30 more seconds (used already, wait for the next)" in out.getvalue()


@pytest.mark.parametrize(("name", "complaint"), [("nobody", "no user"), ("ben", "has no Key")])
def test_codes_of_nobody_are_refused_in_words(db, clock, settings, name, complaint):
    build.build(whole_cast.read(whole_cast.DEFAULT), now=clock.now)
    settings.DEBUG = True

    with pytest.raises(CommandError, match=complaint):
        call_command("portal_demo_code", name)


def test_codes_are_never_printed_outside_a_demo(db, settings):
    settings.DEBUG = False

    with pytest.raises(CommandError, match="only printed in a demo"):
        call_command("portal_demo_code", "ada")
