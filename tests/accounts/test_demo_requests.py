"""What customers of the demo have asked of staff, and where they may sign in from."""

from datetime import timedelta

from accounts.actions import reports
from accounts.actions.networks import rules
from accounts.enums import Action, ReportOutcome
from accounts.models import NetworkRequest, Report, User
from portal.audit.models import SecurityEvent
from tests.accounts.test_people_demo import SMALL, everything, run, small


def test_networks_of_the_file_limit_sign_in_and_none_end_the_limit(db, clock, tmp_path):
    run(tmp_path, small(networks=["127.0.0.0/8"]))
    ada = User.objects.by_username("ada")
    assert [str(one) for one in rules.of(ada)] == ["127.0.0.0/8"]

    run(tmp_path, SMALL)

    assert rules.of(User.objects.by_username("ada")) == ()
    assert list(
        SecurityEvent.objects.filter(action__startswith="networks_").order_by("pk").values_list("action", flat=True)
    ) == [
        Action.NETWORKS_TIGHTENED,
        Action.NETWORKS_WIDENED,
    ]


def test_a_report_and_a_request_of_the_file_wait_for_staff_once(db, clock, tmp_path):
    whole = small(report={"device": "Chrome on Windows", "at": "-50m"}, network_request=["192.0.2.0/24"])

    run(tmp_path, whole)
    before = everything()
    run(tmp_path, whole)

    assert everything() == before
    report, request = Report.objects.get(), NetworkRequest.objects.get()
    assert (report.device, report.created_at, report.closed_at) == (
        "Chrome on Windows",
        clock.now - timedelta(minutes=50),
        None,
    )
    assert (request.wanted, request.maker, request.outcome) == (["192.0.2.0/24"], None, "")


def test_what_staff_have_decided_waits_anew_after_the_next_run(db, clock, tmp_path):
    whole = small(report={"device": "Chrome on Windows"}, network_request=[])
    run(tmp_path, whole)
    dana = User.objects.by_username("dana")
    reports.close_report(
        report=Report.objects.get(), outcome=ReportOutcome.MISTAKE, by=dana, origin=None, now=clock.now
    )

    run(tmp_path, whole)

    assert Report.objects.filter(closed_at=None).count() == 1
    assert Report.objects.count() == 2
