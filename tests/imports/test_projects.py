"""Projects from files: what is written, what is refused, and what is left alone."""

from decimal import Decimal

import pytest

from projects.imports import import_table
from projects.imports.mapping import mapping_of
from projects.models import Allocation, Enterprise, Project, RowStatus
from projects.spreadsheets.reading import read
from tests.factories import (
    make_area,
    make_enterprise,
    make_project,
    make_sector,
    make_source,
    make_user,
)

pytestmark = pytest.mark.django_db


def import_text(text, mapping=None, noun="projects", **options):
    mapping = mapping and mapping_of(mapping)
    known = mapping.headings if mapping else ["code", "name"]
    return import_table(noun, read(text.encode(), known=known), mapping, **options)


def statuses(report):
    return [
        report.counts[status] for status in (RowStatus.NEW, RowStatus.CHANGED, RowStatus.UNCHANGED)
    ]


def errors(report):
    return [(error.row, error.column, error.value) for error in report.errors]


def test_a_file_with_our_own_headings_needs_no_mapping():
    kashi, trade, it = make_area(code="kashi"), make_sector(code="trade"), make_sector(code="it")
    lead, partner = make_enterprise(code="lead"), make_enterprise(code="partner")
    source = make_source(code="press")

    report = import_text(
        "code,name,area,enterprise,partners,sectors,stage,signed_on,amount,sources\n"
        "p1,One,kashi,lead,partner,trade 60; it 40,signed,2023-11-11,17.6亿元,press\n"
        "p2,Two,,,,,intended,,,\n"
    )

    assert (report.errors, statuses(report), report.written) == ((), [2, 0, 0], True)
    one, two = Project.objects.order_by("code")
    assert (one.area, one.enterprise, list(one.partners.all())) == (kashi, lead, [partner])
    assert (one.amount, one.currency, one.amount_text) == (
        Decimal("1760000000.00"),
        "CNY",
        "17.6亿元",
    )
    assert [(s.sector, s.share) for s in one.shares.all()] == [(trade, 60), (it, 40)]
    assert list(one.sources.all()) == [source]
    assert (two.amount, two.stage, two.area) == (None, "intended", None)
    assert {a.amount_base for a in Allocation.objects.filter(project=one)} == {
        Decimal("1056000000.00"),
        Decimal("704000000.00"),
    }
    assert [p.search_key for p in (one, two)] == ["one\np1", "two\np2"]


def test_each_record_gets_one_row_of_history_by_the_user():
    office, press = make_user("superuser"), make_source(code="press")
    make_sector(code="trade")

    import_text("code,name,sectors,sources\np,P,trade,press\n", user=office)
    row = Project.objects.get().history.get()

    assert (row.history_type, row.history_user) == ("+", office)
    assert [link.sector.code for link in row.sectors.all()] == ["trade"]
    assert [link.source for link in row.sources.all()] == [press]


def test_the_same_file_again_changes_nothing_and_leaves_no_history():
    make_sector(code="trade")
    file = "code,name,sectors,amount\np,P,trade,约3.2亿美元\nq,Q,,未披露\n"
    import_text(file)
    before = list(Project.objects.order_by("code").values())

    report = import_text(file)

    assert statuses(report) == [0, 0, 2]
    assert list(Project.objects.order_by("code").values()) == before
    assert [project.history.count() for project in Project.objects.all()] == [1, 1]


def test_what_changed_is_written_with_one_row_of_history_and_a_new_version():
    make_sector(code="trade")
    import_text("code,name,sectors,amount\np,P,trade,5\nq,Q,,6\n")

    report = import_text("code,name,amount\np,P,7\nq,Q,6\n")

    assert statuses(report) == [0, 1, 1]
    project = Project.objects.get(code="p")
    assert (project.amount, project.version, project.history.count()) == (7, 2, 2)
    assert Allocation.objects.get(project=project).amount_base == 7
    assert Project.objects.get(code="q").version == 1


def test_a_changed_link_alone_is_a_change():
    make_sector(code="trade"), make_sector(code="it")
    import_text("code,name,sectors\np,P,trade\n")

    assert statuses(import_text("code,sectors\np,trade; it\n")) == [0, 1, 0]
    assert statuses(import_text("code,sectors\np,it; trade\n")) == [0, 0, 1]
    assert Project.objects.get().history.count() == 2


def test_blank_cells_and_missing_columns_keep_values():
    make_project(code="p", name="P", description="Kept", amount=Decimal("5.00"))

    import_text("code,name,amount,note\np,Renamed,,\n")

    project = Project.objects.get()
    assert (project.name, project.description, project.amount) == ("Renamed", "Kept", 5)


def test_undisclosed_clears_an_amount():
    make_project(code="p", amount=Decimal("5.00"))

    import_text("code,amount\np,undisclosed\n")

    assert Project.objects.get().amount is None


