"""Requests that could show what is hidden: every address, and every filter with its values.

The sweeps for leaks compare their responses with those of a register without hidden records.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

from django.utils import timezone

from projects import filters
from projects.filters import fields
from projects.filters.totals import DIMENSIONS
from projects.models import Basis
from tests.helpers import unpublished
from tests.helpers.selection import CHAOS, every_nth
from tests.helpers.url_patterns import Address, every_address

# What `unpublished.publish_register` publishes.
PUBLIC = SimpleNamespace(
    zone="xinjiang",
    area="here",
    sector="trade",
    source="press",
    enterprise="xingda",
    project="port",
)
FILTER_SETS = {
    "zones": filters.ZoneFilterSet,
    "areas": filters.AreaFilterSet,
    "sectors": filters.SectorFilterSet,
    "enterprises": filters.EnterpriseFilterSet,
    "projects": filters.ProjectFilterSet,
    "receipts": filters.ReceiptFilterSet,
    "sources": filters.SourceFilterSet,
    "headlines": filters.HeadlineFilterSet,
    "rates": filters.RateFilterSet,
}
# Those with list pages and exports.
LISTED = {"areas", "enterprises", "projects", "sources", "headlines"}
PAGING = ["page_size=1", "page_size=1&page=2", "page_size=2&page=3", "page=99", "page_size=0"]
CHOICES = {
    "stage": ["intended", "signed", "terminated"],
    "kind": ["private", "none"],
    "origin": ["KZ", "UZ", "CN-ZJ", "none"],
    "currency": ["CNY", "USD", "EUR"],
    "from_currency": ["USD"],
    "to_currency": ["CNY"],
    "what": ["contracted_funds", "enterprises_settled"],
    "state": ["draft", "published"],
}
UNNAMED = {
    # The admin redirects a bare key to the record, and everything else below it to the login.
    r"admin/(?P<url>.*)$": ["/admin/nowhere/", "/admin/projects/nowhere/", "/admin/projects"],
    r"api/": ["/api/", "/api/v1/nowhere/", "/api/v1/projects", "/api/v1/projects/hidden"],
    r"admin/login/": ["/admin/login/"],
    r"admin/logout/": ["/admin/logout/"],
    r"admin/password_change/": ["/admin/password_change/"],
}


def addresses(public: Any, secret: Any) -> Iterator[str]:
    """Paths of every pattern of the resolver; fails on a pattern without values here."""
    for address in every_address():
        if address.name:
            given = _arguments(address, public, secret)
            missing = set(address.parameters) - set(given)
            assert not missing, f"{address}: add values of {missing} to `_arguments`"
            yield from address.paths(given)
        elif address.route.endswith("<path:object_id>/"):
            model = address.route.split("/")[-3]
            for key in (secret.record_keys.get(model, 1), 10**9):
                yield f"/{address.route.replace('<path:object_id>', str(key))}"
        else:
            assert address.route in UNNAMED, f"{address}: add its paths to UNNAMED"
            yield from UNNAMED[address.route]


def _arguments(address: Address, public: Any, secret: Any) -> dict[str, list[Any]]:
    """For each parameter of an address: existing, hidden and missing values."""
    name = address.name.rpartition(":")[2]
    noun = re.sub(r"^(projects_|review-)", "", name).partition("-")[0].partition("_")[0]
    known = {
        "format": ["csv", "json", "xlsx"],
        "app_label": ["projects", "auth"],
        "content_type_id": [1],
        "uidb64": ["MQ"],
        "token": ["a-token"],
        "extra_context": [""],
        "one": [1],
        "other": [2],
        "url": ["nowhere"],
    }
    found: dict[str, list[Any]] = {}
    for parameter in address.parameters:
        if parameter in known:
            found[parameter] = known[parameter]
        elif parameter == "code":
            keys = [getattr(public, noun), getattr(secret, noun, None), unpublished.MISSING]
            found[parameter] = [key for key in keys if key]
            if noun == "enterprise":
                found[parameter] += ["former", "hidden-old"]
        elif parameter == "id" and noun in ("receipt", "rate"):
            found[parameter] = [getattr(public, noun), getattr(secret, noun, 0), 10**9]
        elif parameter == "model_name":
            is_template = name == "import-template"
            nouns = ["projects", "enterprises", "receipts"]
            found[parameter] = nouns if is_template else ["projects", "nowhere"]
        elif parameter == "object_id":
            found[parameter] = [secret.record_keys.get(noun, 1), 10**9, "x"]
        elif parameter in ("id", "pk"):
            found[parameter] = [_key(name, secret), 10**9]
    return found


def _key(name: str, secret: Any) -> Any:
    if name.startswith("import"):
        return secret.batch
    if name.startswith("proposal"):
        return secret.proposal
    if name.startswith("review-report"):
        return 1
    if name.startswith(("review-deleted", "review-restore")):
        return secret.gone
    if name.startswith("review-draft"):
        return secret.drafts["projects"]
    return secret.user


def values_of(name: str, filter_: Any) -> list[str]:
    """Values of a parameter: existing, hidden, missing, and at the bounds of hidden ones."""
    field = filter_.field_class
    now = timezone.now()
    if issubclass(field, fields.CodesField):
        noun = {"lead": "enterprise", "sector_also": "sector"}.get(name, name)
        return [getattr(PUBLIC, noun), f"hidden-{noun}", "hidden", "none", unpublished.MISSING]
    if issubclass(field, fields.SearchField):
        return [*unpublished.WORDS, "hidden-source", "喀什", "xd", "xingda", "wuliu", "base"]
    if issubclass(field, fields.ChoiceField):
        return list(filter_.extra["choices"])
    if issubclass(field, fields.BooleanField):
        return ["true", "false"]
    if issubclass(field, fields.AmountField):
        return ["0", "5", "9.99", "10万", "987654.32"]
    if issubclass(field, fields.DateOrDateTimeField):
        moments = (now - timedelta(days=1), now - timedelta(seconds=1), now + timedelta(days=1))
        return ["2000-01-01", *(moment.isoformat() for moment in moments)]
    if issubclass(field, fields.DateField):
        return ["2021-01-01", "2022-06-06", "2023-11-11", "2023-11-12", "2024-01-01"]
    if issubclass(field, fields.YearsField):
        return ["2021", "2022", "2023", "none"]
    if issubclass(field, fields.MonthsField):
        return ["2022-05", "2022-06", "2023-11", "none"]
    return CHOICES[name]


def _queries(filterset: Any) -> list[str]:
    """Every parameter of a filter set with each of its values, and invalid queries."""
    found = [
        f"{name}={quote(value)}"
        for name, filter_ in filterset.base_filters.items()
        for value in values_of(name, filter_)
    ]
    return ["", *found, *PAGING, "hidden=1"]


def of_model(noun: str) -> Iterator[str]:
    """API, list page and export with every query: each query by one of them, all of them in CHAOS.

    The API takes four of six queries, as its responses are the cheapest.
    """
    for place, query in enumerate(_queries(FILTER_SETS[noun])):
        is_page, is_export = (noun in LISTED and place % 6 == one for one in (0, 3))
        if CHAOS or not (is_page or is_export):
            yield f"/api/v1/{noun}/?{query}"
        if is_page or (CHAOS and noun in LISTED):
            yield f"/{noun}/?{query}"
        if is_export or (CHAOS and noun in LISTED):
            yield f"/{noun}/export.csv?{query}"
    yield f"/api/v1/{noun}/?cursor=&page_size=1"
    for format in ("json", "xlsx") if noun in LISTED else ():
        yield f"/{noun}/export.{format}"
        yield f"/{noun}/export.{format}?search=yincang"


def of_totals() -> Iterator[str]:
    """Each query by the API or by the page; under CHAOS=1 by both, and with all filters' values."""
    found = [f"by={by}&basis={basis}" for by in DIMENSIONS for basis in Basis.values]
    found += [
        f"by={by}&then={then}&basis={basis}"
        for by, then in (("sector", "area"), ("enterprise", "year"), ("origin", "currency"))
        for basis in Basis.values
    ]
    queries = _queries(filters.ProjectFilterSet)[1:]
    found += [f"by=sector&{query}" for query in every_nth(queries, 3)]
    for place, query in enumerate(found):
        if CHAOS or place % 5:
            yield f"/api/v1/totals/?{query}"
        if CHAOS or place % 5 == 0:
            yield f"/totals/?{query}"
    yield from ("/totals/export.csv?by=sector&then=month", "/totals/export.xlsx?by=enterprise")


