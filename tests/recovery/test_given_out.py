"""What is given out of recovery: the person's own, and nothing of those who only knew a username (FIRM-5)."""

import json

import pytest

from accounts.actions.privacy import export
from accounts.models import User
from recovery.actions import claims, timers
from recovery.actions.resets import steps
from recovery.enums import Purpose
from tests.recovery import planted
from tests.recovery.conftest import ORIGIN, Walk, now

pytestmark = [pytest.mark.django_db, pytest.mark.promise("FIRM-5")]


def given_to(user: User) -> dict[str, list[dict]]:
    return json.loads("".join(export.as_json(export.person_of(user), now=now())))["tables"]


def test_the_number_of_a_stranger_who_claimed_the_username_is_not_given_to_its_owner(clock, holder):
    facts = {"lost": [Purpose.KEY], "contact": "+442079460777", "browser": "b" * 20, "by": None}
    claims.open_claim(username=holder.user.username, origin=planted.ORIGIN, now=now(), **facts)
    steps.begin(username=holder.user.username, ticket="t" * 20, browser="", origin=planted.ORIGIN, now=now())

    data = given_to(holder.user)

    assert [row["contact"] for row in data["recovery.Claim"]] == [""]
    assert [row["address"] for row in data["recovery.PasswordReset"]] == [""]
    assert planted.ADDRESS not in json.dumps(data)


def test_the_number_in_a_claim_of_their_own_is(clock, walk: Walk, holder):
    walk.opened()
    walk.claim.contact = "+442079460777"
    walk.claim.save(update_fields=["contact"])
    walk.in_review().approved(clock).waited(clock).started().opened_grant().completed()
    clock.set(walk.case.until)
    timers.tick(now())
    claims.open_claim(
        username="ada", lost=[Purpose.KEY], contact="+13125550", browser="c" * 20, by=None, origin=ORIGIN, now=now()
    )

    assert [row["contact"] for row in given_to(holder.user)["recovery.Claim"]] == ["+442079460777", ""]
