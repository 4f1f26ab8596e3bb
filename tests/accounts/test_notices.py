"""Every message we sent, and whether a message is from us."""

import re

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import notice_kinds
from accounts.actions import notices as look_up
from accounts.actions import reports
from accounts.enums import Realm
from accounts.models import Report, User
from portal.outbox import delivery, kinds, queue
from portal.outbox.emails import message_for
from portal.outbox.models import Notice, NoticeState
from recovery import notice_kinds as recovery_kinds
from tests import factories, notices
from tests.conftest import Clock
from tests.factories import Person
from tests.pages import cause_of, marks

pytestmark = pytest.mark.django_db


def sent(person: Person, clock: Clock, kind: kinds.NoticeKind = notice_kinds.NEW_DEVICE, **facts: object) -> Notice:
    notice = notices.email(person.user, kind, now=clock.now, **facts)
    delivery.deliver_due()
    notice.refresh_from_db()
    return notice


def check(client: Client, typed: str) -> object:
    return client.post("/notices/check/", {"reference": typed})


def from_us(answer: object) -> list[str]:
    return marks(answer, "from-us")


@pytest.mark.promise("SESS-4")
def test_every_message_stands_under_notices_with_its_text(ada: Person, clock: Clock) -> None:
    notice = sent(ada, clock, device="Firefox on Windows")
    client = factories.signed_in(ada)

    page = client.get("/notices/").content.decode()
    own = client.get(f"/notices/{notice.reference}/").content.decode()

    assert notice.reference in page
    assert "a•••@example.test" in page
    assert "ada@example.test" not in page
    assert "Firefox on Windows" in own


@pytest.mark.parametrize(
    ("kind", "secret"),
    [
        (notice_kinds.EMAILED_CODE, "code"),
        (notice_kinds.BROWSER_CODE, "code"),
        (recovery_kinds.GRANT_PART, "part"),
        (recovery_kinds.CASE_STARTED, "stop_code"),
    ],
)
def test_the_text_of_a_message_with_a_secret_is_not_kept(
    ada: Person, clock: Clock, kind: kinds.NoticeKind, secret: str
) -> None:
    notice = sent(ada, clock, kind, **{secret: "739 201"})

    page = factories.signed_in(ada).get(f"/notices/{notice.reference}/").content.decode()

    assert "data-text-gone" in page
    assert "739 201" not in page
    assert notice.facts == ""


def test_no_kind_keeps_a_fact_that_opens_something() -> None:
    kept = [kind for kind in kinds.KINDS.values() if not kind.secrets and not kind.expires]
    names = {fact for kind in kept for fact in kind.facts}

    assert {name for name in names if re.search(r"code|part|pin|token|secret|password", name)} == set()
    assert {kind.name for kind in kinds.KINDS.values() if kind.secrets} > {"code", "browser_code", "case_grant_part"}


def test_a_kind_with_a_code_cannot_be_declared_without_its_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "KINDS", {})

    assert kinds.declare("letter", facts={"code", "at"}).secrets == {"code"}
    assert kinds.declare("word", facts={"word"}, secrets={"word"}).secrets == {"word"}


def test_notices_are_ones_own(ada: Person, mallory: Person, clock: Clock) -> None:
    notice = sent(ada, clock)
    client = factories.signed_in(mallory)

    assert notice.reference not in client.get("/notices/").content.decode()
    assert client.get(f"/notices/{notice.reference}/").status_code == 404


def test_the_log_ins_of_one_customer_in_one_realm_share_their_notices(ada: Person, clock: Clock) -> None:
    also = {"customer": ada.user.customer, "email": "x@example.test"}
    live, paper = (User.objects.create(username=f"ada-{realm}", realm=realm, **also) for realm in Realm.values)

    assert set(look_up.log_ins_of(ada.user)) == {ada.user.pk, live.pk}
    assert look_up.log_ins_of(paper) == [paper.pk]


def test_a_hundred_notices_take_as_many_statements_as_one(ada: Person, clock: Clock) -> None:
    client, counts = factories.signed_in(ada), []
    for many in (1, 99):
        for _ in range(many):
            notices.email(ada.user, now=clock.now)
        with CaptureQueriesContext(connection) as captured:
            page = client.get("/notices/").content.decode()
        counts.append(len(captured.captured_queries))

    assert counts[0] == counts[1]
    assert page.count("data-notice=") == 20
    assert client.get("/notices/?page=5").content.decode().count("data-notice=") == 20


def test_a_notice_that_is_only_in_the_portal_is_sent_nowhere(ada: Person, clock: Clock) -> None:
    facts = {name: notices.FACTS[name] for name in notice_kinds.LOCKED.facts}
    notice = queue.post(ada.user, notice_kinds.LOCKED, now=clock.now, **facts)

    assert delivery.deliver_due() == 0
    assert notice.reference in factories.signed_in(ada).get("/notices/").content.decode()


# --- Is this message from us? ---------------------------------------------------------------------------


def test_signed_out_it_says_whether_when_and_of_what_kind_and_nothing_else(ada: Person, clock: Clock) -> None:
    notice = sent(ada, clock, device="Firefox on Windows")

    answer = check(Client(), notice.reference.lower().replace("-", " "))

    page = answer.content.decode()
    assert from_us(answer) == ["yes"]
    assert "2 March 2026" in page
    assert not any(own in page for own in ("Firefox on Windows", "example.test", "•••", "Ada"))


@pytest.mark.parametrize("typed", ["N-7F3K-2Q9C", "N", "nonsense", "R-7F3K-2Q9C", "'; --", "N-" + "2" * 30])
def test_a_reference_that_is_not_ours_is_not_from_us(ada: Person, clock: Clock, typed: str) -> None:
    sent(ada, clock)

    assert from_us(check(Client(), typed)) == ["no"]


