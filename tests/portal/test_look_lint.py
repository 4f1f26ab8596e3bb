"""The reader of HTML finds each fault it is for."""

import pytest

from tests.lint_html import problems

WHOLE = '<!doctype html><html lang="en"><head><title>A</title></head><body><main><h1>A</h1>{}</main></body></html>'


def test_a_sound_page_passes():
    form = (
        '<form method="post"><input type="hidden" name="csrfmiddlewaretoken" value="x">'
        '<label for="a">A</label><input id="a" aria-describedby="b"><p id="b">B</p>'
        '<label>C <input type="checkbox"></label><button>Go</button></form>'
    )

    assert problems(WHOLE.format(form)) == []


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("<p>", "left open"),
        ("</div>", "closes nothing"),
        ("<h1>B</h1>", "2 <h1>"),
        ("<h3>B</h3>", "h3 follows h1"),
        ('<p id="a"></p><p id="a"></p>', "stands 2 times"),
        ('<label for="b">B</label>', "label for 'b'"),
        ('<a href="#b">B</a>', "link to '#b'"),
        ('<p aria-describedby="b">B</p>', "names 'b'"),
        ('<input name="b">', "has no label"),
        ('<input type="password" aria-label="B">', "no autocomplete"),
        ('<form method="post"></form>', "1 forms that post, 0"),
        ('<a href="/"></a>', "<a> without words"),
        ("<button><span></span></button>", "<button> without words"),
        ('<img src="/b.png">', "has no alt"),
        ("<table><tr><th>B</th></tr></table>", "has no scope"),
        ('<p tabindex="2">B</p>', "tabindex"),
        ('<a href="https://elsewhere.test/">B</a>', "leads elsewhere"),
        ('<a href="javascript:b()">B</a>', "leads elsewhere"),
        ('<img alt="" src="//elsewhere.test/b.png">', "leads elsewhere"),
        ('<p style="color: red">B</p>', "<p style>"),
        ('<p onclick="b()">B</p>', "<p onclick>"),
        ("<style>p {}</style>", "<style>"),
        ('<a class="button" href="/">B</a><button class="button">C</button>', "2 filled buttons"),
        ("<script>b()</script>", "script in the page"),
    ],
)
def test_a_fault_is_found(fault, words):
    assert any(words in problem for problem in problems(WHOLE.format(fault)))


def test_a_page_without_language_and_title_is_found():
    found = problems("<html><head><title></title></head><body><main><h1>A</h1></main></body></html>")

    assert found == ["<html> has no lang", "<title> is empty"]
