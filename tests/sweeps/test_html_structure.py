"""Whatever becomes of an unescaped text, the comparison of pages sees it."""

import pytest
from django.http import HttpResponse

from tests.helpers.html_structure import Structure, check_same, scheme_of, site_of
from tests.helpers.injection import harmless
from tests.helpers.xss_texts import CLOSINGS, DRAWINGS, ELEMENTS, HANDLERS

PLACES = [
    "<p>{}</p>",
    '<input value="{}">',
    "<input value='{}'>",
    "<input value={}>",
    "<textarea>{}</textarea>",
    "<script>x = '{}'</script>",
    "<title>{}</title>",
]


def page(html):
    answer = HttpResponse(html)
    answer.request = {"PATH_INFO": "/"}
    return answer


@pytest.mark.parametrize(
    "script",
    [one for one in (*ELEMENTS, *HANDLERS, *DRAWINGS, *CLOSINGS) if len(one) > 2 and "<" in one],
)
def test_an_element_that_was_typed_is_another_part(script):
    with pytest.raises(AssertionError):
        check_same(page(PLACES[0].format(script)), page(PLACES[0].format(harmless(script))), script)


@pytest.mark.parametrize(
    ("place", "script"),
    [
        (PLACES[1], '" onfocus=alert(1) autofocus x="'),
        (PLACES[2], "' onfocus=alert(1) autofocus x='"),
        (PLACES[3], "x onfocus=alert(1) autofocus"),
        (PLACES[4], "</textarea><script>alert(1)</script>"),
        (PLACES[5], "'; alert(1); '"),
        (PLACES[6], "</title><script>alert(1)</script>"),
        ('<a href="{}">x</a>', "javascript:alert(1)"),
        ('<a href="{}">x</a>', " java\tscript:alert(1)"),
        ('<a href="{}">x</a>', "data:text/html,x"),
        ('<form action="{}">', "//evil.example/"),
        ('<img src="{}">', "\\\\evil.example\\x"),
        ('<p id="{}">', "<b>"),
        ("<!-- {} -->", "a comment"),
    ],
)
def test_what_breaks_out_of_its_place_is_another_part(place, script):
    text = "words" if "comment" in script else harmless(script)

    with pytest.raises(AssertionError):
        check_same(page(place.format(script)), page(place.format(text)), script)


def test_texts_are_no_parts():
    one = page('<p title="One">One</p><input value="1"><a href="/one/">One</a>')
    other = page('<p title="Two">Two</p><input value="2"><a href="/two/">Two</a>')

    check_same(one, other, "")
    assert Structure(one.content.decode()).dangers == []


@pytest.mark.parametrize(
    ("address", "scheme", "site"),
    [
        ("/projects/", "", ""),
        ("?page=2", "", ""),
        ("https://example.org/a", "https", "example.org"),
        ("JaVa\nScript:x", "javascript", ""),
        ("\x01javascript:x", "javascript", ""),
        ("/\t/evil.example/", "", "evil.example"),
        ("\\\\evil.example", "", "evil.example"),
    ],
)
def test_an_address_is_read_as_a_browser_reads_it(address, scheme, site):
    assert (scheme_of(address), site_of(address)) == (scheme, site)
