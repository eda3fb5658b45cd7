"""Nothing unreviewed reaches the public by any door: every answer is the same without it.

The register is asked while drafts, proposals and files of clerks lie in it, and
once more when they are gone; whatever differs, by a byte, is a leak. The same
for people of the office in respect of drafts of areas that are not theirs.
What a person learns by writing is in `test_leaks_by_writing`.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from python_calamine import CalamineWorkbook

from projects import filters
from projects.filters.fields import (
    AmountField,
    BooleanField,
    ChoiceField,
    CodesField,
    DateField,
    DateOrDateTimeField,
    MonthsField,
    SearchField,
    YearsField,
)
from projects.filters.totals import DIMENSIONS
from projects.models import Area, Basis
from tests.factories import make_user
from tests.helpers import unpublished
from tests.helpers.selection import CHAOS, every_nth
from tests.helpers.url_patterns import Address, every_address

# New in each response and without meaning: tokens of forms, nonces, seconds left of a session,
# and the time and signature of a cursor.
TOKENS = re.compile(
    rb'(name="csrfmiddlewaretoken" value="|csrfToken": "|data-seconds="|"seconds": |nonce[-=]"?'
    rb"|cursor=[.\w-]+%3A)[\w%+:/=-]+"
)
# Of the clock, and of how much the asker has asked before.
VARYING_HEADERS = {
    "Content-Length",
    "Date",
    "Expires",
    "RateLimit-Remaining",
    "RateLimit-Reset",
}
UNNAMED = {
    # The admin leads from a bare key to the record; whatever else is below it leads to sign in.
    r"admin/(?P<url>.*)$": ["/admin/nowhere/", "/admin/projects/nowhere/", "/admin/projects"],
    r"api/": ["/api/", "/api/v1/nowhere/", "/api/v1/projects", "/api/v1/projects/hidden"],
    r"admin/login/": ["/admin/login/"],
    r"admin/logout/": ["/admin/logout/"],
    r"admin/password_change/": ["/admin/password_change/"],
}


# --- What is asked -------------------------------------------------------------------


def arguments(address: Address, public: Any, secret: Any) -> dict[str, list[Any]]:
    """For each parameter of an address: what is there, what is hidden, and what is nowhere."""
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
    if name.startswith(("import",)):
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


def addresses(public: Any, secret: Any) -> Iterator[str]:
    """An address of every pattern of the resolver; fails for one that nobody has thought of."""
    for address in every_address():
        if address.name:
            given = arguments(address, public, secret)
            missing = set(address.parameters) - set(given)
            assert not missing, f"{address}: say in `arguments` what stands for {missing}"
            yield from address.paths(given)
        elif address.route.endswith("<path:object_id>/"):
            model = address.route.split("/")[-3]
            for key in (secret.record_keys.get(model, 1), 10**9):
                yield f"/{address.route.replace('<path:object_id>', str(key))}"
        else:
            assert address.route in UNNAMED, f"{address}: say in UNNAMED how it is asked"
            yield from UNNAMED[address.route]


def values_of(name: str, filter_: Any, public: Any) -> list[str]:
    """What is asked under a parameter: what is there, hidden, nowhere, at its bounds."""
    field = filter_.field_class
    now = timezone.now()
    if issubclass(field, CodesField):
        noun = {"lead": "enterprise", "sector_also": "sector"}.get(name, name)
        return [getattr(public, noun), f"hidden-{noun}", "hidden", "none", unpublished.MISSING]
    if issubclass(field, SearchField):
        return [*unpublished.WORDS, "hidden-source", "喀什", "xd", "xingda", "wuliu", "base"]
    if issubclass(field, ChoiceField):
        return list(filter_.extra["choices"])
    if issubclass(field, BooleanField):
        return ["true", "false"]
    if issubclass(field, AmountField):
        return ["0", "5", "9.99", "10万", "987654.32"]
    if issubclass(field, DateOrDateTimeField):
        moments = (now - timedelta(days=1), now - timedelta(seconds=1), now + timedelta(days=1))
        return ["2000-01-01", *(moment.isoformat() for moment in moments)]
    if issubclass(field, DateField):
        return ["2021-01-01", "2022-06-06", "2023-11-11", "2023-11-12", "2024-01-01"]
    if issubclass(field, YearsField):
        return ["2021", "2022", "2023", "none"]
    if issubclass(field, MonthsField):
        return ["2022-05", "2022-06", "2023-11", "none"]
    return WORDS[name]


WORDS = {
    "stage": ["intended", "signed", "terminated"],
    "kind": ["private", "none"],
    "origin": ["KZ", "UZ", "CN-ZJ", "none"],
    "currency": ["CNY", "USD", "EUR"],
    "from_currency": ["USD"],
    "to_currency": ["CNY"],
    "what": ["contracted_funds", "enterprises_settled"],
    "state": ["draft", "published"],
}
QUESTIONS = {
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
PAGES = {"areas", "enterprises", "projects", "sources", "headlines"}
PAGING = ["page_size=1", "page_size=1&page=2", "page_size=2&page=3", "page=99", "page_size=0"]


def queries(filterset: Any, public: Any) -> list[str]:
    """Every parameter of a question with each of its values, and what cannot be answered."""
    asked = [
        f"{name}={quote(value)}"
        for name, filter_ in filterset.base_filters.items()
        for value in values_of(name, filter_, public)
    ]
    return ["", *asked, *PAGING, "hidden=1"]


def of_noun(noun: str, public: Any) -> Iterator[str]:
    for place, query in enumerate(queries(QUESTIONS[noun], public)):
        yield f"/api/v1/{noun}/?{query}"
        if noun in PAGES and (CHAOS or place % 4 == 0):
            yield f"/{noun}/?{query}"
        if noun in PAGES and (CHAOS or place % 4 == 2):
            yield f"/{noun}/export.csv?{query}"
    yield f"/api/v1/{noun}/?cursor=&page_size=1"
    for format in ("json", "xlsx") if noun in PAGES else ():
        yield f"/{noun}/export.{format}"
        yield f"/{noun}/export.{format}?search=yincang"


def of_totals(public: Any) -> Iterator[str]:
    asked = [f"by={by}&basis={basis}" for by in DIMENSIONS for basis in Basis.values]
    asked += [
        f"by={by}&then={then}&basis={basis}"
        for by, then in (("sector", "area"), ("enterprise", "year"), ("origin", "currency"))
        for basis in Basis.values
    ]
    asked += [f"by=sector&{query}" for query in queries(filters.ProjectFilterSet, public) if query]
    for place, query in enumerate(asked):
        yield f"/api/v1/totals/?{query}"
        if CHAOS or place % 4 == 0:
            yield f"/totals/?{query}"
    yield from ("/totals/export.csv?by=sector&then=month", "/totals/export.xlsx?by=enterprise")


def of_overview(public: Any) -> Iterator[str]:
    for words in ("", *unpublished.WORDS, "here", "喀什", "xingda", "former", "press"):
        yield f"/?search={words}"
    for language in ("en", "zh-hans"):
        yield f"/api/v1/?lang={language}"
        yield f"/api/schema/?format=json&lang={language}"


# --- What is answered ----------------------------------------------------------------


def said(client: Client, address: str, method: str = "get") -> tuple[Any, ...]:
    """An answer: status, headers and all of its body, of a workbook the cells."""
    answer = getattr(client, method)(address)
    body = b"".join(answer) if answer.streaming else answer.content
    assert answer.status_code < 500, (address, body)
    if "spreadsheetml" in answer.get("Content-Type", "") and body:
        book = CalamineWorkbook.from_filelike(io.BytesIO(body))
        rows = [
            row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()
        ]
        body = repr([row for row in rows if row[0] != "Exported at"]).encode()
    headers = tuple(
        (name, TOKENS.sub(rb"\1", value.encode()))
        for name, value in sorted(answer.items())
        if name not in VARYING_HEADERS
    )
    return answer.status_code, headers, TOKENS.sub(rb"\1", body)


def all_said(client: Client, asked: list[str]) -> dict[str, Any]:
    return {address: said(client, address) for address in asked}


def differing(one: dict[str, Any], other: dict[str, Any]) -> list[Any]:
    """The addresses whose answers differ, each with the first words in which they do."""
    assert one.keys() == other.keys()
    return [
        (address, *_around_the_difference(*map(repr, (one[address], other[address]))))
        for address in one
        if one[address] != other[address]
    ]


def _around_the_difference(one: str, other: str) -> tuple[str, str]:
    pairs = enumerate(zip(one, other, strict=False))
    place = next((at for at, (left, right) in pairs if left != right), min(len(one), len(other)))
    return tuple(text[max(0, place - 60) : place + 60] for text in (one, other))


def asker() -> Client:
    return Client(raise_request_exception=False)


# --- The visitor ---------------------------------------------------------------------


@pytest.fixture
def public(db):
    return unpublished.publish_register()


DOORS = {
    **{noun: (lambda public, noun=noun: of_noun(noun, public)) for noun in QUESTIONS},
    "totals": of_totals,
    "overview": of_overview,
}


@pytest.mark.parametrize("door", DOORS)
def test_a_visitor_is_answered_as_if_nothing_were_hidden(public, door):
    asked = list(DOORS[door](public))
    client = asker()
    before = all_said(client, asked)

    unpublished.hide()
    beside = all_said(client, asked)

    assert differing(before, beside) == []
    assert not any(b"Set-Cookie" in dict(headers) for _status, headers, _body in beside.values())
    assert any(status == 200 for status, _headers, _body in beside.values())
    for status, _headers, body in beside.values():
        if status == 200:
            assert b"Hidden" not in body
            assert "隐藏项目".encode() not in body


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_every_address_answers_a_visitor_as_if_nothing_were_hidden(public, method):
    secret = unpublished.hide()
    asked = list(addresses(public, secret))
    client = asker()
    beside = {address: said(client, address, method) for address in asked}

    unpublished.purge()
    without = {address: said(client, address, method) for address in asked}

    assert differing(beside, without) == []


def test_what_is_hidden_is_found_by_whoever_may_see_it(public):
    """Without this, the tests above would pass where nothing was hidden at all."""
    unpublished.hide()
    visitor, viewer = asker(), asker()
    viewer.force_login(make_user("viewer"))

    for noun in ("enterprises", "projects", "receipts", "sources", "headlines"):
        counts = [client.get(f"/api/v1/{noun}/").json()["count"] for client in (viewer, visitor)]
        assert counts[0] > counts[1] > 0, noun
    for door in DOORS:
        asked = list(DOORS[door](public))[:3]
        if door not in ("zones", "sectors", "rates", "overview", "areas"):
            assert differing(all_said(viewer, asked), all_said(visitor, asked)) != [], door


def test_cursors_lead_a_visitor_past_nothing_hidden(public):
    def walked(noun):
        address, found = f"/api/v1/{noun}/?page_size=1&cursor=", []
        while address:
            found.append(said(asker(), address))
            address = asker().get(address).json()["next"]
        return found

    before = {noun: walked(noun) for noun in QUESTIONS}
    unpublished.hide()

    assert {noun: walked(noun) for noun in QUESTIONS} == before


def test_the_figures_beside_a_headline_are_of_what_is_published(public):
    addresses = ["/", "/headlines/", "/areas/here/", "/sources/press/", "/areas/here/?lang=x"]
    before = all_said(asker(), addresses)

    unpublished.hide()

    assert differing(before, all_said(asker(), addresses)) == []


# --- Any question ----------------------------------------------------------------------


@st.composite
def any_question(draw):
    """Some door with some parameters of its question, in any combination."""
    door = draw(st.sampled_from([*QUESTIONS, "totals"]))
    filterset = QUESTIONS.get(door, filters.TotalsFilterSet)
    names = draw(st.lists(st.sampled_from(sorted(filterset.base_filters)), max_size=4))
    parameters = [
        (name, draw(st.sampled_from(values_of(name, filterset.base_filters[name], PUBLIC))))
        for name in names
    ]
    form = draw(st.sampled_from(["api", "page", "csv", "json"]))
    if form == "api" or (door not in PAGES and door != "totals"):
        path = f"/api/v1/{door}/"
    else:
        path = f"/{door}/" if form == "page" else f"/{door}/export.{form}"
    return f"{path}?{urlencode(parameters)}"


class _Public:
    """The codes of what is published, which are known before there is a register."""

    zone, area, sector, source = "xinjiang", "here", "trade", "press"
    enterprise, project = "xingda", "port"


PUBLIC = _Public()


class AnyQuestion(TestCase):
    """In a class of hypothesis's own, as each example needs a database of its own."""

    @classmethod
    def setUpTestData(cls):
        unpublished.publish_register()
        unpublished.hide()

    @given(asked=st.lists(any_question(), min_size=3, max_size=3))
    def test_any_question_of_a_visitor_is_answered_as_if_nothing_were_hidden(self, asked):
        beside = all_said(asker(), asked)

        unpublished.purge()

        assert differing(beside, all_said(asker(), asked)) == []


