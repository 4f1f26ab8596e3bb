"""``make bench``: what a sign-in, a help page and a crowd cost. Ratios measured in one run, never timed tests.

Runs on SQLite, and on PostgreSQL when PORTAL_TEST_POSTGRES_URL names a server on this machine. The portal is
called through its WSGI entry under production settings; CPU is that of this process and, on PostgreSQL, of the
server's processes.
"""

import argparse
import base64
import io
import os
import re
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests import bench_accounts, bench_crowd, bench_enumeration, bench_feed, bench_passwords, bench_strangers

ROUNDS = 60
USERS = 100_000
OLD_ATTEMPTS = 1_000_000
BROWSER = {"HTTP_USER_AGENT": "Mozilla/5.0 (Windows NT 10.0) Chrome/130", "HTTP_ACCEPT_LANGUAGE": "en"}


class Visitor:
    """A browser as small as possible: cookies, a form token, and the application called directly."""

    def __init__(self, application: Callable[..., Any]) -> None:
        self.application = application
        self.cookies: SimpleCookie = SimpleCookie()
        self.token = self.form_id = ""

    def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        return self._call("GET", path, b"", headers)

    def post(self, path: str, **fields: str) -> tuple[int, bytes]:
        body = urlencode({"csrfmiddlewaretoken": self.token, "form_id": self.form_id} | fields).encode()
        return self._call("POST", path, body, {"HTTP_REFERER": f"https://bench.test{path}"})

    def _call(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        answer: dict[str, Any] = {}
        environ = (
            {
                "REQUEST_METHOD": method,
                "PATH_INFO": path.partition("?")[0],
                "QUERY_STRING": path.partition("?")[2],
                "SERVER_NAME": "bench.test",
                "SERVER_PORT": "443",
                "HTTP_HOST": "bench.test",
                "wsgi.url_scheme": "https",
                "wsgi.input": io.BytesIO(body),
                "wsgi.errors": sys.stderr,
                "CONTENT_LENGTH": str(len(body)),
                "REMOTE_ADDR": "127.0.0.1",
                "CONTENT_TYPE": "application/x-www-form-urlencoded",
                "HTTP_COOKIE": "; ".join(f"{name}={morsel.value}" for name, morsel in self.cookies.items()),
            }
            | BROWSER
            | headers
        )
        chunks = self.application(environ, lambda status, headers, *_: answer.update(status=status, headers=headers))
        content = b"".join(chunks)
        if hasattr(chunks, "close"):
            chunks.close()
        for name, value in answer["headers"]:
            if name.lower() == "set-cookie":
                self.cookies.load(value)
        if found := re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', content):
            self.token = found.group(1).decode()
        if found := re.search(rb'name="form_id" value="([^"]+)"', content):
            self.form_id = found.group(1).decode()
        self.headers = dict(answer["headers"])
        return int(answer["status"].split()[0]), content


def sign_in(visitor: Visitor, username: str, password: str, code: Callable[[], str]) -> Iterator[tuple[str, int, int]]:
    """Walk from the form to the dashboard; yield each step's name, status and bytes."""
    yield ("GET form", *sized(visitor.get("/login/")))
    yield ("POST password", *sized(visitor.post("/login/", username=username, password=password)))
    page = visitor.headers["Location"]
    yield ("GET code page", *sized(visitor.get(page)))
    yield ("POST code", *sized(visitor.post(page, otp_token=code())))
    yield ("GET dashboard", *sized(visitor.get("/")))


def sized(answer: tuple[int, bytes]) -> tuple[int, int]:
    return answer[0], len(answer[1])


def cpu() -> float:
    """Return the CPU seconds of this process and of the database server's processes."""
    return time.process_time() + sum(_cpu_of(pid) for pid in _database_processes())


def _database_processes() -> list[int]:
    from django.db import connection

    if connection.vendor == "sqlite":
        return []
    found = subprocess.run(["pgrep", "-x", "postgres"], capture_output=True, text=True, check=False)
    return [int(pid) for pid in found.stdout.split()]


def _cpu_of(pid: int) -> float:
    try:
        # nanoseconds on the CPU; finer than the ticks of /proc/<pid>/stat
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        return 0.0


def one_hash() -> float:
    """Return the median CPU seconds of one password hash with the parameters in force."""
    from django.contrib.auth.hashers import make_password

    return statistics.median(list(timed(lambda: make_password("a password of some length"), 15)))


def timed(act: Callable[[], object], rounds: int) -> Iterator[float]:
    for _ in range(rounds):
        before = cpu()
        act()
        yield cpu() - before


class Desk:
    """The people and tables of one run."""

    def __init__(self, options: argparse.Namespace) -> None:
        from django.core.wsgi import get_wsgi_application

        from tests import factories

        self.options = options
        self.application = get_wsgi_application()
        self.person = factories.customer("bench-ada")

    def log_in(self) -> list[tuple[str, int, int]]:
        """Sign in once, on a browser that is new to the portal, and leave."""
        from accounts.models import Key

        Key.objects.filter(user=self.person.user).update(last_step=-1)
        visitor = Visitor(self.application)
        steps = list(sign_in(visitor, "bench-ada", self.person.password, self.person.code))
        assert [status for _name, status, _size in steps] == [200, 302, 200, 302, 200], steps
        return steps

    def cost(self, rounds: int = ROUNDS) -> float:
        """Return the median CPU seconds of a log-in, without what this bench itself adds around it."""
        self.log_in()
        return statistics.median(timed(self.log_in, rounds)) - statistics.median(timed(self.reset, rounds))

    def reset(self) -> None:
        from accounts.models import Key

        Key.objects.filter(user=self.person.user).update(last_step=-1)


def log_in_section(desk: Desk) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    hashed = one_hash()
    cost = desk.cost()
    print(f"  one argon2id hash                      {hashed * 1000:7.1f} ms CPU")
    print(f"  a whole two-factor log-in              {cost * 1000:7.1f} ms CPU")
    print(f"  ratio                                  {cost / hashed:7.2f} hashes   (goal 1.9, limit 2.5)")
    desk.reset()
    visitor, total, asked = Visitor(desk.application), 0, 0
    walk = sign_in(visitor, "bench-ada", desk.person.password, desk.person.code)
    while True:
        with CaptureQueriesContext(connection) as seen:
            step = next(walk, None)
        if step is None:
            break
        words = [q["sql"].split()[0].strip(";").upper() for q in seen.captured_queries]
        frame = sum(word in {"BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"} for word in words)
        total, asked = total + len(words), asked + len(words) - frame
        print(f"  {step[0]:16} {len(words) - frame:3} statements + {frame} BEGIN/COMMIT {step[2]:7} bytes")
    print(f"  {'all':16} {asked:3} statements + {total - asked} BEGIN/COMMIT   (goal 10, limit 20)")


def growth_section(desk: Desk) -> None:
    """Compare a log-in in an empty database with one among many users and old attempts."""
    empty = desk.cost()
    fill()
    full = desk.cost()
    print(
        f"  with {USERS:,} users and {OLD_ATTEMPTS:,} old attempts: {full / empty:.2f} x the empty database (limit 1.10)"
    )


def fill() -> None:
    from django.db import connection

    postgresql = connection.vendor == "postgresql"
    numbers = (
        "SELECT generate_series(1, %d) AS n"
        if postgresql
        else "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < %d) SELECT n FROM c"
    )
    false, true = ("FALSE", "TRUE") if postgresql else ("0", "1")
    encrypt = "md5(n::text || '{0}')::uuid" if postgresql else "lower(hex(randomblob(16)))"
    now = "now()" if postgresql else "'2020-01-01 00:00:00'"
    wide = "lpad(n::text, 64, '{0}')" if postgresql else "'{0}' || printf('%063d', n)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO accounts_customer (number, public_id, given_name, middle_name, family_name, birth_date,
                address, phone, application, language, time_zone, created_at)
                SELECT 'B' || n, {encrypt.format("c")}, '', '', '', '', '', '', '', 'en', 'UTC', {now}
                FROM ({numbers % USERS}) AS numbers"""
        )
        cursor.execute(
            f"""INSERT INTO accounts_user (password, is_superuser, public_id, username, username_hash, email, realm,
                customer_id, is_staff, is_active, session_version, password_history_salt, created_at)
                SELECT '!', {false}, public_id, number, number, '', 'live', id, {false}, {true}, 0, '', {now}
                FROM accounts_customer WHERE number LIKE 'B%'"""
        )
        cursor.execute(
            f"""INSERT INTO throttle_throttle
                (key, "limit", subject, tries, used, used_in_a_row, since, fades_at, last_at, announced)
                SELECT {wide.format("k")}, 'password', {wide.format("s")}, 5, 1, 1, {now}, {now}, {now}, {true}
                FROM ({numbers % OLD_ATTEMPTS}) AS numbers"""
        )
        cursor.execute("ANALYZE")


def add_page(address: str, view: Callable[..., Any]) -> None:
    """Serve one more page, to compare others with."""
    from django.urls import clear_url_caches, path

    from portal import urls

    urls.urlpatterns.append(path(address, view))
    clear_url_caches()


def help_section(desk: Desk) -> None:
    """Compare a help page with a bare view that returns the same bytes."""
    from django.http import HttpResponse

    visitor = Visitor(desk.application)
    _status, content = visitor.get("/help/problem/account-paused/")
    tag = visitor.headers["ETag"]
    add_page("bare-help/", lambda request: HttpResponse(content))
    page = statistics.median(timed(lambda: visitor.get("/help/problem/account-paused/"), 400))
    floor = statistics.median(timed(lambda: visitor.get("/bare-help/"), 400))
    address = "/help/problem/account-paused/"
    again = statistics.median(timed(lambda: visitor.get(address, HTTP_IF_NONE_MATCH=tag), 400))
    print(
        f"  a help page: {floor / page:.2f} x the requests of a bare view with the same {len(content)} bytes (limit 0.7)"
    )
    print(f"  the same, unchanged since the last visit (304): {floor / again:.2f} x")


def waiting_section(desk: Desk) -> None:
    """Count what one question of the page that waits for the phone costs, against a bare view of the same bytes."""
    from django.db import connection
    from django.http import HttpResponse
    from django.test.utils import CaptureQueriesContext

    from portal.lib import headers
    from tests import factories

    person = factories.customer("bench-waits")
    factories.phone(person)
    visitor = Visitor(desk.application)
    visitor.get("/login/")
    visitor.post("/login/", username="bench-waits", password=person.password)
    waiting = f"/login/waiting/?{visitor.headers['Location'].partition('?')[2]}"
    with CaptureQueriesContext(connection) as seen:
        _status, content = visitor.get(waiting)
    asked = len(seen)
    assert content == b'{"state": "waiting"}', content
    sent = len(content) + sum(len(name) + len(value) + 4 for name, value in visitor.headers.items())

    add_page("bare/", lambda request: HttpResponse(content, headers={"Content-Security-Policy": headers.DATA_ONLY}))
    poll = statistics.median(timed(lambda: visitor.get(waiting), 400))
    floor = statistics.median(timed(lambda: visitor.get("/bare/"), 400))
    print(
        f"  one question of the page that waits for the phone: {asked} statement (limit 1), {len(content)} bytes,",
        end=" ",
    )
    print(f"{sent} with headers (limit 400); {poll * 1000:.2f} ms CPU, {poll / floor:.2f} x a bare view")


def options() -> argparse.Namespace:
    """Return what ``make bench ARGS=...`` asks for."""
    parser = argparse.ArgumentParser(prog="make bench", description="Measure what the portal costs.")
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"of {', '.join(SECTIONS)}; all of them")
    parser.add_argument("--people", type=int, default=USERS // 10, help="in the books of the section feed")
    parser.add_argument("--entries", type=int, default=OLD_ATTEMPTS // 10, help="of activity in these books")
    asked = parser.parse_args()
    if unknown := set(asked.sections) - set(SECTIONS):
        parser.error(f"no such section: {', '.join(sorted(unknown))}")
    return asked


def run() -> None:
    """Run the sections on the database of DATABASE_URL (a child process of main)."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    desk = Desk(options())
    print(f"{connection.vendor}:", flush=True)
    for name, section in SECTIONS.items():
        if not desk.options.sections or name in desk.options.sections:
            section(desk)
            sys.stdout.flush()


