"""Where an address is, in words: never wrong in a way that stops somebody."""

from pathlib import Path

import pytest

from portal import checks
from portal.lib import client, geolocation

FILE = """network,place,source
198.51.100.0/22,near New York,x
198.51.100.0/24,our office in Boston,x
198.51.100.7,the front door,x
203.0.113.0/24,  near\tLondon ,x
2001:db8::/32,near Paris,x
2001:db8:0:1::/64,our house in Lyon,x
0.0.0.0/1,the lower half,x
127.0.0.0/8,,x
"""


@pytest.fixture
def write(settings: object, tmp_path: Path) -> object:
    """Put a file of places in force."""

    def written(text: str | bytes) -> None:
        path = tmp_path / "places.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        settings.PORTAL_GEOLOCATION, settings.PORTAL_GEOLOCATION_CSV = "portal.lib.geolocation.from_file", str(path)

    return written


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "::1", "198.51.100.7", client.UNKNOWN])
def test_without_a_map_no_place_is_known(address):
    assert geolocation.of(address) == ""


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("198.51.100.7", "the front door"),
        ("198.51.100.8", "our office in Boston"),
        ("198.51.101.7", "near New York"),
        ("198.51.104.1", ""),
        ("203.0.113.255", "near London"),
        ("203.0.114.0", ""),
        ("2001:db8:0:1::9", "our house in Lyon"),
        ("2001:db8:0:2::9", "near Paris"),
        ("2001:db9::1", ""),
        ("::1", ""),
        ("126.0.0.1", "the lower half"),
        ("127.0.0.1", ""),
    ],
)
def test_the_smallest_network_that_holds_an_address_names_its_place(write, address, place):
    write(FILE)

    assert geolocation.of(address) == place
    assert client.Origin(address).place == place


def test_a_file_is_read_once(write, settings):
    write(FILE)
    assert geolocation.of("203.0.113.1") == "near London"

    Path(settings.PORTAL_GEOLOCATION_CSV).unlink()

    assert geolocation.of("203.0.113.2") == "near London"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "the columns network and place"),
        ("net,place\n192.0.2.0/24,x\n", "the columns network and place"),
        ("network,place\n192.0.2.0/24,x\n192.0.2.1/24,x\n", "line 3: '192.0.2.1/24' is not a network"),
        ("network,place\n192.0.2.0/24\nelsewhere,x\n", "line 3: 'elsewhere'"),
        ("network,place\n,x\n", "line 2: ''"),
        (b"network,place\n192.0.2.0/24,Z\xfcrich\n", "not a CSV file in UTF-8"),
        ('network,place\n192.0.2.0/24,"x\n', "not a CSV file in UTF-8"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_at_the_check_and_stops_nobody(write, caplog, text, why):
    write(text)

    (found,) = checks.places_can_be_found()
    assert (found.id, why in found.hint) == ("portal.E007", True)
    assert [geolocation.of("192.0.2.1"), geolocation.of("192.0.2.2")] == ["", ""]
    assert [record.message for record in caplog.records] == ["the file of places cannot be used"]


def test_a_file_that_is_not_there_is_named_at_the_check_and_stops_nobody(settings, tmp_path):
    settings.PORTAL_GEOLOCATION, settings.PORTAL_GEOLOCATION_CSV = (
        "portal.lib.geolocation.from_file",
        str(tmp_path / "none.csv"),
    )

    assert "No such file" in checks.places_can_be_found()[0].hint
    assert geolocation.of("192.0.2.1") == ""


@pytest.mark.parametrize(
    "path", ["", "nowhere", "portal.lib.geolocation.nobody", "no.such.one", "portal.lib.geolocation.LONGEST"]
)
def test_a_path_that_leads_to_no_function_is_named_at_the_check_and_stops_nobody(settings, path):
    settings.PORTAL_GEOLOCATION = path

    assert [found.id for found in checks.places_can_be_found()] == ["portal.E007"]
    assert geolocation.of("192.0.2.1") == ""


@pytest.mark.parametrize("path", ["portal.lib.geolocation.unknown", f"{__name__}.long_winded"])
def test_the_functions_there_are_pass_the_check(settings, path):
    settings.PORTAL_GEOLOCATION = path

    assert checks.places_can_be_found() == []


def test_a_file_in_order_passes_the_check(write):
    write(FILE)

    assert checks.places_can_be_found() == []


def long_winded(address: str) -> str:
    return f" near\n{address} " + "x" * 1000


def failing(address: str) -> str:
    raise ZeroDivisionError


def silent(address: str) -> None:
    return None


def test_the_words_of_a_function_fit_a_line(settings):
    settings.PORTAL_GEOLOCATION = f"{__name__}.long_winded"

    assert geolocation.of("192.0.2.1").startswith("near 192.0.2.1 xxx")
    assert len(geolocation.of("192.0.2.1")) == geolocation.MAX_BODY_BYTES


@pytest.mark.parametrize("name", ["failing", "silent"])
def test_a_function_that_fails_is_logged_and_stops_nobody(settings, caplog, name):
    settings.PORTAL_GEOLOCATION = f"{__name__}.{name}"

    assert geolocation.of("192.0.2.1") == ""
    assert [record.message for record in caplog.records] == ["the place of an address was not found"]
