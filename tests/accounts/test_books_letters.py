"""The firm's books ask for a new welcome letter (FIRM-2, FIRM-3)."""

from datetime import timedelta
from pathlib import Path

import pytest

from accounts.models import User, WelcomeLetter
from tests.accounts.books_work import read
from tests.accounts.welcome_work import code_for, newcomer, works
from tests.conftest import Clock

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.promise("FIRM-2", "FIRM-3")]


@pytest.fixture
def vera(clock: Clock) -> User:
    """Somebody whose first letter was printed three days ago."""
    user = newcomer()
    user.first_code = code_for(user)
    clock.move(days=3)
    return user


def ask(folder: Path, user: User, clock: Clock, *, days_ago: int = 0) -> str:
    day = (clock.now - timedelta(days=days_ago)).date().isoformat()
    return read(folder, {"record": "login", "username": user.username, "letter_wanted": day}, feed=True)


def test_a_letter_that_the_books_ask_for_replaces_the_earlier_one_once(vera: User, clock: Clock, tmp_path: Path):
    assert "1 changed" in ask(tmp_path, vera, clock)
    assert "1 unchanged" in ask(tmp_path, vera, clock)
    clock.move(days=1)
    assert "1 unchanged" in ask(tmp_path, vera, clock, days_ago=1)

    assert WelcomeLetter.objects.filter(user=vera, why="feed").count() == 1
    assert not works(vera, vera.first_code)


def test_a_letter_to_an_address_that_has_just_changed_is_pointed_out(vera: User, clock: Clock, tmp_path: Path):
    number = vera.customer.number
    read(tmp_path, {"record": "person", "customer_number": number, "address_line1": "1 New Road"})

    said = ask(tmp_path, vera, clock)

    assert "letter_wanted: " in said
    assert not WelcomeLetter.objects.filter(user=vera, why="feed").exists()


def test_whoever_has_signed_in_gets_none(vera: User, clock: Clock, tmp_path: Path):
    User.objects.filter(pk=vera.pk).update(password_changed_at=clock.now)

    said = ask(tmp_path, vera, clock)

    assert "letter_wanted: " in said
    assert not WelcomeLetter.objects.filter(user=vera, why="feed").exists()