# --- People of other areas ---------------------------------------------------------------

LIMITED = ("viewer", "clerk", "reviewer", "administrator")


def of_admin() -> Iterator[str]:
    """The lists of the admin with what they can be asked, and its autocompletes."""
    for model in ("enterprise", "project", "receipt", "headline"):
        yield f"/admin/projects/{model}/"
        for word in ("hidden", "隐藏", "yincang"):
            yield f"/admin/projects/{model}/?q={word}"
        for query in ("state__exact=draft", "state=draft", "area=here", "stage=signed", "e=1"):
            yield f"/admin/projects/{model}/?{query}"
    fields = [
        ("project", "enterprise"),
        ("project", "partners"),
        ("project", "area"),
        ("receipt", "project"),
        ("enterprise", "area"),
        ("headline", "area"),
    ]
    for model, field in fields:
        for term in ("", "hidden", "yincang", "隐藏"):
            yield (
                f"/admin/autocomplete/?app_label=projects&model_name={model}&field_name={field}"
                f"&term={term}"
            )


@pytest.mark.parametrize("role", LIMITED)
def test_people_of_other_areas_are_answered_as_if_nothing_were_hidden(public, role):
    # A source belongs to no area: users who see drafts see those of sources.
    secret = unpublished.hide(with_source=False)
    # Nobody signs out on the way, and the audit log is a whole (`docs/access.md`).
    left_out = ("logout", "auditentry")
    asked = [path for path in addresses(public, secret) if not any(n in path for n in left_out)]
    asked += of_admin()
    if role == "reviewer":
        asked += [path for path in of_noun("projects", public) if path.startswith("/api/")]
        asked += [path for path in of_totals(public) if "by=" in path][:40]
    else:
        asked = every_nth(asked, 4, LIMITED.index(role))
    asked += ["/projects/port/", "/admin/projects/project/"]
    client = asker()
    client.force_login(make_user(role, areas=[Area.objects.get(code="there")]))
    beside = all_said(client, asked)

    unpublished.purge()

    assert differing(beside, all_said(client, asked)) == []
    assert beside["/projects/port/"][0] == beside["/admin/projects/project/"][0] == 200


def test_every_filter_has_values_to_be_asked_with():
    """A new parameter of any question is asked from its first day."""
    for filterset in (*QUESTIONS.values(), filters.TotalsFilterSet):
        for name, filter_ in filterset.base_filters.items():
            assert values_of(name, filter_, PUBLIC), (filterset, name)
