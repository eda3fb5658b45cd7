"""Search, filters and autocompletes, and edited addresses."""

from decimal import Decimal

import pytest
from django.contrib import admin
from django.urls import reverse

from projects.admin import list_filters
from projects.models import Project
from tests.factories import (
    make_area,
    make_enterprise,
    make_headline,
    make_project,
    make_rate,
    make_receipt,
    make_sector,
    make_source,
    make_zone,
)
from tests.helpers.admin_forms import READ_ONLY, errors, sent
from tests.helpers.selection import every_nth

pytestmark = pytest.mark.django_db

REGISTERED = sorted(admin.site._registry, key=lambda model: model._meta.label)


def address(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def listed(client, address, **asked):
    return list(client.get(address, asked).context["cl"].result_list)


@pytest.mark.parametrize("words", ["喀什", "kashi", "ks", "KASHI", "喀什 ka"])
def test_autocomplete_finds_by_either_script_pinyin_and_initials(office, words):
    kashi = make_enterprise(name="", name_zh="喀什纺织")
    make_enterprise(name="Khorgos Logistics")

    found = office.get(
        "/admin/autocomplete/",
        {
            "term": words,
            "app_label": "projects",
            "model_name": "project",
            "field_name": "enterprise",
        },
    ).json()

    assert [one["id"] for one in found["results"]] == [str(kashi.pk)]


def test_the_list_of_projects_finds_by_pinyin_and_by_the_name_of_an_enterprise(office):
    cotton = make_project(name="", name_zh="棉纱产业园")
    led = make_project(enterprise=make_enterprise(name_zh="浙江贸易"))
    make_project()

    assert listed(office, "/admin/projects/project/", q="mianshan") == []
    assert listed(office, "/admin/projects/project/", q="miansha") == [cotton]
    assert listed(office, "/admin/projects/project/", q="zjmy") == [led]


@pytest.fixture
def projects():
    """Three projects that each filter can tell apart."""
    trade, source = make_sector(code="trade"), make_source(code="gt")
    return {
        "all": make_project(
            code="all",
            area=make_area(code="kashi"),
            sectors=[trade],
            sources=[source],
            enterprise=make_enterprise(code="zj", origin="CN-ZJ"),
        ),
        "dollar": make_project(code="dollar", currency="USD", signed_on="2022-01-01"),
        "none": make_project(code="none-of-it", amount=None, stage="intended", signed_on=None),
    }


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"area": "kashi"}, ["all"]),
        ({"area": "none"}, ["dollar", "none-of-it"]),
        ({"sector": "trade"}, ["all"]),
        ({"source": "gt"}, ["all"]),
        ({"origin": "CN-ZJ"}, ["all"]),
        ({"currency": "USD"}, ["dollar"]),
        ({"disclosed": "false"}, ["none-of-it"]),
        ({"year": "2022"}, ["dollar"]),
        ({"stage__exact": "intended"}, ["none-of-it"]),
        ({"area": "kashi", "sector": "trade", "currency": "CNY"}, ["all"]),
        ({"area": "kashi", "currency": "USD"}, []),
    ],
)
def test_filters_of_the_list_work_as_on_the_public_pages(office, projects, asked, found):
    assert [one.code for one in listed(office, "/admin/projects/project/", **asked)] == found


def test_an_unreadable_filter_is_an_error_and_finds_nothing(office, projects):
    page = office.get("/admin/projects/project/", {"area": "nowhere"})

    assert list(page.context["cl"].result_list) == []
    assert "nowhere" in page.content.decode()


def test_a_filter_with_too_many_options_is_typed(office, monkeypatch):
    monkeypatch.setattr(list_filters, "MAX_OPTIONS", 1)
    kashi, urumqi = make_area(code="kashi"), make_area(code="urumqi")
    project = make_project(area=kashi)
    make_project(area=urumqi)

    page = office.get("/admin/projects/project/", {"area": "kashi", "stage__exact": "signed"})

    assert list(page.context["cl"].result_list) == [project]
    text = page.content.decode()
    assert '<input type="text" name="area" value="kashi"' in text
    assert '<input type="hidden" name="stage__exact" value="signed">' in text


def test_the_whole_list_stays_within_its_budget_with_every_filter_set(
    office, projects, django_assert_max_num_queries
):
    asked = {
        "area": "kashi",
        "sector": "trade",
        "source": "gt",
        "origin": "CN-ZJ",
        "currency": "CNY",
        "disclosed": "true",
        "year": "2023",
        "stage__exact": "signed",
        "q": "project",
    }

    with django_assert_max_num_queries(12):
        assert listed(office, "/admin/projects/project/", **asked) == [projects["all"]]


def test_the_list_shows_amounts_in_full(office):
    make_project(amount=Decimal("1000000000.00"), qualifier="at_least")
    make_project(amount=None)

    text = office.get("/admin/projects/project/").content.decode()

    assert "at least 1,000,000,000.00 CNY = 10亿元" in text
    assert ">undisclosed</td>" in text


HOSTILE = [
    "?q=%00",
    "?q=" + "a" * 3000,
    "?q=%F0%9F%92%A3%27%22%3B--",
    "?o=zzz",
    "?o=999999999999999999999.-1",
    "?e=1",
    "?p=zzz",
    "?p=-1",
    "?p=99999999999999999999",
    "?all=zzz",
    "?_facets=1",
    "?_popup=1&_to_field=zzz",
    "?zzz=1",
    "?id=abc",
    "?id=99999999999999999999999",
    "?id__in=1,x",
    "?id__in=99999999999999999999999",
    "?code__regex=(",
    "?code__range=abc",
    "?code=%00",
    "?code%00=1",
    "?area=%00",
    "?area=zzz",
    "?area=none&area=none",
    "?area__id__exact=99999999999999999999999",
    "?source__exact=99999999999999999999999",
    "?signed_on__gte=zzz",
    "?signed_on__year=99999999999",
    "?signed_on__isnull=zzz",
    "?received_on__gte=99999-01-01",
    "?amount=zzz",
    "?amount__gte=1e400",
    "?year=99999",
    "?source=..%2F",
    "?user__password__startswith=a",
]


