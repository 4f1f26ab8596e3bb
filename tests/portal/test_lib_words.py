"""Moments in words, log lines of one line."""

import json
import logging
import sys
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from portal.lib import time_format
from portal.lib.logs import JsonFormatter, RequestIdFilter, request_id

SUMMER, WINTER = datetime(2026, 7, 1, 16, 30, tzinfo=UTC), datetime(2026, 1, 1, 16, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "zone", "words"),
    [
        (WINTER, "America/New_York", "11:30 (New York time)"),
        (SUMMER, "America/New_York", "12:30 (New York time)"),
        (WINTER, "Europe/Vienna", "17:30 (Vienna time)"),
        (WINTER, "Asia/Kolkata", "22:00 (Kolkata time)"),
        (WINTER, "America/Argentina/Buenos_Aires", "13:30 (Buenos Aires time)"),
        (WINTER, "UTC", "16:30 (UTC)"),
        (WINTER, "Etc/GMT+5", "11:30 (GMT+5)"),
        (WINTER, "", "11:30 (New York time)"),
    ],
)
def test_a_moment_is_said_with_its_zone(moment: datetime, zone: str, words: str):
    assert time_format.time_words(moment, zone) == words


def test_a_zone_in_force_is_the_readers():
    with timezone.override("Europe/Vienna"):
        assert time_format.time_words(WINTER) == "17:30 (Vienna time)"


def line(message: str, *args: object, **attributes: object) -> str:
    record = logging.LogRecord("portal", logging.INFO, "", 0, message, args, attributes.pop("exc_info", None))
    record.__dict__.update(attributes)
    RequestIdFilter().filter(record)
    return JsonFormatter().format(record)


@pytest.mark.parametrize("text", ["a\nb", "a\r\n{}", "\x1b[31m", "\x00", "\u2028", '"}', "é🙂"])
def test_whatever_is_logged_stays_on_one_line_and_is_read_back(text: str):
    written = line("%s", text, facts={"subject": text})

    assert written.isascii()
    assert len(written.splitlines()) == 1
    assert json.loads(written)["message"] == json.loads(written)["facts"]["subject"] == text


def test_a_fault_stays_on_one_line_too():
    try:
        int("first\nsecond")
    except ValueError:
        written = line("failed", exc_info=sys.exc_info())

    assert len(written.splitlines()) == 1
    assert "ValueError: invalid literal" in json.loads(written)["error"]


def test_every_line_bears_the_request_it_belongs_to():
    token = request_id.set("7F3K2Q9C")
    inside = json.loads(line("in"))["request"]
    request_id.reset(token)

    assert (inside, json.loads(line("out"))["request"]) == ("7F3K2Q9C", "-")
