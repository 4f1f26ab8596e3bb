"""What a deployment refuses."""

from dataclasses import replace

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from recovery.actions import policy_versions
from recovery.checks import a_case_can_be_approved, waiting_period_lasts_a_day

TERMS = policy_versions.terms_in_force()


@pytest.mark.promise("CASE-5")
@pytest.mark.parametrize(("minutes", "faults"), [(1439, ["recovery.E001"]), (1440, []), (4320, [])])
def test_a_real_installation_waits_a_day_at_least(settings, minutes, faults):
    settings.PORTAL_CASE_COOLING_MINUTES = minutes

    assert [fault.id for fault in waiting_period_lasts_a_day()] == faults


def test_the_check_is_one_of_those_made_at_deployment(db, settings, capsys):
    settings.PORTAL_CASE_COOLING_MINUTES = 5

    with pytest.raises(SystemCheckError, match=r"recovery\.E001"):
        call_command("check", deploy=True, tags=["security"])


@pytest.mark.parametrize(("total", "faults"), [(39, []), (40, ["recovery.E002"])])
def test_terms_under_which_nobody_could_be_approved_are_refused(monkeypatch, total, faults):
    monkeypatch.setattr(policy_versions, "terms_in_force", lambda: replace(TERMS, total_needed=total))

    assert [fault.id for fault in a_case_can_be_approved()] == faults
