"""The structure of a page without its text, which no input may change."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from html.parser import HTMLParser
from itertools import zip_longest
from typing import Any
from urllib.parse import urlsplit

ADDRESSES = {"action", "background", "data", "formaction", "href", "poster", "src", "xlink:href"}
# Attributes with input of users.
TEXTS = {
    "alt",
    "aria-label",
    "content",
    "datetime",
    "label",
    "name",
    "placeholder",
    "title",
    "value",
}
FORBIDDEN = {"applet", "base", "embed", "frame", "frameset", "iframe", "math", "object", "portal"}
# CSRF tokens differ in each response.
TOKEN = re.compile(r"\b[A-Za-z0-9]{64}\b")
SCHEMES = {"", "http", "https", "mailto"}


def scheme_of(address: str) -> str:
    """The scheme as a browser reads it, which leaves out control characters and blanks."""
    plain = re.sub(r"^[\x00-\x20]+|[\t\n\r]", "", address)
    found = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", plain)
    return found[1].lower() if found else ""


def site_of(address: str) -> str:
    """The host that an address leads to; nothing for our own."""
    plain = re.sub(r"^[\x00-\x20]+|[\t\n\r]", "", address).replace("\\", "/")
    return urlsplit(plain).netloc if plain.startswith("//") or scheme_of(plain) else ""


class Structure(HTMLParser):
    """The parts of a page in their order: elements with their attributes, comments, and scripts.

    `dangers` are those that no page of ours may have.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.parts: list[Any] = []
        self.dangers: list[str] = []
        self.in_linked_text = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = [(name, value or "") for name, value in attrs]
        self.in_linked_text = tag == "a" and self._is_text_as_link(dict(attributes))
        if not self.in_linked_text:
            self.parts.append(
                (tag, *sorted((name, self._kept(name, one)) for name, one in attributes))
            )
        if tag in FORBIDDEN:
            self.dangers.append(f"<{tag}>")
        for name, value in attributes:
            if self._is_danger(tag, name, value):
                self.dangers.append(f"<{tag} {name}={value!r}>")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.in_linked_text:
            self.in_linked_text = False
            return
        self.parts.append(f"/{tag}")

    @staticmethod
    def _is_text_as_link(attributes: dict[str, str]) -> bool:
        """An address of the web in a text, to which the pages of the API lead."""
        is_plain = attributes.keys() == {"href", "rel"} and attributes["rel"] == "nofollow"
        return is_plain and scheme_of(attributes["href"]) in ("http", "https")

    def handle_data(self, data: str) -> None:
        if self.cdata_elem:
            self.parts.append(TOKEN.sub("token", data))

    def handle_comment(self, data: str) -> None:
        self.parts.append(("comment", data))

    def handle_decl(self, decl: str) -> None:
        self.parts.append(("declaration", decl))

    unknown_decl = handle_decl
    handle_pi = handle_decl

    @staticmethod
    def _kept(name: str, value: str) -> str:
        """The part of an attribute that does not depend on texts."""
        if name in ADDRESSES:
            return f"{scheme_of(value)}:{site_of(value)}"
        return "" if name in TEXTS or name.startswith("data-") else value

    @staticmethod
    def _is_danger(tag: str, name: str, value: str) -> bool:
        if name.startswith("on") or name in ("style", "srcdoc", "http-equiv", "srcset"):
            return True
        if name not in ADDRESSES:
            return False
        is_elsewhere = bool(site_of(value)) and tag not in ("a", "area")
        return scheme_of(value) not in SCHEMES or is_elsewhere


def check_same(page: Any, harmless: Any, about: str) -> None:
    """Fail unless two responses have the same structure and the same dangerous parts.

    If they are different pages, as one text is refused and the other is not, the first may
    only have no dangerous part that the other lacks.
    """
    if not is_page(page):
        # No browser looks for elements in it.
        assert page["X-Content-Type-Options"] == "nosniff", about
        return
    found, expected = (Structure(one.content.decode()) for one in (page, harmless))
    dangers = set(found.dangers) - set(expected.dangers)
    assert not dangers, f"{about}: {dangers}"
    if _which(page) != _which(harmless):
        return
    for number, (one, other) in enumerate(zip_longest(found.parts, expected.parts)):
        before = found.parts[max(0, number - 3) : number]
        assert one == other, f"{about}: after {before}, {one} in place of {other}"


class Known:
    """The structures of harmless pages so far, as most texts give the same."""

    def __init__(self) -> None:
        self.seen: set[tuple[Any, ...]] = set()

    def check(self, page: Any, harmless: Callable[[], Any], about: str) -> None:
        """As `check_same`, without requesting a harmless page if the structure is known."""
        if is_page(page) and self._key(page) in self.seen:
            return
        plain = harmless()
        if is_page(plain):
            self.seen.add(self._key(plain))
        check_same(page, plain, about)

    @staticmethod
    def _key(page: Any) -> tuple[Any, ...]:
        structure = Structure(page.content.decode())
        return (*_which(page), str(structure.parts), str(structure.dangers))


def check_escaped(page: Any, scripts: Iterable[str]) -> None:
    """Fail if a page has one of these unescaped."""
    html = page.content.decode() if is_page(page) else ""
    for script in scripts:
        # Shorter ones may be part of the page.
        if "<" in script and len(script) > 12:
            assert script not in html, script


def is_page(answer: Any) -> bool:
    return not answer.streaming and answer["Content-Type"].startswith("text/html")


def _which(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.request["PATH_INFO"]
