"""A grant in two parts, short-lived, good once; and the one transaction it is good for."""

import pytest
from django.contrib.auth.hashers import check_password
from django.db import connection

from accounts.actions.authenticators import backup_codes
from accounts.models import Passkey, PlatformSession
from accounts.refusals import CodeWrong, PasswordTooSimple, PasswordUsedBefore
from portal.lib import clock as portal_clock
from portal.outbox.models import Notice
from recovery.actions import claims, grants, timers
from recovery.enums import Scope, State
from recovery.models import Hold, RecoveryGrant
from recovery.refusals import CaseNotOpen, ClaimUnknown, GrantInvalid
from tests import factories
from tests.recovery.conftest import NEW_PASSWORD, ORIGIN, now


def open_with(walk, **changes):
    facts = {"first_part": walk.first_part, "second_part": walk.second_part(), "browser": walk.browser} | changes
    return grants.open_grant(claim=walk.claim, origin=ORIGIN, now=now(), **facts)


@pytest.mark.promise("CASE-6")
def test_the_time_of_a_grant_begins_when_the_claimant_starts(clock, walk):
    walk.ready(clock)
    clock.move(hours=30)
    walk.started()
    clock.move(minutes=19, seconds=59)

    walk.opened_grant()

    assert walk.state == State.ENROLLING


@pytest.mark.promise("CASE-6")
def test_a_grant_not_opened_in_time_is_over(clock, walk):
    walk.ready(clock).started()
    clock.move(minutes=20, seconds=1)

    with pytest.raises(GrantInvalid):
        walk.opened_grant()


@pytest.mark.promise("CASE-6")
@pytest.mark.parametrize("changes", [{"first_part": ""}, {"second_part": ""}, {"browser": "another"}, {"browser": ""}])
def test_half_a_grant_or_another_browser_opens_nothing(clock, walk, changes):
    walk.ready(clock).started()

    with pytest.raises(GrantInvalid):
        open_with(walk, **changes)
    assert walk.state == State.GRANT_READY


@pytest.mark.promise("CASE-6")
def test_the_third_wrong_try_revokes_the_grant(clock, walk):
    walk.ready(clock).started()
    for _try in range(3):
        with pytest.raises(GrantInvalid):
            open_with(walk, second_part="2222 2222")

    with pytest.raises(GrantInvalid):
        open_with(walk)
    assert RecoveryGrant.objects.get().revoked_at == clock.now


def test_two_slips_and_a_right_try_open_the_grant(clock, walk):
    walk.ready(clock).started()
    for _try in range(2):
        with pytest.raises(GrantInvalid):
            open_with(walk, second_part="2222 2222")

    open_with(walk, second_part=walk.second_part().lower().replace(" ", "-"))

    assert walk.state == State.ENROLLING


@pytest.mark.promise("CASE-6")
def test_the_halves_travel_apart_and_neither_is_kept(clock, walk):
    walk.ready(clock).started()

    notice = Notice.objects.get(kind="case_grant_part")
    assert notice.target == "ada@example.test"
    assert walk.first_part not in str(notice.facts)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM recovery_recoverygrant")
        kept = str(cursor.fetchall())
        cursor.execute("SELECT facts FROM outbox_notice")
        sent = str(cursor.fetchall())
    for part in (walk.first_part, walk.second_part(), walk.second_part().replace(" ", "")):
        assert part not in kept + sent


@pytest.mark.promise("CASE-6")
def test_a_new_grant_ends_the_one_before_and_there_are_two_at_most(clock, walk):
    walk.ready(clock).started()
    old_half, old_second = walk.first_part, walk.second_part()
    walk.started()

    with pytest.raises(GrantInvalid):
        open_with(walk, first_part=old_half, second_part=old_second)
    assert RecoveryGrant.objects.filter(revoked_at=None).count() == 1
    with pytest.raises(CaseNotOpen):
        walk.started()


@pytest.mark.parametrize("step", ["opened", "in_session", "in_review"])
def test_no_grant_before_the_case_is_ready(walk, step):
    getattr(walk, step)()

    with pytest.raises(CaseNotOpen):
        walk.started()


def test_no_grant_for_another_browser_or_another_claim(clock, walk):
    stray = walk.opened().claim
    walk.claim = None
    walk.ready(clock)

    with pytest.raises(ClaimUnknown):
        grants.start_grant(claim=walk.claim, browser="another", origin=ORIGIN, now=now())
    with pytest.raises(CaseNotOpen):
        grants.start_grant(claim=stray, browser=walk.browser, origin=ORIGIN, now=now())


