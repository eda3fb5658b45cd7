"""A page as a tree: its elements, their text, and what its form would send."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Everything inside, with each run of white space as one space."""
        return " ".join(self._text().split())

    def _text(self) -> str:
        return "".join(
            child if isinstance(child, str) else child._text() for child in self.children
        )

    def __iter__(self) -> Iterator[Element]:
        """This element and all below it, in the order of the page."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child

    def all(self, tag: str = "", **attributes: str) -> list[Element]:
        """The elements of this tag with these attributes; `class_` is one of the classes."""
        return [
            element
            for element in self
            if (not tag or element.tag == tag)
            and all(
                value in element.attributes.get("class", "").split()
                if name == "class_"
                else element.attributes.get(name.replace("_", "-")) == value
                for name, value in attributes.items()
            )
        ]

    def one(self, tag: str = "", **attributes: str) -> Element:
        (found,) = self.all(tag, **attributes)
        return found

    def link(self, text: str) -> str:
        """The address of the one link that reads so."""
        (href,) = {link.attributes["href"] for link in self.all("a") if link.text == text}
        return href

    def rows(self) -> list[list[str]]:
        """The text of the cells of each row in the bodies of the tables below."""
        return [
            [cell.text for cell in row if cell.tag in ("th", "td")]
            for body in self.all("tbody")
            for row in body.all("tr")
        ]


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("document")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def read(html: str) -> Element:
    """The page as a tree. Fails where an element is closed out of turn."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    (document,) = builder.open
    return document


def sent_by(form: Element) -> list[tuple[str, str]]:
    """The data that the form sends, without empty values."""
    found = []
    for element in form:
        name = element.attributes.get("name")
        if element.tag == "select" and name:
            options = element.all("option")
            chosen = [option for option in options if "selected" in option.attributes]
            if not chosen and "multiple" not in element.attributes:
                chosen = options[:1]
            found += [(name, option.attributes["value"]) for option in chosen]
        elif element.tag == "input" and name:
            found.append((name, element.attributes.get("value", "")))
    return [(name, value) for name, value in found if value]


def query_of(address: str) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(address).query, keep_blank_values=True)


def check_whole(page: Element) -> None:
    """One heading, no level left out, no id twice, and everything that is named is there."""
    assert page.one("html").attributes["lang"] == "en"
    assert page.one("head").one("title").text.endswith("Investment register")
    assert len(page.all("h1")) == 1
    assert page.one("h1").text
    assert page.one("body").all("a")[0].attributes["href"] == "#content"
    assert page.one("main").attributes["id"] == "content"
    levels = [int(e.tag[1]) for e in page.one("main") if re.fullmatch("h[1-6]", e.tag)]
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    ids = [e.attributes["id"] for e in page if "id" in e.attributes]
    assert len(ids) == len(set(ids))
    for element in page:
        for name in ("aria-labelledby", "aria-describedby", "for"):
            if name in element.attributes:
                assert set(element.attributes[name].split()) <= set(ids)
    for table in page.all("table"):
        assert table.one("caption").text
        assert all("scope" in th.attributes for th in table.all("th"))
    for frame in page.all(class_="wide"):
        assert (frame.attributes["tabindex"], frame.attributes["role"]) == ("0", "region")


def check_policy(page: Element) -> None:
    """Nothing is written into the page that the policy forbids."""
    assert page.all("style") == []
    assert [script for script in page.all("script") if "src" not in script.attributes] == []
    for element in page:
        assert not [name for name in element.attributes if name == "style" or name.startswith("on")]


def check_chinese(page: Element) -> None:
    """All Chinese is marked as such. Takes it out of the page."""
    for element in page:
        if element.attributes.get("lang") == "zh-Hans":
            element.children.clear()
    assert re.findall("[\u4e00-\u9fff]+", page.one("main").text) == []
