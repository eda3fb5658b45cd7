"""The pages that browser tests open, by language and signed-in user."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from tests.helpers.site_urls import Register

LANGUAGES = [code for code, _name in settings.LANGUAGES]
# Each with the kind of record in its address.
PUBLIC = (
    ("overview", None),
    ("projects", None),
    ("project", "projects"),
    ("project-history", "projects"),
    ("project-report", "projects"),
    ("report-sent", None),
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
# Query strings that change the content of a page.
ASKED = (
    ("overview", "search=a"),
    ("projects", "area=kashi&area=none&units=wan&columns=name&columns=amount"),
    ("projects", "stage=finished"),
    ("totals", "by=area&then=sector"),
    ("totals", "by=month&basis=received"),
)
SIGNED_IN = (
    "account",
    "password-change",
    "second-factor",
    "imports",
    "review",
    "review-deleted",
    "review-reports",
)


def addresses(language: str, register: Register, *, signed_in: bool) -> Iterator[str]:
    with translation.override(language):
        for name, noun in PUBLIC:
            yield reverse(name, args=[register.records[noun].code] if noun else [])
        for name, asked in ASKED:
            yield f"{reverse(name)}?{asked}"
        if not signed_in:
            return
        for name in SIGNED_IN:
            yield reverse(name)
        yield reverse("import", args=[register.batch.pk])
        yield reverse("import-mapping", args=[register.batch.pk])
        yield reverse("proposal", args=[register.proposal.pk])
        yield reverse("review-draft", args=["projects", register.drafts["projects"].pk])
        yield reverse("review-report", args=[register.more["report"].pk])
