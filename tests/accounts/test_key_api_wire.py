"""The scripted phone over real HTTP: what the document says is enough to stand in for the app."""

import pytest

from tests import factories
from tests.phone import Phone
from tests.phones import paired

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_program_that_knows_the_document_alone_moves_from_phone_to_phone(live_server: object) -> None:
    old, new = paired(factories.customer("wired")), Phone(name="New phone", address=live_server.url)
    old.address = live_server.url

    assert new.call("GET", "time/").status == 200
    assert new.pair(old.transfer()["code"]).status == 200
    assert old.transfer_state()["number"] == new.number
    assert old.match()["state"] == "matched"
    assert new.confirm()["state"] == "matched"
    assert new.prove().status == 200
    assert new.rotate().status == 200
    assert [item["account"] for item in new.requests()["keys"]] == ["wired"]
    assert (old.requests().status, old.requests().cause) == (401, "Y5")
    assert new.remove().status == 200
