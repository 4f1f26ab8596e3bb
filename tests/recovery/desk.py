"""Walking through the pages of the desk."""

import re
from dataclasses import dataclass

from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from helpcenter import causes
from portal.outbox.models import Notice
from recovery.actions import possession
from recovery.admin import steps
from recovery.methods import METHODS
from recovery.models import Case
from tests.factories import Person, signed_in
from tests.recovery.conftest import ORIGIN, now, right_answer

OPEN, START, TAKE = (f"/admin/recovery/case/{name}/" for name in ("open", "start", "take"))
STATEMENT = {"recommends": "yes", "call_reference": "call 4711"}
REASON = "Everything on file agrees with what the caller said."


def step_url(case: Case, name: str) -> str:
    return reverse("admin:recovery_case_step", args=[case.pk, name])


def case_url(case: Case) -> str:
    return reverse("admin:recovery_case_change", args=[case.pk])


def every_url(case: Case) -> dict[str, str]:
    """Every address of the desk, by name."""
    plain = {name: reverse(f"admin:recovery_case_{name}") for name in ("changelist", "open", "start", "take")}
    return plain | {"case": case_url(case)} | {name: step_url(case, name) for name in steps.every()}


def tells(html: str, code: str) -> bool:
    """Tell whether a page says what it was refused for: the title of this cause."""
    return escape(str(causes.get(code).title)) in html


@dataclass
class Seat:
    """Somebody at the desk, in a browser."""

    person: Person
    client: Client

    @classmethod
    def of(cls, person: Person, **options: object) -> "Seat":
        return cls(person, signed_in(person, **options))

    def see(self, url: str, status: int = 200) -> str:
        response = self.client.get(url)
        assert response.status_code == status
        return response.content.decode()

    def do(self, case: Case, name: str, *, status: int = 302, **typed: object) -> str:
        """Send a step as its page would, with the version of now unless another is given."""
        case.refresh_from_db()
        response = self.client.post(step_url(case, name), {"version": case.version, **typed})
        assert response.status_code == status, response.content.decode()[-2000:]
        return response.content.decode()

    def answer_all(self, case: Case, how: object) -> list[str]:
        """Answer every question; return what the page said to each."""
        said = []
        for item in case.claim.items.order_by("place"):
            case.refresh_from_db()
            typed = {"version": case.version, "place": item.place, "answer": how(item)}
            response = self.client.post(step_url(case, "ask"), typed, follow=True)
            said += re.findall(r'<li class="success">([^<]+)</li>', response.content.decode())
        return said


def started(seat: Seat, walk) -> Case:
    """Begin a call with the reference and PIN of the web claim."""
    walk.opened()
    answer = seat.client.post(START, {"reference": walk.claim.reference.lower(), "pin": walk.pin})
    assert answer.status_code == 302, answer.content.decode()[-1500:]
    walk.claim.refresh_from_db()
    return walk.case


def in_review(walk, dana) -> Case:
    """Bring a case to a second person, by the pages."""
    case = started(dana, walk)
    dana.answer_all(Case.objects.get(pk=case.pk), right_answer)
    dana.do(case, "finish")
    dana.do(case, "send-mail")
    dana.do(case, "statement", **STATEMENT)
    code = Notice.objects.filter(kind="code").latest("pk").facts["code"].replace(" ", "")
    possession.accept(method=METHODS["mail"], claim=walk.claim, typed={"code": code}, origin=ORIGIN, now=now())
    return walk.case
