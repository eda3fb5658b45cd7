"""What was exported can be imported, and changes nothing."""

import io
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from django.http import QueryDict

from projects import exports
from projects.imports import batches, import_table
from projects.imports.mapping import mapping_of
from projects.management.demo import sample
from projects.models import Enterprise, Project, Receipt, RowStatus
from projects.serializers.cells import headings
from projects.spreadsheets.reading import read
from tests.factories import (
    make_area,
    make_enterprise,
    make_project,
    make_receipt,
    make_sector,
    make_source,
)

pytestmark = pytest.mark.django_db

PROJECTS, ENTERPRISES, RECEIPTS = map(exports.RECORDS.get, ("projects", "enterprises", "receipts"))
FORMS = ["csv", "xlsx", "json"]


def exported(export, form):
    file = io.BytesIO()
    export.write(export.filterset(QueryDict(""), None), form, file)
    return file.getvalue()


def imported(noun, content, export):
    table = read(content, known=headings(export.serializer_class))
    return import_table(noun, table)


@pytest.fixture
def register():
    """Records whose texts and numbers a file could easily lose or change."""
    press, gazette = make_source(code="press"), make_source(code="gazette")
    trade, it = make_sector(code="trade"), make_sector(code="it.2")
    area = make_area(code="007")
    lead = make_enterprise(
        code="1E5",
        name="=cmd|' /C calc'!A0",
        name_zh="喀什纺织有限公司",
        aliases="Kashi Textile Co., Ltd.\n@kashi; 喀什",
        uscc="91110000600037341L",
        origin="CN-ZJ",
        kind="private",
        area=area,
        settled_on=date(2023, 11, 11),
        sources=[press],
    )
    partner = make_enterprise(code="0001", name="'-tricky", note='Two "lines",\nand a ; b')
    make_project(
        code="-1",
        name="+1 – a “quoted”, name",
        area=area,
        enterprise=lead,
        partners=[partner],
        sectors=[(trade, Decimal("33.33")), (it, Decimal("66.67"))],
        sources=[press, gazette],
        amount=Decimal("99999999999999.99"),
        qualifier="at_least",
        amount_text="more than ninety-nine trillion",
        registered_on=date(2023, 12, 1),
        description="A\ttab, then 中文 and 😀\nand a line",
    )
    project = make_project(code="2.0", sectors=[trade, it], amount=None, currency="USD")
    make_receipt(project, Decimal("-0.01"))
    make_receipt(
        project,
        Decimal("99999999999999.99"),
        source=gazette,
        amount_text="=1+1",
        note="'-Two “lines”,\n喀什 and a ; b",
    )
    # The same payment twice, which are two.
    make_receipt(project, currency="USD"), make_receipt(project, currency="USD")
    make_project(code="none-at-all", amount=Decimal("0.00"), stage="intended", signed_on=None)


@pytest.mark.parametrize("form", FORMS)
def test_exported_projects_import_unchanged(register, form):
    before = list(Project.objects.order_by("code").values())

    report = imported("projects", exported(PROJECTS, form), PROJECTS)

    assert report.errors == ()
    assert +Counter(report.counts) == {RowStatus.UNCHANGED: 3}
    assert list(Project.objects.order_by("code").values()) == before
    assert Project.history.count() == 3


@pytest.mark.parametrize("form", FORMS)
def test_exported_enterprises_import_unchanged(register, form):
    before = list(Enterprise.objects.order_by("code").values())

    report = imported(
        "enterprises",
        exported(ENTERPRISES, form),
        ENTERPRISES,
    )

    assert report.errors == ()
    assert +Counter(report.counts) == {RowStatus.UNCHANGED: 2}
    assert list(Enterprise.objects.order_by("code").values()) == before


@pytest.mark.parametrize("form", FORMS)
def test_exported_receipts_import_unchanged(register, form):
    before = list(Receipt.objects.order_by("pk").values())

    report = imported("receipts", exported(RECEIPTS, form), RECEIPTS)

    assert report.errors == ()
    assert +Counter(report.counts) == {RowStatus.UNCHANGED: 4}
    assert list(Receipt.objects.order_by("pk").values()) == before
    assert Receipt.history.count() == 4


@pytest.mark.parametrize("form", FORMS)
def test_a_receipt_changed_since_the_export_is_restored(register, form):
    content = exported(RECEIPTS, form)
    first, *others = Receipt.objects.order_by("pk")
    first.amount = Decimal("5.00")
    first.save()

    report = imported("receipts", content, RECEIPTS)

    assert +Counter(report.counts) == {RowStatus.CHANGED: 1, RowStatus.UNCHANGED: len(others)}
    assert Receipt.objects.get(pk=first.pk).amount == Decimal("-0.01")


@pytest.mark.parametrize("form", FORMS)
def test_a_deleted_record_is_restored_from_an_export(register, form):
    content = exported(PROJECTS, form)
    before = exported(PROJECTS, "csv").decode().splitlines()
    Project.objects.get(code="-1").delete()

    report = imported("projects", content, PROJECTS)

    assert report.errors == ()
    assert report.counts[RowStatus.NEW] == 1
    # All but when it was made and changed, and its version.
    after = exported(PROJECTS, "csv").decode().splitlines()
    assert [line.split(",202")[0] for line in after] == [line.split(",202")[0] for line in before]


@pytest.mark.parametrize("form", FORMS)
def test_the_exported_sample_imports_unchanged(form):
    sample.load()

    report = imported("projects", exported(PROJECTS, form), PROJECTS)

    assert report.errors == ()
    assert report.counts[RowStatus.UNCHANGED] == 5


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("noun", "export"),
    [("projects", PROJECTS), ("enterprises", ENTERPRISES)],
)
def test_an_uploaded_export_gets_the_mapping_of_its_fields(register, form, noun, export):
    batch = batches.receive(exported(export, form), f"export.{form}", noun)

    batches.map_columns(batch, mapping_of(batch.mapping))
    batches.work_on(batch)

    statuses = {status: count for status, count in batch.counts.items() if count}
    assert statuses == {"unchanged": export.filterset(QueryDict(""), None).qs.count()}


def test_unknown_names_in_json_can_be_ignored():
    batch = batches.receive(b'[{"code": "a", "name": "A", "colour": "red"}]', "a.json", "projects")

    mapping = mapping_of({**batch.mapping, "ignored": ["colour"]})
    batches.map_columns(batch, mapping)
    batches.work_on(batch)

    assert batch.counts["new"] == 1


def test_an_unknown_source_is_reported_with_the_nearest():
    make_source(code="press-2023")
    batch = batches.receive(b"code,name,sources\na,A,press-2032\n", "a.csv", "projects")

    batches.map_columns(batch, mapping_of(batch.mapping))
    batches.work_on(batch)

    ((column, _value, _reason, nearest),) = batch.rows.get().errors
    assert (column, nearest) == ("sources", "press-2023")