def test_what_was_not_sent_is_not_from_us(ada: Person, clock: Clock) -> None:
    notice = notices.email(ada.user, now=clock.now)

    assert from_us(check(Client(), notice.reference)) == ["no"]


def test_signed_in_only_ones_own_messages_are_found(ada: Person, mallory: Person, clock: Clock) -> None:
    notice = sent(ada, clock)

    answers = [check(factories.signed_in(person), notice.reference) for person in (ada, mallory)]

    assert [from_us(answer) for answer in answers] == [["yes"], ["no"]]


def test_a_network_checks_twenty_references_right_ones_included(ada: Person, clock: Clock) -> None:
    notice = sent(ada, clock)
    for _ in range(19):
        check(Client(), "N-2222-2222")
    assert from_us(check(Client(), notice.reference)) == ["yes"]

    answer = check(Client(), notice.reference)

    assert (answer.status_code, cause_of(answer), from_us(answer)) == (429, "T1", [])
    assert from_us(check(Client(REMOTE_ADDR="198.51.100.7"), notice.reference)) == ["yes"]


# --- It was not me ----------------------------------------------------------------------------------------


@pytest.mark.promise("SESS-4")
@pytest.mark.promise("LOCK-7")
def test_a_notice_leads_to_a_report_with_a_number(ada: Person, clock: Clock) -> None:
    notice = sent(ada, clock)
    client = factories.signed_in(ada)

    answer = client.post("/notices/report/", {"reference": notice.reference}, follow=True)

    report = Report.objects.get()
    assert (report.user, report.kind, report.notice) == (ada.user, "notice", notice.reference)
    assert marks(answer, "reported") == [report.reference]
    assert marks(client.get(f"/notices/{notice.reference}/"), "report") == ["open"]
    assert Notice.objects.filter(kind="report_opened", user=ada.user).exists()


def test_signed_out_a_report_says_the_same_for_every_reference(ada: Person, clock: Clock) -> None:
    notice = sent(ada, clock)

    answers = [
        Client().post("/notices/report/", {"reference": typed}, follow=True) for typed in (notice.reference, "nonsense")
    ]

    assert [answer.redirect_chain for answer in answers] == [[("/notices/report/done/", 302)]] * 2
    assert [marks(answer, "reported") for answer in answers] == [["taken"]] * 2
    assert Report.objects.get().user == ada.user


def test_one_message_makes_one_report(ada: Person, clock: Clock) -> None:
    notice = sent(ada, clock)
    for _ in range(3):
        Client().post("/notices/report/", {"reference": notice.reference})

    assert Report.objects.count() == 1
    assert Notice.objects.filter(kind="report_opened").count() == 1


def test_nobody_reports_a_message_to_somebody_else(ada: Person, mallory: Person, clock: Clock) -> None:
    notice = sent(ada, clock)

    answer = factories.signed_in(mallory).post("/notices/report/", {"reference": notice.reference}, follow=True)

    assert marks(answer, "reported") == ["unknown"]
    assert Report.objects.count() == 0


def test_the_number_of_anothers_report_is_shown_to_nobody(ada: Person, mallory: Person, clock: Clock) -> None:
    sent(ada, clock)
    Client().post("/notices/report/", {"reference": Notice.objects.get().reference})
    number = Report.objects.get().reference

    for client, said in ((Client(), "taken"), (factories.signed_in(mallory), "unknown")):
        assert marks(client.get(f"/notices/report/done/?number={number}"), "reported") == [said]


@pytest.mark.promise("RESET-3")
def test_a_message_with_a_secret_is_read_in_its_mailbox_only_also_before_it_is_sent(ada: Person, clock: Clock) -> None:
    thief = factories.signed_in(ada)
    for kind in kinds.KINDS.values():
        if kind.secrets and kinds.ChannelName.EMAIL in kind.channels:
            secret = dict.fromkeys(kind.secrets, "GHJKM")
            notice = notices.email(ada.user, kind, now=clock.now, **secret)
            pages = [thief.get(f"/notices/{notice.reference}/"), thief.get("/notices/")]

            assert notice.state == NoticeState.DUE
            assert ["GHJKM" in page.content.decode() for page in pages] == [False, False], kind.name


def test_old_texts_are_purged_and_the_reference_stays(ada: Person, clock: Clock) -> None:
    notice = sent(ada, clock)
    clock.move(days=401)

    call_command("portal_purge")

    notice.refresh_from_db()
    assert notice.facts == ""
    assert from_us(check(Client(), notice.reference)) == ["yes"]
    assert reports.may_close(ada.user, Report(user=ada.user)) is False


def test_what_somebody_chose_as_a_name_is_shown_as_text(ada: Person, clock: Clock) -> None:
    notice = sent(ada, clock, notice_kinds.PASSKEY_ADDED, passkey='<i>mine</i> & {{ 7 }} "quoted"')

    page = factories.signed_in(ada).get(f"/notices/{notice.reference}/").content.decode()

    assert "<i>mine" not in page
    assert "&amp; {{ 7 }} &quot;quoted&quot;" in page


@pytest.mark.promise("SESS-4")
def test_every_message_leads_to_a_report_in_words(ada: Person, clock: Clock) -> None:
    without = {"case_started", "case_approved", "case_ready", "case_opened", "case_completed", "case_lifted"}
    without |= {"case_refused", "case_stopped", "case_closed", "case_grant_part", "report_opened", "report_closed"}
    for kind in kinds.KINDS.values():
        if kinds.ChannelName.EMAIL in kind.channels and kind.name not in without:
            notice = notices.email(ada.user, kind, now=clock.now)
            message = message_for(notice)
            assert "reference of this message" in message.body, kind.name
