"""The invitations of the demo open with the codes that it prints (FIRM-1)."""

import io
import re

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.models import RoleChange, StaffInvitation, User

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.promise("FIRM-1")]


def printed() -> str:
    out = io.StringIO()
    call_command("portal_demo", "--yes-really", stdout=out)
    return " ".join(out.getvalue().split())


def test_the_printed_codes_open_the_invitations_also_after_a_second_run():
    printed()
    before = list(StaffInvitation.objects.values_list("pk", "told_digest"))

    said = printed()

    assert list(StaffInvitation.objects.values_list("pk", "told_digest")) == before
    found = re.findall(r"(\w+) is invited as [a-z ]+: at /invitation/, with the codes (\S{9}) and (\S{9})", said)
    assert [name for name, _told, _mailed in found] == ["tara", "vito"]
    for name, told, mailed in found:
        typed = {"username": name, "told_part": told, "mailed_part": mailed}
        assert Client().post("/invitation/", typed).url == "/invitation/password/"
    assert not User.objects.get(username="vito").groups.exists()
    assert RoleChange.objects.get(outcome="").user.username == "vito"