@pytest.mark.promise("CASE-6")
def test_no_grant_while_an_agent_knows_the_pin(clock, walk, agent):
    walk.opened(by=agent.user)
    claims.bind_browser(claim=walk.claim, browser=walk.browser, origin=ORIGIN, now=now())
    walk.ready(clock)
    with pytest.raises(ClaimUnknown):
        walk.started()

    claims.replace_pin(claim=walk.claim, browser=walk.browser, origin=ORIGIN, now=now())
    walk.started()

    assert walk.first_part


@pytest.mark.promise("CASE-7")
def test_completing_ends_everything_that_was_open_and_holds_what_is_dear(clock, walk, holder):
    factories.signed_in(holder)
    old = holder.user.key_set.get()
    walk.ready(clock).started().opened_grant().completed()

    holder.user.refresh_from_db()
    old.refresh_from_db()
    assert not PlatformSession.objects.filter(user=holder.user).exists()
    assert (old.confirmed, holder.user.session_version) == (False, 1)
    assert set(Hold.objects.filter(lifted_at=None, until=walk.case.until).values_list("scope", flat=True)) == set(Scope)
    assert (walk.case.until - clock.now).days == 3
    assert {"password_changed", "key_added"} <= set(Notice.objects.values_list("kind", flat=True))


@pytest.mark.promise("CASE-7")
def test_completing_leaves_no_second_factor_from_before(clock, walk, holder):
    phone = factories.phone(holder)
    backup_codes.make(user=holder.user, by=holder.user, origin=ORIGIN, now=clock.now)
    Passkey.objects.create(user=holder.user, name="x", credential_id="x", public_key="x", created_at=clock.now)

    walk.ready(clock).started().opened_grant().completed()

    assert [key.name for key in holder.user.key_set.filter(confirmed=True)] == [holder.user.key_set.latest("pk").name]
    assert not Passkey.objects.filter(user=holder.user, confirmed=True).exists()
    assert backup_codes.left(holder.user) == 0
    phone.refresh_from_db()
    assert (phone.ended_at, phone.end_reason) == (clock.now, "recovered")


@pytest.mark.promise("CASE-6")
@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"password": "Ada-Has-A-Secret-1843"}, PasswordUsedBefore),
        ({"password": "short"}, PasswordTooSimple),
        ({"code": "000000"}, CodeWrong),
        ({"code": ""}, CodeWrong),
    ],
)
def test_what_fails_changes_nothing_and_may_be_tried_again(clock, walk, holder, changes, refusal):
    from accounts.actions.password import remember_password

    remember_password(holder.user, "Ada-Has-A-Secret-1843", now=portal_clock.now())
    factories.signed_in(holder)
    walk.ready(clock).started().opened_grant()
    before = (holder.user.password, list(holder.user.key_set.values_list("pk", "confirmed")))

    with pytest.raises(refusal):
        walk.completed(**changes)

    holder.user.refresh_from_db()
    assert (holder.user.password, list(holder.user.key_set.values_list("pk", "confirmed"))) == before
    assert PlatformSession.objects.filter(user=holder.user).exists()
    assert not Hold.objects.exists()
    walk.completed()
    assert walk.state == State.HOLD


@pytest.mark.promise("CASE-6")
def test_a_grant_completes_once(clock, walk):
    walk.ready(clock).started().opened_grant().completed()

    with pytest.raises(GrantInvalid):
        walk.completed(password="Another-One-Entirely-55")
    assert RecoveryGrant.objects.get().used_at == clock.now


@pytest.mark.promise("CASE-6")
def test_who_closes_the_page_has_changed_nothing_and_starts_again(clock, walk, holder):
    walk.ready(clock).started().opened_grant()
    clock.move(minutes=15)
    timers.tick(clock.now)

    assert walk.state == State.GRANT_READY
    with pytest.raises(GrantInvalid):
        walk.completed()
    holder.user.refresh_from_db()
    assert not check_password(NEW_PASSWORD, holder.user.password)
    walk.started().opened_grant().completed()
    assert walk.state == State.HOLD


def test_leaving_is_the_same_at_once(clock, walk):
    walk.ready(clock).started().opened_grant()

    grants.leave(grant=walk.grant, origin=ORIGIN, now=now())

    assert walk.state == State.GRANT_READY


def test_setting_up_does_not_prolong_the_time_a_case_is_ready(clock, walk):
    walk.ready(clock)
    ready_until = walk.case.until
    clock.move(hours=71, minutes=50)
    walk.started().opened_grant()
    clock.move(minutes=15)
    timers.tick(clock.now)

    assert walk.case.until == ready_until
    timers.tick(clock.now)
    assert walk.state == State.EXPIRED
