"""Settings from the environment: nonsense stops the start with a sentence that names the variable."""

import json
from collections.abc import Callable

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.lib import env

NAME = "PORTAL_TRIED"


@pytest.fixture(autouse=True)
def own_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(env, "READINGS", {})


def number() -> object:
    return env.number(NAME, 5, low=3, high=10, unit="tries", help="")


def flag() -> object:
    return env.flag(NAME, False, help="")


def mapping() -> object:
    return env.mapping(NAME, {"mon": "8-20"}, help="")


def words() -> object:
    return env.words(NAME, ["a"], help="")


def text() -> object:
    return env.text(NAME, "default", help="")


def links() -> object:
    return env.links(NAME, help="")


def secret() -> object:
    return env.secret(NAME, development=None, help="Signs cookies.")


@pytest.mark.parametrize(
    ("read", "raw", "value"),
    [
        (number, None, 5),
        (number, "3", 3),
        (number, "10", 10),
        (number, "007", 7),
        (flag, None, False),
        (flag, "1", True),
        (flag, "YES", True),
        (flag, "on", True),
        (flag, "0", False),
        (flag, "off", False),
        (words, None, ["a"]),
        (words, " b, ,c ", ["b", "c"]),
        (words, "", []),
        (mapping, None, {"mon": "8-20"}),
        (mapping, '{"sat": "10-16"}', {"sat": "10-16"}),
        (links, None, {}),
        (links, "", {}),
        (
            links,
            '{"Fees": "https://firm.example/fees?a=b#c", "Help": "/help/"}',
            {"Fees": "https://firm.example/fees?a=b#c", "Help": "/help/"},
        ),
        (
            links,
            '{"Gebühren & mehr: \\"alles\\"": "https://börse.example:8443/"}',
            {'Gebühren & mehr: "alles"': "https://börse.example:8443/"},
        ),
        (text, None, "default"),
        (text, "", ""),
        (secret, "s3cret", "s3cret"),
    ],
)
def test_a_value_is_read(monkeypatch, read: Callable[[], object], raw: str | None, value: object):
    if raw is not None:
        monkeypatch.setenv(NAME, raw)

    assert read() == value
    assert env.READINGS[NAME].value == value
    assert env.READINGS[NAME].origin == ("default" if raw is None else "environment")


@pytest.mark.parametrize(
    ("read", "raw"),
    [
        *((number, raw) for raw in ("2", "11", "-5", "5.0", "5 ", "", "five", "0x5", "1_0", "٥", "²", "9" * 5000)),
        *((flag, raw) for raw in ("", "2", "ja", "None", "true ")),
        *((mapping, raw) for raw in ("", "[]", "{", '{"mon": 8}', '{"mon": null}', "null", '"mon"')),
        *((links, raw) for raw in ("[]", "{", "null", '"/"', '{"Fees": 1}', '{"Fees": null}', '{"Fees": ["/"]}')),
        *((links, f'{{"{label}": "/fees/"}}') for label in ("", " ", "a\\nb", "a\\u202eb", "x" * 61)),
        (links, '{"Fees": "/fees/", "Fees": "https://other.example/"}'),
        (secret, ""),
        (secret, None),
    ],
)
def test_nonsense_is_refused_and_the_variable_named(monkeypatch, read: Callable[[], object], raw: str | None):
    if raw is not None:
        monkeypatch.setenv(NAME, raw)

    with pytest.raises(ImproperlyConfigured, match=NAME):
        read()
    assert NAME not in env.READINGS


def test_links_keep_their_order(monkeypatch):
    monkeypatch.setenv(NAME, '{"Zebra": "/z/", "Apple": "/a/", "Mango": "/m/"}')

    assert list(env.links(NAME, help="")) == ["Zebra", "Apple", "Mango"]


@pytest.mark.parametrize(
    "address",
    [
        *("", "fees", "fees/", "#fees", "?fees", "//other.example/", "/\\other.example/", "\\\\other.example/"),
        *(
            "http://firm.example/",
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "data:text/html,x",
            "mailto:a@b.example",
        ),
        *("https:", "https:///fees", "https:firm.example", "https://user@firm.example/", "https://firm.example:port/"),
        *(" https://firm.example/", "https://firm.example/ ", "https://firm.example/\n", "/\t/other.example/", "/a b/"),
        *("https://firm.example/<script>", 'https://firm.example/"', "/\u202e/", "https://[::1/", "/" + "x" * 2000),
    ],
)
def test_a_link_leads_to_https_or_a_path_of_our_own(monkeypatch, address: str):
    monkeypatch.setenv(NAME, json.dumps({"Fees": address}))

    with pytest.raises(ImproperlyConfigured, match=f"{NAME}: Fees must lead to https"):
        env.links(NAME, help="")


def test_a_refused_number_says_what_would_be_right(monkeypatch):
    monkeypatch.setenv(NAME, "11")

    with pytest.raises(ImproperlyConfigured, match="must be between 3 and 10 tries, you gave 11"):
        number()


def test_a_secret_may_come_from_a_file(monkeypatch, tmp_path):
    (tmp_path / "secret").write_text("from-a-file\n")
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "secret"))

    assert secret() == "from-a-file"
    assert env.READINGS[NAME].origin == "file"


@pytest.mark.parametrize("content", [None, b"\xff\xfe", b"", b" \n"])
def test_a_file_that_is_missing_empty_or_not_text_is_refused(monkeypatch, tmp_path, content: bytes | None):
    if content is not None:
        (tmp_path / "secret").write_bytes(content)
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "secret"))

    with pytest.raises(ImproperlyConfigured, match=NAME):
        secret()


PUBLISHED = "everybody-can-read-this-secret-in-the-repository"


def key() -> str:
    return env.secret(NAME, development=None, shortest=32, published=PUBLISHED, help="Signs cookies.")


def test_a_secret_of_ones_own_is_taken(monkeypatch):
    monkeypatch.setenv(NAME, "x" * 32)

    assert key() == "x" * 32


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("x" * 31, "must be 32 characters or longer, you gave 31"),
        (PUBLISHED, "is published with the program"),
        (f"own:{'x' * 40},dev:{PUBLISHED}", "is published with the program"),
    ],
)
def test_a_secret_that_can_be_guessed_or_read_is_refused_and_not_repeated(monkeypatch, given: str, words: str):
    monkeypatch.setenv(NAME, given)

    with pytest.raises(ImproperlyConfigured, match=f"^{NAME} .*{words}") as refused:
        key()
    assert given not in str(refused.value)


def test_a_secret_given_twice_is_refused_and_not_repeated(monkeypatch, tmp_path):
    monkeypatch.setenv(NAME, "hush-hush")
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "secret"))

    with pytest.raises(ImproperlyConfigured, match="not both") as refused:
        secret()
    assert "hush-hush" not in str(refused.value)


def test_a_secret_the_portal_can_do_without_may_be_left_out_but_not_be_a_short_one(monkeypatch):
    def optional() -> str:
        return env.secret(NAME, development="", shortest=8, help="")

    assert optional() == ""
    assert env.READINGS[NAME].default == ""
    for given in ("", "short"):
        monkeypatch.setenv(NAME, given)
        with pytest.raises(ImproperlyConfigured, match=NAME):
            optional()


def test_a_secret_is_marked_as_one_and_has_no_default_to_print(monkeypatch):
    monkeypatch.setenv(NAME, "hush-hush")
    secret()

    assert env.READINGS[NAME].is_secret
    assert env.READINGS[NAME].default is None
