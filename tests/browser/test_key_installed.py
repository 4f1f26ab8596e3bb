"""The Key as an app: installed, small, kept by its worker, renewed, and woken by a notice."""

import gzip
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

from accounts.views.keys import key_app
from tests.browser.fixtures import FLAGS, Complaints, Look, chromium_path
from tests.browser.key_app import KeyApp
from tests.browser.test_first_view import installation, weight
from tests.conftest import missing
from tests.factories import Person

__all__ = ["installation"]  # a fixture of the other file
SHELL_LIMIT = 60_000
WHOLE = Path(__file__).parents[2]


@pytest.fixture
def installed(chromium: Browser, live_server: object, tmp_path: Path) -> Iterator[BrowserContext]:
    """A browser with a profile of its own, as apps need to be installed and notified."""
    if not (path := chromium_path(whole=True)):
        missing("The whole of Chromium")
    context = chromium.browser_type.launch_persistent_context(
        tmp_path / "profile",
        executable_path=path,
        args=FLAGS,
        base_url=live_server.url,
        viewport={"width": 400, "height": 800},
    )
    context.grant_permissions(["notifications"], origin=live_server.url)
    complaints = Complaints(live_server.url)
    complaints.listen(context)
    yield context
    context.close()
    assert complaints.faults == []


def test_the_app_can_be_installed(installed: BrowserContext, db: None):
    page = installed.pages[0]
    page.goto("/key/")
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    session = installed.new_cdp_session(page)

    manifest = session.send("Page.getAppManifest")

    assert manifest["errors"] == []
    assert json.loads(manifest["data"])["name"] == "Northgate Key"
    assert session.send("Page.getInstallabilityErrors")["installabilityErrors"] == []


SHOWN = """() => navigator.serviceWorker.ready
    .then((worker) => worker.getNotifications())
    .then(([one]) => (one ? [one.title, one.body] : null))"""


@pytest.mark.promise("KEY-2", "KEY-11")
@pytest.mark.parametrize(
    ("sent", "title", "body"),
    [
        ('{"kind": "request", "title": "Northgate", "text": "Is this you?", "until": 1}', "Northgate", "Is this you?"),
        ("no JSON", "Northgate Key", "Open your Key to see what is new."),
        ('{"title": 7, "icon": "x"}', "Northgate Key", "Open your Key to see what is new."),
    ],
)
def test_every_push_shows_a_notice(
    installed: BrowserContext, live_server: object, sent: str, title: str, body: str, db: None
):
    page = installed.pages[0]
    page.goto("/key/")
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    session, found = installed.new_cdp_session(page), []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(event["registrations"]))
    session.send("ServiceWorker.enable")
    shown = None

    # Sent again as a push service does, since Chromium drops what comes while it starts the worker.
    # Polled from here: wait_for_function takes a promise for a true value.
    for look in range(600):
        page.wait_for_timeout(50)  # lets the browser's own messages in
        if found and look % 40 == 0:
            facts = {"origin": live_server.url, "registrationId": found[-1]["registrationId"], "data": sent}
            session.send("ServiceWorker.deliverPushMessage", facts)
        if shown := page.evaluate(SHOWN):
            break
    assert shown == [title, body]


