"""Saving records: validation, links, one row of history, derived rows."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from projects import history
from projects.models import (
    Allocation,
    Enterprise,
    ExchangeRate,
    Outcome,
    Project,
    ProjectConversion,
    Receipt,
    ReceiptConversion,
)
from tests.factories import (
    make_area,
    make_enterprise,
    make_project,
    make_rate,
    make_receipt,
    make_sector,
    make_source,
)

pytestmark = pytest.mark.django_db


def test_a_save_with_links_adds_one_row_of_history():
    trade, it = make_sector(code="trade"), make_sector(code="it")
    project = make_project(
        sectors=[(trade, Decimal("50")), (it, Decimal("50"))],
        partners=[make_enterprise()],
        sources=[make_source()],
    )

    row = project.history.get()

    assert row.history_type == "+"
    assert {link.sector.code for link in row.sectors.all()} == {"trade", "it"}
    assert (row.partners.count(), row.sources.count()) == (1, 1)


def test_a_save_without_changes_adds_no_history_and_no_version():
    sectors = [(make_sector(), None)]
    project = make_project(sectors=sectors)
    stamp = project.updated_at

    history.save(project, sectors=sectors, partners=[], sources=[])

    project.refresh_from_db()
    assert (project.history.count(), project.version, project.updated_at) == (1, 1, stamp)


def test_a_changed_link_alone_is_a_change():
    project = make_project(sectors=[(make_sector(), None)])

    history.save(project, sectors=[])

    assert project.history.count() == 2
    assert project.version == 2
    assert Allocation.objects.get(project=project).sector is None


def test_a_changed_share_alone_is_a_change():
    one, other = make_sector(), make_sector()
    project = make_project(sectors=[(one, Decimal("60")), (other, Decimal("40"))])

    history.save(project, sectors=[(one, Decimal("40")), (other, Decimal("60"))])

    assert project.history.count() == 2


def test_omitted_links_are_left_unchanged():
    project = make_project(sectors=[(make_sector(), None)], partners=[make_enterprise()])
    project.name = "Another name"

    history.save(project)

    assert project.shares.count() == 1
    assert project.partners.count() == 1


def test_prefetched_links_are_reloaded_after_a_save():
    make_project(sectors=[(make_sector(), None)], partners=[make_enterprise()])
    project = Project.objects.prefetch_related("shares", "sectors", "partners").get()
    sector, partner = make_sector(), make_enterprise()

    history.save(project, sectors=[(sector, None)], partners=[partner])

    assert [share.sector for share in project.shares.all()] == [sector]
    assert list(project.sectors.all()) == [sector]
    assert list(project.partners.all()) == [partner]


@pytest.mark.parametrize("shares", [(50, 49), (50, None), (100, 100)])
def test_shares_add_up_to_100_or_are_all_unknown(shares):
    sectors = [(make_sector(), None if share is None else Decimal(share)) for share in shares]

    with pytest.raises(ValidationError) as caught:
        make_project(sectors=sectors)

    assert "sectors" in caught.value.error_dict
    assert not Project.objects.exists()


def test_the_lead_enterprise_cannot_be_a_partner():
    lead = make_enterprise()

    with pytest.raises(ValidationError) as caught:
        make_project(enterprise=lead, partners=[lead])

    assert "partners" in caught.value.error_dict


def test_dates_in_the_wrong_order_are_invalid():
    with pytest.raises(ValidationError) as caught:
        make_project(signed_on=date(2023, 11, 11), registered_on=date(2023, 11, 10))

    assert "registered_on" in caught.value.error_dict


def test_codes_are_unique_ignoring_case():
    make_area(code="Kashi")

    with pytest.raises(ValidationError) as caught:
        make_area(code="kashi")

    assert "code" in caught.value.error_dict


@pytest.mark.parametrize("code", ["none", "Bulk", "..", "a b", "a/b", "喀什", "", "a\n", "-"])
def test_invalid_codes_are_refused(code):
    with pytest.raises(ValidationError) as caught:
        make_area(code=code)

    assert "code" in caught.value.error_dict


def test_moving_a_receipt_recomputes_both_projects():
    first, second = make_project(), make_project()
    receipt = make_receipt(first, Decimal("5.00"))
    receipt.project = second

    history.save(receipt)

    assert not Allocation.objects.filter(project=first, receipt__isnull=False).exists()
    assert Allocation.objects.get(receipt=receipt).project == second


def test_a_deleted_record_keeps_its_last_state_in_history():
    project = make_project()
    receipt = make_receipt(project, Decimal("5.00"))

    history.delete(receipt)

    assert Receipt.history.first().history_type == "-"
    assert not Allocation.objects.filter(receipt__isnull=False).exists()


def test_a_plain_save_adds_history_too():
    project = make_project()
    project.name = "Renamed in a shell"

    project.save()
    project.save()

    assert [row.history_type for row in project.history.all()] == ["~", "+"]


def test_the_reason_of_a_change_is_in_the_history():
    project = make_project()
    project.name, project._change_reason = "Renamed in a shell", "The sign on the door"

    project.save()

    assert project.history.first().history_change_reason == "The sign on the door"


def test_bulk_save_adds_the_same_history_as_single_saves():
    trade, it = make_sector(code="trade"), make_sector(code="it")
    partner, source = make_enterprise(), make_source()
    links = {
        "sectors": [(trade, Decimal("60")), (it, Decimal("40"))],
        "partners": [partner],
        "sources": [source],
    }
    alone = make_project(**links)
    one, other = Project(code="one", name="One"), Project(code="other", name="Other")

    changed = history.bulk_save([(one, links), (other, {})])

    row = one.history.get()
    assert (changed, row.history_type, other.history.get().history_type) == (2, "+", "+")
    assert [(link.sector, link.share) for link in row.sectors.order_by("pk")] == [
        (link.sector, link.share) for link in alone.history.get().sectors.order_by("pk")
    ]
    assert [link.enterprise for link in row.partners.all()] == [partner]
    assert [link.source for link in row.sources.all()] == [source]
    kept = Project.register_history
    assert kept.last_rows([one, other]) == kept.current_rows([one, other])


def test_bulk_saved_records_have_links_search_keys_and_derived_rows():
    trade, it = make_sector(code="trade"), make_sector(code="it")
    partner, source = make_enterprise(), make_source()
    project = Project(code="p", name_zh="产业园", amount=Decimal("100.00"))
    links = {"sectors": [(trade, None), (it, None)], "partners": [partner], "sources": [source]}

    history.bulk_save([(project, links)])

    assert [(link.sector, link.share) for link in project.shares.all()] == [
        (trade, None),
        (it, None),
    ]
    assert (project.partners.get(), project.sources.get()) == (partner, source)
    assert Project.objects.matching("chanyeyuan").get() == project
    assert ProjectConversion.objects.get(project=project).amount_base == Decimal("100.00")
    assert {
        (part.sector.code, part.amount_base, part.assumed)
        for part in Allocation.objects.filter(project=project)
    } == {("trade", Decimal("50.00"), True), ("it", Decimal("50.00"), True)}


def test_bulk_save_adds_no_history_for_unchanged_records():
    sectors = [(make_sector(), Decimal("60")), (make_sector(), Decimal("40"))]
    source = make_source()
    same = make_project(sectors=sectors, sources=[source])
    renamed, relinked = make_project(), make_project(sources=[source])
    stamp = same.updated_at
    renamed.name = "Another name"

    changed = history.bulk_save(
        [
            (same, {"sectors": sectors[::-1], "sources": [source]}),
            (renamed, {}),
            (relinked, {"sources": []}),
        ]
    )

    for project in (same, renamed, relinked):
        project.refresh_from_db()
    assert changed == 2
    assert [project.history.count() for project in (same, renamed, relinked)] == [1, 2, 2]
    assert [project.version for project in (same, renamed, relinked)] == [1, 2, 2]
    assert same.updated_at == stamp
    assert renamed.updated_at > stamp


def test_bulk_save_adds_the_first_row_of_a_record_without_history():
    lost, kept = make_project(), make_project()
    lost.history.all().delete()

    changed = history.bulk_save([(lost, {}), (kept, {})])

    assert changed == 1
    assert (lost.history.get().history_type, lost.version) == ("+", 1)
    assert kept.history.count() == 1


def test_bulk_save_leaves_omitted_links_unchanged():
    links = {"sectors": [(make_sector(), None)], "partners": [make_enterprise()]}
    one, other = make_project(**links), make_project(**links)
    other.name = "Another name"

    changed = history.bulk_save([(one, {"sectors": None, "partners": None}), (other, {})])

    assert changed == 1
    for project in (one, other):
        assert (project.shares.count(), project.partners.count()) == (1, 1)


def test_bulk_save_of_shares_recomputes_allocations():
    trade, it = make_sector(), make_sector()
    project = make_project(sectors=[(trade, None), (it, None)], amount=Decimal("100.00"))

    history.bulk_save([(project, {"sectors": [(trade, Decimal("75")), (it, Decimal("25"))]})])

    assert [(link.sector, link.share) for link in project.history.first().sectors.all()] == [
        (trade, Decimal("75")),
        (it, Decimal("25")),
    ]
    assert [
        (part.sector, part.amount_base)
        for part in Allocation.objects.filter(project=project).order_by("-amount_base")
    ] == [(trade, Decimal("75.00")), (it, Decimal("25.00"))]


def test_bulk_save_of_receipts_recomputes_old_and_new_projects():
    first, second = make_project(), make_project()
    moved = make_receipt(first, Decimal("5.00"))
    moved.project = second
    new = Receipt(project=first, amount=Decimal("7.00"), received_on=date(2023, 12, 1))

    history.bulk_save([(moved, {}), (new, {})])

    received = Allocation.objects.filter(receipt__isnull=False)
    assert {(part.project, part.receipt, part.amount_base) for part in received} == {
        (first, new, Decimal("7.00")),
        (second, moved, Decimal("5.00")),
    }
    assert ReceiptConversion.objects.get(receipt=new).amount_base == Decimal("7.00")


def test_bulk_save_of_rates_recomputes_what_they_affect():
    rate = make_rate("EUR", "CNY", "7.8", date(2023, 11, 1))
    euros = make_project(currency="EUR", amount=Decimal("10.00"))
    dollars = make_project(currency="USD", amount=Decimal("10.00"))
    rate.quoted_on = date(2023, 12, 1)
    new = ExchangeRate(
        from_currency="USD",
        to_currency="CNY",
        rate=Decimal("7.2"),
        quoted_on=date(2023, 11, 1),
        source=rate.source,
    )

    history.bulk_save([(rate, {}), (new, {})])

    of_euros, of_dollars = (
        ProjectConversion.objects.get(project=project) for project in (euros, dollars)
    )
    assert (of_euros.outcome, of_euros.amount_base) == (Outcome.LEFT_OUT, None)
    assert (of_dollars.amount_base, of_dollars.rate_from) == (Decimal("72.00"), new)


def test_bulk_save_accepts_relations_saved_after_assignment():
    enterprise = Enterprise(code="lead", name="Lead")
    project = Project(code="p", name="P", enterprise=enterprise)
    receipt = Receipt(project=project, amount=Decimal("1.00"), received_on=date(2023, 12, 1))

    for record in (enterprise, project, receipt):
        history.bulk_save([(record, {})])

    assert Receipt.objects.get().project.enterprise == enterprise
    assert Allocation.objects.get(receipt=receipt).project == project


def test_a_violated_constraint_stops_the_whole_bulk_save():
    standing = make_project(code="standing", sources=[make_source()])
    name = standing.name
    standing.name = "Another name"
    written = [
        (standing, {"sources": []}),
        (Project(code="new", name="New"), {}),
        (Project(code="STANDING", name="The same code but for its case"), {}),
    ]

    with pytest.raises(IntegrityError), transaction.atomic():
        history.bulk_save(written)

    assert [project.code for project in Project.objects.all()] == ["standing"]
    assert [row.code for row in Project.history.all()] == ["standing"]
    standing.refresh_from_db()
    assert (standing.name, standing.version, standing.sources.count()) == (name, 1, 1)
    assert not Allocation.objects.exclude(project=standing).exists()


def test_the_number_of_queries_does_not_grow_with_records():
    sectors = [(make_sector(), None), (make_sector(), None)]
    links = {"sectors": sectors, "partners": [make_enterprise()], "sources": [make_source()]}

    def queries(written) -> int:
        with CaptureQueriesContext(connection) as captured:
            history.bulk_save(written)
        # SQLite takes fewer values at once than a batch has, and so gets them in several queries.
        split = ("INSERT", "UPDATE") if connection.vendor == "sqlite" else ()
        return sum(not query["sql"].startswith(split) for query in captured)

    def new(count: int, noun: str) -> list:
        projects = [Project(code=f"{noun}-{number}", name=noun) for number in range(count)]
        return [(project, links) for project in projects]

    few, many = new(3, "few"), new(60, "many")
    of_new = queries(few), queries(many)
    for project, _links in few + many:
        project.name = "Another name"
    of_standing = [
        queries([(project, {"sectors": sectors[:1], "partners": []}) for project, _ in written])
        for written in (few, many)
    ]

    assert of_new[0] == of_new[1]
    assert of_standing[0] == of_standing[1]
    assert Project.history.count() == 2 * 63
