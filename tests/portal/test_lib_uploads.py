"""No page takes a file: nothing that is sent as one is read, kept or written to disk."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from portal.throttle.models import Throttle

pytestmark = pytest.mark.django_db

PAIR = {"username": "ada", "password": "x"}


class Watched(io.BytesIO):
    """A body that counts what is read of it."""

    taken = 0

    def read(self, size: int | None = -1) -> bytes:
        piece = super().read(size)
        self.taken += len(piece)
        return piece


@pytest.mark.parametrize("size", [0, 1, 10_000])
def test_a_file_is_refused(client: Client, size: int) -> None:
    answer = client.post("/login/", PAIR | {"picture": SimpleUploadedFile("a.png", b"x" * size)})

    assert answer.status_code == 400
    assert Throttle.objects.count() == 0


def test_a_file_is_refused_where_no_form_is_read() -> None:
    careful = Client(enforce_csrf_checks=True)
    careful.cookies["csrf"] = "a" * 32

    assert careful.post("/logout/", {"picture": SimpleUploadedFile("a.png", b"x")}).status_code == 400


@pytest.mark.parametrize("path", ["/login/", "/recover/", "/logout/"])
def test_a_long_body_in_parts_is_refused_unread(path: str) -> None:
    body = Watched(b"--X\r\nContent-Disposition: form-data; name=a\r\n\r\n" + b"y" * 1_000_000 + b"\r\n--X--\r\n")
    careful = Client(enforce_csrf_checks=True)
    careful.cookies["csrf"] = "a" * 32

    announced = {"CONTENT_TYPE": "multipart/form-data; boundary=X", "CONTENT_LENGTH": str(len(body.getvalue()))}
    answer = careful.generic("POST", path, **announced, **{"wsgi.input": body})

    assert answer.status_code == 400
    assert body.taken == 0


def test_a_short_form_in_parts_is_read(client: Client) -> None:
    assert client.post("/login/", PAIR).status_code == 200
    assert Throttle.objects.filter(limit="password").count() == 1
