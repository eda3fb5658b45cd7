"""What `check_data` reports as an error."""

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects.data_quality.report import Rule
from projects.models import Allocation, Enterprise, Project, ProjectSector, Receipt, Source
from tests.factories import (
    make_area,
    make_headline,
    make_project,
    make_rate,
    make_receipt,
    make_sector,
    make_source,
)
from tests.helpers.data_report import (
    complete_project,
    execute,
    findings,
    only_sqlite,
    sentences,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("model", "change", "field"),
    [
        (Project, {"currency": "RMB"}, "currency"),
        (Project, {"code": "K S"}, "code"),
        (Project, {"code": "none"}, "code"),
        (Enterprise, {"uscc": "91110000600037341M"}, "uscc"),
        (Enterprise, {"origin": "CN-XX"}, "origin"),
        (Enterprise, {"kind": "public"}, "kind"),
        (Receipt, {"currency": ""}, "currency"),
        (Source, {"url": "javascript:alert(1)"}, "url"),
        (Source, {"title": ""}, "title"),
    ],
)
def test_a_value_that_breaks_a_rule_is_an_error(model, change, field):
    make_receipt(complete_project())
    record = model.objects.first()
    model.objects.filter(pk=record.pk).update(**change)

    code = change.get("code") or getattr(record, "code", str(record.pk))
    assert ("refused", code, field) in findings()


@only_sqlite
@pytest.mark.parametrize(
    ("sql", "code", "field"),
    [
        ("UPDATE projects_project SET amount = -1", "KS-1", "amount"),
        ("UPDATE projects_project SET amount = 10000000000000000", "KS-1", "amount"),
        ("UPDATE projects_project SET stage = 'ended'", "KS-1", "stage"),
        ("UPDATE projects_project SET qualifier = ''", "KS-1", "qualifier"),
        ("UPDATE projects_project SET intended_on = '2024-01-01'", "KS-1", "signed_on"),
        ("UPDATE projects_project SET name = '', name_zh = ''", "KS-1", ""),
        ("UPDATE projects_area SET size_km2 = -1", "area", ""),
        ("UPDATE projects_headline SET area_id = NULL", "headline", ""),
        ("UPDATE projects_headline SET currency = ''", "headline", ""),
    ],
)
def test_a_row_that_breaks_a_constraint_is_an_error(sql, code, field):
    area = make_area(code="area")
    complete_project(area=area)
    make_headline(code="headline", area=area)
    execute(sql)

    assert ("refused", code, field) in findings()


@only_sqlite
def test_dates_in_the_wrong_order_are_reported_once():
    complete_project()
    execute("UPDATE projects_project SET intended_on = '2024-01-01'")

    assert sentences(Rule.REFUSED) == ["signed on (2023-11-11) is before intended on (2024-01-01)."]


@pytest.mark.parametrize(
    ("shares", "sentence"),
    [
        (["60", "30"], "The shares add up to 90.00 per cent: they must add up to 100."),
        (
            ["60", None],
            "Give the shares of all sectors, or of none if they are not known.",
        ),
    ],
)
def test_shares_that_do_not_make_a_hundred_are_an_error(shares, sentence):
    project = complete_project(sectors=[make_sector(), make_sector()])
    for row, share in zip(project.shares.all(), shares, strict=True):
        ProjectSector.objects.filter(pk=row.pk).update(share=share)

    assert sentence in sentences(Rule.REFUSED)


def test_a_lead_that_is_a_partner_as_well_is_an_error():
    project = complete_project()
    Project.partners.through.objects.create(project=project, enterprise=project.enterprise)

    assert ("refused", "KS-1", "partners") in findings()


def test_derived_rows_that_differ_are_an_error_until_they_are_rebuilt():
    complete_project()
    Allocation.objects.all().delete()
    before = findings()

    call_command("rebuild", stdout=StringIO())

    assert before == [("derived", "KS-1", "")]
    assert findings() == []


def test_checking_writes_nothing():
    complete_project()
    Allocation.objects.all().delete()
    Project.objects.update(search_key="")

    with CaptureQueriesContext(connection) as captured:
        assert findings()

    written = ("INSERT", "UPDATE", "DELETE")
    assert not [one["sql"] for one in captured if one["sql"].startswith(written)]


def test_parts_that_do_not_add_up_to_their_amount_are_an_error():
    project = complete_project(sectors=[make_sector(), make_sector()], amount=Decimal("100.00"))
    make_receipt(project, Decimal("8.00"))
    part = Allocation.objects.filter(receipt=None).first()
    Allocation.objects.filter(pk=part.pk).update(amount_base=Decimal("50.01"))
    Allocation.objects.filter(receipt__isnull=False).update(amount_base=Decimal("5.00"))

    assert findings() == [
        ("derived", "KS-1", ""),
        ("parts", "KS-1", "amount"),
        ("parts", "KS-1", "received"),
    ]
    assert sentences(Rule.PARTS)[0] == (
        "The parts by sector make 100.01 CNY, but the amount is 100.00 CNY: run manage.py rebuild."
    )


def test_a_wrong_search_key_is_an_error():
    complete_project()
    Project.objects.update(search_key="another")

    assert findings() == [("search_key", "KS-1", "search_key")]


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda: Project.objects.update(note="changed"), id="changed"),
        pytest.param(lambda: Project.sources.through.objects.all().delete(), id="unlinked"),
        pytest.param(lambda: Project.history.all().delete(), id="forgotten"),
        pytest.param(lambda: Project.objects.update(version=7), id="numbered"),
    ],
)
def test_a_record_that_differs_from_its_history_is_an_error(spoil):
    complete_project(sources=[make_source()])
    spoil()

    assert ("history", "KS-1", "") in findings()


def test_a_reference_that_leads_nowhere_is_an_error():
    project = complete_project()
    lost = project.shares.get()
    ProjectSector.objects.filter(pk=lost.pk).update(sector=999_999)

    assert ("dangling", str(lost.pk), "sector") in findings()

    # The database looks at references at the end of the transaction.
    ProjectSector.objects.filter(pk=lost.pk).update(sector=lost.sector_id)


@only_sqlite
def test_a_repeated_code_is_an_error_of_both_records():
    make_source(code="A")
    make_source(code="b")
    execute("DROP INDEX source_code_unique")
    execute("UPDATE projects_source SET code = 'a' WHERE code = 'b'")

    assert [one for one in findings() if one[0] == "not_unique"] == [
        ("not_unique", "A", ""),
        ("not_unique", "a", ""),
    ]


@only_sqlite
@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("UPDATE projects_project SET signed_on = '2023-13-45' WHERE code = 'KS-1'", "KS-1"),
        ("UPDATE projects_project SET amount = 'much' WHERE code = 'KS-1'", "KS-1"),
        ("UPDATE projects_exchangerate SET rate = 'seven'", None),
        ("UPDATE projects_headline SET value = 'much'", "headline"),
    ],
)
def test_an_unreadable_record_is_an_error_and_the_others_are_checked(sql, code):
    make_headline(code="headline")
    rate = make_rate()
    complete_project()
    make_project(code="KS-2", currency="USD")
    execute(sql)

    all_found = findings()

    assert ("unreadable", code or str(rate.pk), "") in all_found
    assert ("no_source", "KS-2", "sources") in all_found