def of_overview() -> Iterator[str]:
    for words in ("", *unpublished.WORDS, "here", "喀什", "xingda", "former", "press"):
        yield f"/?search={words}"
    for language in ("en", "zh-hans"):
        yield f"/api/v1/?lang={language}"
        yield f"/api/schema/?format=json&lang={language}"


ENTRY_POINTS: dict[str, Callable[[], Iterator[str]]] = {
    **{noun: (lambda noun=noun: of_model(noun)) for noun in FILTER_SETS},
    "totals": of_totals,
    "overview": of_overview,
}


def of_admin() -> Iterator[str]:
    """The lists of the admin with searches and filters, and its autocompletes."""
    for model in ("enterprise", "project", "receipt", "headline"):
        yield f"/admin/projects/{model}/"
        for word in ("hidden", "隐藏", "yincang"):
            yield f"/admin/projects/{model}/?q={word}"
        for query in ("state__exact=draft", "state=draft", "area=here", "stage=signed", "e=1"):
            yield f"/admin/projects/{model}/?{query}"
    relations = [
        ("project", "enterprise"),
        ("project", "partners"),
        ("project", "area"),
        ("receipt", "project"),
        ("enterprise", "area"),
        ("headline", "area"),
    ]
    for model, field in relations:
        for term in ("", "hidden", "yincang", "隐藏"):
            yield (
                f"/admin/autocomplete/?app_label=projects&model_name={model}&field_name={field}"
                f"&term={term}"
            )
