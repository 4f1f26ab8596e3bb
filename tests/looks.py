"""Looking at a customer at the desk, as the form on its start page does."""

from django.test import Client

FIND = "/admin/customer/"
WHY = "Calls about sign-in"


def look(browser: Client, username: str, reason: str = WHY) -> object:
    """Open the page of a customer, and follow to it."""
    return browser.post(FIND, {"username": username, "reason": reason}, follow=True)


def page_of(browser: Client, username: str) -> str:
    """Return the address of the page."""
    return str(browser.post(FIND, {"username": username, "reason": WHY})["Location"])