@pytest.fixture
def one_of_each():
    project = make_project(
        area=make_area(zone=make_zone()),
        enterprise=make_enterprise(),
        sectors=[make_sector()],
        sources=[make_source()],
    )
    make_receipt(project)
    make_headline()
    make_rate()


@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model._meta.model_name)
def test_no_address_of_a_list_is_a_server_error(administrator, one_of_each, model):
    n = 1 if model is Project else 4

    for query in every_nth(HOSTILE, n, REGISTERED.index(model)):
        answer = administrator.get(address(model, "changelist") + query)
        assert answer.status_code in (200, 302, 400, 403, 404), query
        if answer.status_code == 302:
            assert administrator.get(answer.url).status_code == 200, query


KEYS = ["abc", "0", "-1", "99999999999999999999999", "%00", "1_2F", "_", "%F0%9F%92%A3", "９９"]


@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model._meta.model_name)
def test_no_key_of_a_record_is_a_server_error(administrator, model):
    pages = ("change", "history") if model in READ_ONLY else ("change", "delete", "history")
    for key in every_nth(KEYS, 1 if model is Project else 3, REGISTERED.index(model)):
        for page in pages:
            path = address(model, page, "KEY").replace("KEY", key)
            answer = administrator.get(path)
            assert answer.status_code in (302, 404), path


@pytest.mark.parametrize(
    "model",
    [model for model in REGISTERED if model not in READ_ONLY],
    ids=lambda model: model._meta.model_name,
)
def test_no_initial_value_of_a_form_is_a_server_error(administrator, model):
    names = [field.name for field in model._meta.get_fields()]

    for value in ("abc", "%00", "99999999999999999999999", "1,2,x", ""):
        query = "&".join(f"{name}={value}" for name in names)
        answer = administrator.get(f"{address(model, 'add')}?{query}")
        assert answer.status_code == 200, value


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"term": "\x00"},
        {"page": "zzz"},
        {"page": "99999999999999"},
        {"field_name": "zzz"},
        {"field_name": "code"},
        {"model_name": "zzz"},
        {"app_label": "\x00"},
    ],
)
def test_no_request_to_the_autocomplete_is_a_server_error(administrator, asked):
    usual = {"app_label": "projects", "model_name": "project", "field_name": "enterprise"}

    answer = administrator.get("/admin/autocomplete/", usual | asked)

    assert answer.status_code in (200, 403, 404)


@pytest.mark.parametrize("key", ["abc", "", "99999999999999999999999", "\x00", "-1"])
def test_no_action_on_an_invalid_key_is_a_server_error(administrator, key):
    make_project()

    answer = administrator.post(
        "/admin/projects/project/",
        {"action": "delete_selected", "_selected_action": [key], "post": "yes"},
    )

    assert answer.status_code in (200, 302, 404)
    assert Project.objects.count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"area": "abc", "enterprise": "99999999999999999999999", "partners": ["x"]},
        {"area-code": "\x00", "partners-code": "zzz \x00"},
        {"name": "\x00", "description": "\x00", "amount": "\x00"},
        {"shares-TOTAL_FORMS": "zzz"},
        pytest.param({"shares-TOTAL_FORMS": "3000"}, marks=pytest.mark.chaos),
        {"shares-0-sector": "abc", "shares-0-share": "NaN"},
        {"receipts-0-amount": "1", "receipts-0-received_on": "0000-00-00"},
        {"receipts-0-id": "7", "receipts-INITIAL_FORMS": "1"},
        {"signed_on": "99999-99-99", "stage": "zzz", "currency": "zzz", "qualifier": "zzz"},
    ],
)
def test_no_submitted_form_is_a_server_error(office, changes):
    project = make_project()
    path = address(Project, "change", project.pk)

    answer = office.post(path, sent(office.get(path), **changes))

    assert answer.status_code == 200
    assert errors(answer) or answer.context["errors"]
    assert project.history.count() == 1


def test_without_a_script_related_records_are_given_by_their_codes(office):
    area, lead = make_area(code="Kashi"), make_enterprise(code="lead")
    one, other = make_enterprise(code="one"), make_enterprise(code="other")
    sector = make_sector(code="trade")
    project = make_project(partners=[one])
    path = address(Project, "change", project.pk)
    page = office.get(path)

    answer = office.post(
        path,
        sent(
            page,
            **{
                "area-code": "kashi",
                "enterprise-code": "lead",
                "partners-code": "other",
                "shares-0-sector-code": "trade",
            },
        ),
    )

    assert answer.status_code == 302
    project.refresh_from_db()
    assert (project.area, project.enterprise) == (area, lead)
    assert set(project.partners.all()) == {one, other}
    assert [share.sector for share in project.shares.all()] == [sector]
    assert '<noscript> <label>or by code: <input type="text" name="area-code">' in (
        page.content.decode()
    )


def test_an_unknown_code_is_refused_at_its_field(office):
    project = make_project()
    path = address(Project, "change", project.pk)

    answer = office.post(path, sent(office.get(path), **{"area-code": "99"}))

    assert list(errors(answer)) == ["area"]
