"""A real installation: what docs/how-to/install.md says, in processes of its own, under the production profile."""

import base64
import json
import os
import re
import secrets
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from django.conf import settings

from tests import certificate
from tests.firm.clock import SetForward
from tests.firm.databases import Database, empty_database
from tests.firm.mail_server import MailServer, mail_server
from tests.firm.proxy import proxy
from tests.processes import PATIENCE, wait_for

MAIL_USER, MAIL_PASSWORD = "portal", secrets.token_urlsafe(20)
_OF_THE_TESTS = re.compile(r"PORTAL_|DATABASE_|REDIS_|DJANGO_|COV_|COVERAGE_|PYTEST_")


class Installation:
    """One firm's portal. Its state is in a folder and a database of its own."""

    def __init__(self, folder: Path, database: Database, mail: MailServer) -> None:
        self.folder, self.database, self.mail = folder, database, mail
        self.clock = SetForward(folder / "clock")
        self.certificate = folder / "127.0.0.1.pem"
        self.port, self.url = 0, ""
        self.environment = {name: value for name, value in os.environ.items() if not _OF_THE_TESTS.match(name)}

    def settle(self, port: int, host: str) -> None:
        """Write the settings: those without a default, and where this machine has its mail server."""
        self.port, self.url = port, f"https://{host}"
        keys = ("SECRET_KEY", "INDEX_KEY", "AUDIT_KEY")
        held = {f"PORTAL_{name}": secrets.token_urlsafe(50) for name in keys} | {
            "PORTAL_FIELD_KEYS": f"2026:{base64.b64encode(os.urandom(32)).decode()}",
            "PORTAL_SMTP_PASSWORD": MAIL_PASSWORD,
            "DATABASE_URL": self.database.portal,
        }
        plain = {"PORTAL_HOST": host, "PORTAL_TRUSTED_PROXIES": "1", "PORTAL_RUN_DIR": str(self.folder / "run")}
        plain |= {"PORTAL_SMTP_HOST": "127.0.0.1", "PORTAL_SMTP_PORT": str(self.mail.port)}
        plain |= {"PORTAL_SMTP_USER": MAIL_USER, "SSL_CERT_FILE": str(self.certificate), "HOME": str(self.folder)}
        of_the_test = {"DJANGO_SETTINGS_MODULE": "tests.firm.settings", "TEST_CLOCK": str(self.clock.file)}
        of_the_test |= {"TEST_STATIC_ROOT": str(self.folder / "static")}
        self.environment |= plain | of_the_test | dict(self._kept(name, value) for name, value in held.items())
        vapid = self.manage("portal_vapid_keys").split("PORTAL_VAPID_PRIVATE_KEY=")[1].split()[0]
        self.environment |= dict([self._kept("PORTAL_VAPID_PRIVATE_KEY", vapid)])

    def _kept(self, name: str, value: str) -> tuple[str, str]:
        """Keep a secret in a file of its own; returns the setting that names it."""
        file = self.folder / name.lower()
        file.write_text(value, encoding="utf-8")
        file.chmod(0o600)
        return f"{name}_FILE", str(file)

    def manage(self, *words: str, fails: bool = False, **instead: str) -> str:
        """Run a command, and return what it printed; ``instead`` are other settings."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=settings.BASE_DIR,
            env=self.environment | instead,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        assert (done.returncode != 0) == fails, f"{words}: {done.stdout}{done.stderr}"
        return done.stderr if fails else done.stdout

    def manage_as_owner(self, *words: str) -> str:
        """Run a command as the role that owns the tables."""
        file = self.folder / "owner"
        file.write_text(self.database.owner, encoding="utf-8")
        return self.manage(*words, DATABASE_URL_FILE=str(file))

    def prepare(self) -> None:
        """Check the settings, and make tables and static files."""
        self.manage("check", "--deploy", "--fail-level", "WARNING")
        self.manage_as_owner("migrate")
        self.manage("collectstatic", "--no-input")
        self.database.grant()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run both services, and stop them as their manager would."""
        served = ["-m", "gunicorn", "portal.wsgi", "--workers", "2", "--threads", "8", "--bind"]
        with ExitStack() as both:
            server = both.enter_context(self._service("server", *served, f"127.0.0.1:{self.port}"))
            both.enter_context(self._service("worker", "manage.py", "portal_worker"))
            wait_for(self._answers, alive=server)
            yield

    def _answers(self) -> bool:
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
            return answer.status == 200
        return False

    @contextmanager
    def _service(self, name: str, *command: str) -> Iterator[subprocess.Popen]:
        with (self.folder / f"{name}.log").open("wb") as log:
            service = subprocess.Popen(
                [sys.executable, *command], cwd=settings.BASE_DIR, env=self.environment, stdout=log, stderr=log
            )
            try:
                yield service
            finally:
                service.terminate()
                ended = service.wait(timeout=PATIENCE)
        assert ended == 0, name

    def complaints(self) -> list[str]:
        """Return what both services logged as an error."""
        lines = "".join((self.folder / f"{name}.log").read_text() for name in ("server", "worker")).splitlines()
        events = [json.loads(line) for line in lines if line.startswith("{")]
        return [str(event) for event in events if event["level"] in {"ERROR", "CRITICAL"}]


@contextmanager
def installed(folder: Path) -> Iterator[Installation]:
    """Install the portal, up to two running services behind a proxy, on an empty database."""
    context, _authority = certificate.of_server(folder, "127.0.0.1")
    with ExitStack() as parts:
        database = parts.enter_context(empty_database(folder))
        mail = parts.enter_context(mail_server(context, user=MAIL_USER, password=MAIL_PASSWORD))
        made = Installation(folder, database, mail)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        outside = parts.enter_context(proxy(context, port))
        made.settle(port, f"127.0.0.1:{outside}")
        made.prepare()
        parts.enter_context(made.running())
        yield made
