"""Somebody who sets a new password in one browser; each verb is one form sent, and returns the last answer."""

import re

from django.test import Client

from portal.lib import clock
from portal.outbox.models import Notice
from recovery.actions.resets import worker_tasks
from tests.factories import Person
from tests.recovery.conftest import NEW_PASSWORD, QUESTIONS


class Resetter:
    """One browser on its way to a new password."""

    def __init__(self, **headers: str) -> None:
        self.client = Client(**headers)

    def begins(self, username: str = "ada") -> object:
        answer = self.client.post("/reset/", {"username": username}, follow=True)
        worker_tasks.send_codes(clock.now())
        return answer

    def mailed_code(self) -> str:
        """Return the code from the newest e-mail, in the mailbox of whoever it was sent to."""
        newest = Notice.objects.filter(kind="reset_code").latest("pk")
        return str(newest.facts["code"]).replace(" ", "")

    def types_code(self, code: str | None = None) -> object:
        return self._sends("code/", code=self.mailed_code() if code is None else code)

    def answers(self, **instead: str) -> object:
        return self._sends("details/", **(QUESTIONS | instead))

    def types_key_code(self, person: Person | None = None, *, code: str = "") -> object:
        return self._sends("key/", otp_token=person.code() if person else code)

    def chooses(self, password: str = NEW_PASSWORD) -> object:
        return self._sends("password/", new_password=password)

    def asks_for_help(self) -> object:
        return self._sends("help/")

    def number(self) -> str:
        """Return the number that the page shows for the phone."""
        page = self.client.get("/reset/key/").content.decode()
        found = re.search(r'class="match-number"><span aria-hidden="true">(\d+)<', page)
        return found.group(1) if found else ""

    def _sends(self, page: str, **fields: str) -> object:
        return self.client.post(f"/reset/{page}", fields, follow=True)


def at_key(ada: Person) -> Resetter:
    """Return somebody who has proved the mailbox and the answers."""
    made = Resetter()
    made.begins(ada.user.username)
    made.types_code()
    made.answers()
    return made


def at_password(ada: Person) -> Resetter:
    """Return somebody who has proved everything."""
    made = at_key(ada)
    made.types_key_code(ada)
    return made


def page_of(answer: object) -> str:
    """Return the path of the page that an answer has led to."""
    return str(answer.request["PATH_INFO"])