SECTIONS: dict[str, Callable[[Desk], None]] = {
    "log-in": log_in_section,
    "help": help_section,
    "waiting": waiting_section,
    "passwords": bench_passwords.section,
    "strangers": bench_strangers.section,
    "crowd": bench_crowd.section,
    "accounts": bench_accounts.section,
    "enumeration": bench_enumeration.section,
    "growth": growth_section,
    "feed": bench_feed.section,
}


def main() -> None:
    """Run once per database, each in a process of its own with production settings."""
    options()
    with tempfile.TemporaryDirectory() as folder:
        production = os.environ | {
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "PORTAL_DEBUG": "no",
            "PORTAL_HOST": "bench.test",
            "PORTAL_SECRET_KEY": secrets.token_urlsafe(60),
            "PORTAL_FIELD_KEYS": f"b1:{base64.b64encode(secrets.token_bytes(32)).decode()}",
            "PORTAL_INDEX_KEY": secrets.token_urlsafe(40),
            "PORTAL_AUDIT_KEY": secrets.token_urlsafe(40),
            "PORTAL_SMTP_PASSWORD": "unused",
            "PORTAL_RUN_DIR": f"{folder}/run",
        }
        production.pop("PORTAL_TEST_ALL", None)
        databases = [f"sqlite:///{folder}/bench.sqlite3"]
        if server := os.environ.get("PORTAL_TEST_POSTGRES_URL"):
            anew = ["-qc", "DROP DATABASE IF EXISTS bench", "-c", "CREATE DATABASE bench"]
            subprocess.run(["psql", server, *anew], check=True)
            databases.append(f"{server.rpartition('/')[0]}/bench")
        else:
            print("PostgreSQL is left out: PORTAL_TEST_POSTGRES_URL names no server.")
        manage = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"]
        subprocess.run(manage, env=production | {"DATABASE_URL": databases[0]}, check=True)
        for database in databases:
            command = [sys.executable, "-c", "from tests import bench; bench.run()", *sys.argv[1:]]
            subprocess.run(command, env=production | {"DATABASE_URL": database}, check=True)


if __name__ == "__main__":
    main()
