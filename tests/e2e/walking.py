"""The pages of ours that a browser looks at, by language and by who is signed in."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.urls import NoReverseMatch, get_resolver, reverse
from django.urls.resolvers import LocalePrefixPattern
from django.utils import translation

from tests.reached import Register

# Each with the noun whose record its address names.
PUBLIC = (
    ("overview", None),
    ("projects", None),
    ("project", "projects"),
    ("project-history", "projects"),
    ("enterprises", None),
    ("enterprise", "enterprises"),
    ("areas", None),
    ("area", "areas"),
    ("sources", None),
    ("source", "sources"),
    ("headlines", None),
    ("totals", None),
    ("methods", None),
    ("login", None),
    ("password-reset", None),
)
SIGNED_IN = ("account", "password-change", "second-factor", "imports", "review", "review-deleted")


def languages() -> list[str]:
    """Those that have addresses: all of the settings, once addresses say their language."""
    has_prefix = any(
        isinstance(one.pattern, LocalePrefixPattern) for one in get_resolver().url_patterns
    )
    codes = [code for code, _name in settings.LANGUAGES]
    return codes if has_prefix else [settings.LANGUAGE_CODE]


def addresses(language: str, register: Register, *, signed_in: bool) -> Iterator[str]:
    with translation.override(language):
        for name, noun in PUBLIC:
            arguments = [register.records[noun].code] if noun else []
            yield from _reversed(name, *arguments)
        if not signed_in:
            return
        for name in SIGNED_IN:
            yield from _reversed(name)
        yield from _reversed("import", register.batch.pk)
        yield from _reversed("import-mapping", register.batch.pk)
        yield from _reversed("proposal", register.proposal.pk)
        yield from _reversed("review-draft", "projects", register.drafts["projects"].pk)


def _reversed(name: str, *arguments: object) -> Iterator[str]:
    try:
        yield reverse(name, args=arguments)
    except NoReverseMatch:
        # Not every page is there yet.
        return