def test_all_errors_are_reported_at_once_and_nothing_is_written():
    make_area(code="kashi")

    report = import_text(
        "code,name,area,stage,signed_on,amount\n"
        "a,A,kashi,signed,2023-11-11,5\n"
        'b,B,nowhere,finished,11.11.2023,"1.234,50"\n'
        "c,C,,,,-5\n"
        "d,D,,,,5.005\n"
        ",,,signed,,\n"
        "no code,F,,,,\n"
    )

    assert errors(report) == [
        (3, "area", "nowhere"),
        (3, "stage", "finished"),
        (3, "signed_on", "11.11.2023"),
        (3, "amount", "1.234,50"),
        (4, "amount", "-5"),
        (5, "amount", "5.005"),
        (6, "code", ""),
        (7, "code", "no code"),
    ]
    assert all(error.reason for error in report.errors)
    assert (statuses(report), report.written) == ([1, 0, 0], False)
    assert not Project.objects.exists()


def test_partial_writes_the_valid_rows():
    report = import_text("code,name,amount\na,A,5\nb,B,lots\n", partial=True)

    assert (errors(report), report.written) == ([(3, "amount", "lots")], True)
    assert [project.code for project in Project.objects.all()] == ["a"]


def test_a_dry_run_writes_nothing():
    report = import_text("code,name\na,A\n", dry_run=True)

    assert (statuses(report), report.written) == ([1, 0, 0], False)
    assert not Project.objects.exists()
    assert not Project.history.exists()


def test_errors_of_the_database_are_reported_by_row():
    report = import_text("code,name,note\na,A,\nb,,nameless\nc,C,\n")

    assert [(error.row, error.reason) for error in report.errors] == [
        (3, "Give a name, in English or in Chinese.")
    ]
    assert not Project.objects.exists()

    import_text("code,name,note\na,A,\nb,,nameless\nc,C,\n", partial=True)
    assert [project.code for project in Project.objects.order_by("code")] == ["a", "c"]


def test_two_enterprises_of_one_credit_code_are_refused_by_the_second_row():
    report = import_text(
        "code,name,uscc\na,A,91110000600037341L\nb,B,9111 0000 6000 37341l\n", noun="enterprises"
    )

    assert errors(report) == [(3, "", "")]
    assert "unified social credit code" in report.errors[0].reason
    assert not Enterprise.objects.exists()


def test_the_rules_of_one_record_are_those_of_the_model():
    make_enterprise(code="lead"), make_sector(code="it"), make_sector(code="trade")

    report = import_text(
        "code,name,enterprise,partners,sectors,signed_on,registered_on\n"
        "a,A,lead,lead,,,\n"
        "b,B,,,it 50; trade 40,,\n"
        "c,C,,,,2023-11-11,2023-11-10\n"
    )

    assert [(error.row, error.column) for error in report.errors] == [
        (2, "partners"),
        (3, "sectors"),
        (4, "registered_on"),
    ]


def test_a_repeated_code_is_shown_with_both_rows():
    report = import_text("code,name\na,A\nb,B\nA,Again\n")

    assert errors(report) == [(4, "code", "A")]
    assert "Row 2 is about the same record" in report.errors[0].reason


def test_a_code_that_differs_by_case_alone_is_not_another():
    make_project(code="KS-1")

    report = import_text("code,name\nks-1,Again\n")

    assert errors(report) == [(2, "code", "ks-1")]
    assert "“KS-1”" in report.errors[0].reason


def test_an_unmapped_column_is_reported_once():
    report = import_text("code,name,colour\na,A,red\nb,B,blue\n")

    assert errors(report) == [(0, "colour", "")]
    assert not Project.objects.exists()


def test_read_only_columns_are_recognised_and_never_written():
    report = import_text("code,name,version,amount_base,url\na,A,7,5.00,/elsewhere/\n")

    assert report.errors == ()
    assert Project.objects.get().version == 1


def test_a_code_that_the_importer_may_not_use_is_refused():
    report = import_text("code,name\nbulk,B\nnone,N\n../etc,E\n")

    assert errors(report) == [(2, "code", "bulk"), (3, "code", "none"), (4, "code", "../etc")]


def test_a_file_of_json_is_read_as_the_api_reads_its_requests():
    make_sector(code="it")

    report = import_text(
        '[{"code": "a", "name": "A", "amount": 99999999999999.99, "sectors": [{"sector": "it"}],'
        ' "version": 9}, {"code": "b", "name": "B", "amount": true}]'
    )

    assert errors(report) == [(2, "amount", "true")]


@pytest.mark.parametrize("count", [3, 60])
def test_the_number_of_queries_does_not_grow_with_the_rows(django_assert_max_num_queries, count):
    make_area(code="kashi"), make_sector(code="it"), make_enterprise(code="lead")
    rows = "".join(f"p{n},P {n},kashi,lead,it,{n}\n" for n in range(count))

    with django_assert_max_num_queries(60):
        import_text(f"code,name,area,enterprise,sectors,amount\n{rows}")

    assert Project.objects.count() == count
