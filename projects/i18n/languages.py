"""The language of a page, decided by its address, and links to the other language.

Without a prefix a page is English, below `/zh-hans/` it is Chinese. Browser preferences
and cookies are ignored, so that an address shows everyone the same page.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import Resolver404, get_script_prefix, resolve
from django.utils import translation
from django.utils.encoding import escape_uri_path
from django.utils.http import escape_leading_slashes
from django.utils.translation import pgettext

ENGLISH, CHINESE = "en", "zh-hans"
# Language tags for `lang`, `hreflang` and `Content-Language` (RFC 5646).
TAGS = {ENGLISH: "en", CHINESE: "zh-Hans"}
# The longest query string, in characters.
MAX_QUERY_LENGTH = 8_000
# Addresses for programs exist once and answer in English.
ENGLISH_ONLY = ("api/", "healthz", "readyz")


@dataclass(frozen=True)
class LanguageVersion:
    """A page in one language: the language's tag and its own name, and the page's address."""

    tag: str
    name: str
    href: str
    is_current: bool


def current_language() -> str:
    """The active language: ENGLISH or CHINESE."""
    return CHINESE if (translation.get_language() or "").startswith("zh") else ENGLISH


def is_chinese_active() -> bool:
    return current_language() == CHINESE


def language_tag() -> str:
    return TAGS[current_language()]


def join_list(things: Iterable[Any]) -> str:
    """`things` joined by the separator of the active language: `a, b` or `甲、乙`."""
    return pgettext("in a list", ", ").join(map(str, things))


def with_label(label: Any, text: Any) -> str:
    """A label and a text: `Area: Kashi` or `片区：喀什`."""
    return f"{label}{pgettext('after a label', ': ')}{text}"


def split_language(path: str) -> tuple[str, str]:
    """The language of a path from the site's root, and the path without its prefix."""
    rest = path.removeprefix("/")
    first, slash, after = rest.partition("/")
    return (CHINESE, after) if first == CHINESE and (slash or not after) else (ENGLISH, rest)


def language_versions(request: HttpRequest) -> list[LanguageVersion]:
    """The page in each language, with its query string; empty if it exists in one only.

    The response to a form links to the page that the form belongs to.
    """
    _language, rest = split_language(request.path_info)
    if rest.startswith(ENGLISH_ONLY):
        return []
    if request.method not in ("GET", "HEAD"):
        rest = _to_be_read(rest)
    query = query_string(request)
    return [
        LanguageVersion(
            tag=TAGS[language],
            name=name,
            href=_address(language, rest) + (f"?{query}" if query else ""),
            is_current=language == current_language(),
        )
        for language, name in settings.LANGUAGES
    ]


def query_string(request: HttpRequest) -> str:
    """The query string of a request, for links on its page.

    Empty if it is longer than MAX_QUERY_LENGTH: each link would repeat it.
    """
    query = request.META.get("QUERY_STRING", "")
    return query if len(query) <= MAX_QUERY_LENGTH else ""


def _path(language: str, rest: str) -> str:
    return f"/{rest}" if language == ENGLISH else f"/{language}/{rest}"


def _address(language: str, rest: str) -> str:
    """The escaped path: a visitor may send invalid characters, or another site (`//host`)."""
    path = get_script_prefix().removesuffix("/") + _path(language, rest)
    return escape_leading_slashes(escape_uri_path(path))


def _to_be_read(rest: str) -> str:
    """The nearest path at or above `rest` that answers GET requests."""
    while rest:
        try:
            view = resolve(_path(current_language(), rest)).func
        except Resolver404:
            pass
        else:
            view_class = getattr(view, "view_class", None)
            if view_class is None or (
                "get" in view_class.http_method_names and hasattr(view_class, "get")
            ):
                return rest
        above, slash, _last = rest.removesuffix("/").rpartition("/")
        rest = above + slash
    return rest
