"""The browser itself: what goes wrong behind a page's back is heard."""

import pytest

from tests.browser.fixtures import Complaints, assert_accessible


def test_the_sign_in_page_has_no_barrier_in_any_look(narrow_page):
    narrow_page.goto("/login/")

    assert_accessible(narrow_page)


def test_a_barrier_is_found(page):
    page.goto("/login/")
    page.evaluate("document.documentElement.removeAttribute('lang')")

    with pytest.raises(AssertionError, match="html-has-lang"):
        assert_accessible(page)


def test_script_errors_and_foreign_hosts_are_heard(chromium, live_server):
    complaints = Complaints(live_server.url)
    context = chromium.new_context()
    complaints.listen(context)
    page = context.new_page()

    page.goto(f"{live_server.url}/login/")
    page.evaluate("setTimeout(() => { throw new Error('broken') })")
    page.evaluate("document.body.append(Object.assign(document.createElement('img'), {src: 'http://192.0.2.1/a.png'}))")
    page.wait_for_timeout(300)
    context.close()

    assert any("broken" in fault for fault in complaints.faults)
    assert any("Content Security Policy" in fault for fault in complaints.faults)
