"""A picture only draws: whatever could run, load or lead elsewhere is refused, with what it is."""

import pytest

from portal.brand import artwork
from tests.brands import FOLDER
from tests.house.sources import ROOT

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">'


def svg(inside: str, head: str = HEAD) -> bytes:
    return f"{head}{inside}</svg>".encode()


@pytest.mark.parametrize(
    "inside",
    [
        "",
        "<path d='M0 0h9'/><!-- a note -->",
        "<style>.a { fill: #123456; } @media (prefers-color-scheme: dark) { .a { fill: #fff; } }</style>",
        "<defs><linearGradient id='g'><stop offset='1'/></linearGradient></defs><rect fill='url(#g)'/>",
        "<rect style='fill: url( \"#g\" )'/><use href='#g'/><use xlink:href='#g'/><title>Müller &amp; Söhne: 1</title>",
        "<text font-family='Arial'>Ü</text><filter id='f'><feGaussianBlur stdDeviation='1'/></filter>",
        "<n:view xmlns:n='http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd' n:docname='file:///x'/>",
    ],
)
def test_a_drawing_is_taken(inside):
    assert artwork.svg_fault(svg(inside)) == ""


@pytest.mark.parametrize(
    ("inside", "named"),
    [
        ("<script>alert(1)</script>", "script"),
        ("<g><script href='#a'/></g>", "script"),
        ("<SCRIPT>alert(1)</SCRIPT>", "SCRIPT"),
        ("<foreignObject/>", "foreignObject"),
        ("<image href='#a'/>", "image"),
        ("<a href='#a'><path/></a>", "<a>"),
        ("<animate attributeName='href' to='x'/>", "animate"),
        ("<set attributeName='onload' to='alert(1)'/>", "set"),
        ("<h:script xmlns:h='http://www.w3.org/1999/xhtml'/>", "script"),
        ("<o:thing xmlns:o='urn:other'/>", "thing"),
        ("<path onload='alert(1)'/>", "onload"),
        ("<path ONCLICK='alert(1)'/>", "ONCLICK"),
        ("<use href='https://other.example/#a'/>", "other.example"),
        ("<use xlink:href='data:image/svg+xml,x'/>", "data:"),
        ("<use href=' javascript:alert(1)'/>", "javascript"),
        ("<rect fill='url(https://other.example/)'/>", "fill"),
        ("<rect fill='url(/static/x.svg#a)'/>", "fill"),
        ("<rect style=\"fill: url( '/x' )\"/>", "style"),
        ("<rect style='fill: u\\72l(x)'/>", "style"),
        ("<style>@import '/x.css';</style>", "<style>"),
        ("<style>@font-face { src: url(x) }</style>", "<style>"),
        ("<style>.a { background: image-set('x' 1x) }</style>", "<style>"),
        ("<style>.a {}<g/>@import '/x.css';</style>", "<style>"),
        ("<style><title>.a { fill: url(https://other.example/) }</title></style>", "<style>"),
    ],
)
def test_what_is_more_than_drawing_is_refused_and_named(inside, named):
    assert named in artwork.svg_fault(svg(inside))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not xml",
        b"<svg/>",
        b"\x89PNG\r\n\x1a\n",
        svg("", head='<svg viewBox="0 0 9 9">'),
        svg("", head='<svg xmlns="http://www.w3.org/2000/svg">'),
        svg("", head='<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 0 9">'),
        svg("", head='<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 nan 9">'),
        svg("<path>"),
        svg("").replace(b"viewBox", b"\xff\xff"),
        b'<!DOCTYPE svg [<!ENTITY a "b">]>' + svg("&a;"),
        b'<?xml-stylesheet href="x.css"?>' + svg(""),
        svg(f"<path d='{'M0 0' * 60_000}'/>"),
        svg("").decode().encode("utf-16"),
        b'<?xml version="1.0" encoding="UTF-7"?>' + svg(""),
        b"<?xml version='1.0' encoding = 'iso-8859-1'?>" + svg(""),
    ],
)
def test_what_is_not_a_plain_svg_is_refused_with_a_sentence(content):
    assert artwork.svg_fault(content)


def test_an_xml_declaration_is_fine():
    assert artwork.svg_fault(b'<?xml version="1.0" encoding="UTF-8"?>\n' + svg("<path/>")) == ""


def test_a_png_is_a_square_of_the_size_asked_for():
    picture = (ROOT / FOLDER / "icon-192.png").read_bytes()

    assert artwork.png_fault(picture, 192) == ""
    assert "192 x 192" in artwork.png_fault(picture, 512)
    assert artwork.png_fault(b"<svg/>", 192) == "is not a PNG"
    assert artwork.png_fault(picture[:14], 192)
    assert artwork.png_fault(picture + b"x" * artwork.MOST_BYTES, 192)


def test_the_width_follows_the_view_box():
    assert artwork.size(svg("", head='<svg viewBox="-1,-1, 40 20">')) == (40, 20)