SUBSCRIPTION = """
const address = "https://push.example/send/abc";
const made = { endpoint: address, unsubscribe: async () => true, toJSON: () => ({
  endpoint: address,
  keys: { p256dh: "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM",
    auth: "tBHItJI5svbpez7KI4CCXg" } }) };
let current = null;
PushManager.prototype.subscribe = async () => (current = made);
PushManager.prototype.getSubscription = async () => current;
Object.defineProperty(Notification, "permission", { get: () => (current ? "granted" : "default") });
Notification.requestPermission = async () => "granted";
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.promise("KEY-2")
def test_notifications_are_turned_on_by_a_tap_and_told_to_the_portal(
    open_browser: Callable[..., Page], ada: Person, settings
):
    settings.PORTAL_PUSH_HOSTS = ["push.example"]
    page = open_browser(Look(400))
    page.add_init_script(SUBSCRIPTION)
    app = KeyApp(page).pair(ada)
    app.tab("Check")

    page.get_by_role("button", name="Allow notifications").click()

    expect(page.locator('[data-check="subscribed"]')).to_have_attribute("data-state", "good")
    app.row.refresh_from_db()
    assert app.row.subscription["endpoint"] == "https://push.example/send/abc"
    page.get_by_role("button", name="Send a test notification").click()
    expect(page.locator('[data-slot="result"]')).to_have_text(app.word("test-sent"))


@pytest.mark.django_db(transaction=True)
def test_the_report_says_what_the_screen_says_and_no_secret(open_browser: Callable[..., Page], ada: Person):
    app = KeyApp(open_browser(Look(400), permissions=["clipboard-read", "clipboard-write"])).pair(ada)
    code = app.code_of("ada")
    app.tab("Check")
    expect(app.page.locator('[data-check="worker"]')).to_have_attribute("data-state", re.compile("good|bad"))

    app.page.locator("[data-do=report]").click()
    expect(app.page.locator('[data-slot="result"]')).to_have_text(app.word("report-copied"))

    report = app.page.evaluate("navigator.clipboard.readText()")
    assert "server: good." in report
    assert not any(secret in report for secret in (code, app.seeds["ada"], app.row.reference, "ada"))


def test_the_app_is_small_and_its_parts_find_each_other_under_their_lasting_names(chromium: Browser, installation: str):
    behind_a_proxy = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
    context = chromium.new_context(extra_http_headers=behind_a_proxy)
    complaints = Complaints(installation)
    complaints.listen(context)
    page, seen = context.new_page(), []
    page.on("response", lambda response: seen.append(response))  # noqa: PLW0108  a built-in method cannot be a handler
    page.goto(f"{installation}/key/", wait_until="networkidle")

    expect(page.locator("body")).to_have_attribute("data-screen", "install")
    parts = {response.url.removeprefix(installation): response for response in seen}
    shell = [one for path, one in parts.items() if path == "/key/" or path.endswith((".js", ".css", ".svg"))]
    assert sum(weight(one) for one in shell) <= SHELL_LIMIT
    files = [path for path in parts if path.startswith("/static/")]
    assert all(re.search(r"\.[0-9a-f]{12}\.\w+$", path) for path in files), files
    kept = json.loads(re.search(r"new Set\((\[.*?\])\)", context.request.get(f"{installation}/key/sw.js").text())[1])
    assert {path for path in files if path.endswith((".js", ".css"))} <= set(kept)
    assert all(context.request.get(installation + path).status == 200 for path in kept)
    context.close()
    assert [one for one in complaints.faults if "behind a redirect" not in one] == []  # the worker goes past the proxy


def test_the_shell_is_small_and_lists_all_of_its_files():
    page = Client().get("/key/").content
    own = [WHOLE / "accounts/static" / name for name in key_app.shell_files() if name.startswith("key/")]
    shared = [WHOLE / "portal/static" / name for name in key_app.shell_files() if name.startswith("portal/")]

    whole = sum(len(gzip.compress(part)) for part in [page, *(path.read_bytes() for path in [*own, *shared])])

    assert set((WHOLE / "accounts/static/key").rglob("*.js")) <= set(own)
    assert whole <= SHELL_LIMIT


def test_no_script_of_the_app_writes_markup_or_keeps_anything_in_the_open():
    forbidden = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|localStorage|sessionStorage|\beval\(|new Function"
    )
    scripts = [*(WHOLE / "accounts/static/key").rglob("*.js"), WHOLE / "templates/key/worker.js"]

    assert len(scripts) > 20
    assert [path.name for path in scripts if forbidden.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.django_db(transaction=True)
def test_a_new_release_takes_the_place_of_the_old_one_by_itself(
    open_browser: Callable[..., Page], ada: Person, settings
):
    app = KeyApp(open_browser(Look(400))).pair(ada)
    app.page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    settings.PORTAL_KEY_NAME = "Other Key"

    app.page.reload()

    expect(app.page.get_by_role("heading", level=1)).to_have_text("Other Key")
    app.unlock()
    app.screen("codes")


def test_the_workers_bytes_change_with_anything_of_the_app(settings):
    before = Client().get("/key/sw.js").content
    assert Client().get("/key/sw.js").content == before

    settings.PORTAL_KEY_NAME = "Other Key"

    assert Client().get("/key/sw.js").content != before
    assert Client().get("/key/manifest.webmanifest").json()["name"] == "Other Key"
