"""The languages of the pages: which one an address is in, and the same page in the other.

The address alone decides: without a prefix English, below `/zh-hans/` Chinese. What a
browser prefers is not asked and no cookie remembers a choice, so that an address that
somebody passes on shows what they saw.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import Resolver404, get_script_prefix, resolve
from django.utils import translation
from django.utils.encoding import escape_uri_path
from django.utils.http import escape_leading_slashes
from django.utils.translation import pgettext

ENGLISH, CHINESE = "en", "zh-hans"
# As `lang`, `hreflang` and `Content-Language` have them (RFC 5646).
TAGS = {ENGLISH: "en", CHINESE: "zh-Hans"}
# Characters of a question.
LONGEST = 8_000
# What programs ask has one address, whose answers are in English.
IN_ONE_LANGUAGE = ("api/", "healthz", "readyz")


@dataclass(frozen=True)
class Version:
    """A page in one language: how that is tagged and called by its readers, and where it is."""

    tag: str
    name: str
    href: str
    is_current: bool


class LanguageOfAddress:
    """Answers in the language of the address, refusals and faults included."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        language, _rest = parted(request.path_info)
        # Where libraries look for it.
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", TAGS[language])
        if response.streaming:
            # Made while it is sent, when this function is left.
            response.streaming_content = in_language(language, response.streaming_content)
        return response


def in_language(language: str, parts: Iterable[Any]) -> Iterator[Any]:
    """The same parts, each made in `language`, whatever is spoken where they are asked for."""
    iterator = iter(parts)
    end = object()
    try:
        while True:
            with translation.override(language):
                part = next(iterator, end)
            if part is end:
                return
            yield part
    finally:
        # An answer that nobody reads to its end lets go of what it holds all the same.
        getattr(iterator, "close", lambda: None)()


def current() -> str:
    """The language that is spoken now: one of those above."""
    return CHINESE if (translation.get_language() or "").startswith("zh") else ENGLISH


def speaks_chinese() -> bool:
    return current() == CHINESE


def tag() -> str:
    return TAGS[current()]


def in_list(things: Iterable[Any]) -> str:
    """Things in one line, with what parts them in this language: `a, b` or `甲、乙`."""
    return pgettext("in a list", ", ").join(map(str, things))


def labelled(label: Any, said: Any) -> str:
    """What a thing is called, and what is said of it: `Area: Kashi` or `片区：喀什`."""
    return f"{label}{pgettext('after a label', ': ')}{said}"


def parted(path: str) -> tuple[str, str]:
    """The language of an address from the site's root, and what follows its prefix."""
    rest = path.removeprefix("/")
    first, slash, after = rest.partition("/")
    return (CHINESE, after) if first == CHINESE and (slash or not after) else (ENGLISH, rest)


def versions(request: HttpRequest) -> list[Version]:
    """The page in each language, with its question; none where there is but one of it.

    An answer to a form has no address of its own: then it is that of the page that the
    form belongs to.
    """
    _language, rest = parted(request.path_info)
    if rest.startswith(IN_ONE_LANGUAGE):
        return []
    if request.method not in ("GET", "HEAD"):
        rest = _to_be_read(rest)
    query = asked_of(request)
    return [
        Version(
            tag=TAGS[language],
            name=name,
            href=_address(language, rest) + (f"?{query}" if query else ""),
            is_current=language == current(),
        )
        for language, name in settings.LANGUAGES
    ]


def asked_of(request: HttpRequest) -> str:
    """The question of an address, to be asked again by links of its page.

    Empty where it is longer than servers take: each link would say it once more.
    """
    query = request.META.get("QUERY_STRING", "")
    return query if len(query) <= LONGEST else ""


def _path(language: str, rest: str) -> str:
    return f"/{rest}" if language == ENGLISH else f"/{language}/{rest}"


def _address(language: str, rest: str) -> str:
    """Escaped: a visitor may write what is no address as it stands, or another site (`//host`)."""
    path = get_script_prefix().removesuffix("/") + _path(language, rest)
    return escape_leading_slashes(escape_uri_path(path))


def _to_be_read(rest: str) -> str:
    """The nearest address at or above `rest` whose page can be asked for by GET."""
    while rest:
        try:
            view = resolve(_path(current(), rest)).func
        except Resolver404:
            pass
        else:
            view_class = getattr(view, "view_class", None)
            if view_class is None or hasattr(view_class, "get"):
                return rest
        above, slash, _last = rest.removesuffix("/").rpartition("/")
        rest = above + slash
    return rest
