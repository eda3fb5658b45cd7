from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from projects import conversion, history, names
from projects.filters import ProjectFilterSet
from projects.management.demo import generate
from projects.models import (
    STAGE_DATES,
    Area,
    Basis,
    Enterprise,
    ExchangeRate,
    Headline,
    Outcome,
    Project,
    ProjectConversion,
    Receipt,
    Sector,
    Source,
    Zone,
    amount_parsing,
)
from projects.totals.totals import totals
from tests.factories import make_enterprise, make_project, make_source, make_user

pytestmark = pytest.mark.django_db

MODELS = (Zone, Area, Sector, Source, Enterprise, Project, Receipt, ExchangeRate)


def fill(count) -> str:
    output = StringIO()
    call_command("fill", str(count), stdout=output)
    return output.getvalue()


def made() -> list[tuple]:
    """The values of all projects, except primary keys and times."""
    return [
        (
            project.code,
            project.label,
            project.area and project.area.code,
            project.enterprise and project.enterprise.name_zh,
            [partner.code for partner in project.partners.order_by("code")],
            [source.code for source in project.sources.order_by("code")],
            [(share.sector.code, share.share) for share in project.shares.all()],
            *(getattr(project, day) for day in STAGE_DATES.values()),
            (project.amount, project.currency, project.qualifier, project.amount_text),
            [(receipt.amount, receipt.received_on) for receipt in project.receipts.all()],
            project.conversion.amount_base,
        )
        for project in Project.objects.order_by("code")
    ]


def unmake() -> None:
    for model in (ExchangeRate, Receipt, Project, Enterprise, Area, Zone, Sector, Source):
        model.objects.all().delete()


def test_it_makes_and_reports_the_requested_number():
    told = fill(12)

    assert [project.code for project in Project.objects.order_by("code")] == [
        f"fill-{number:07}" for number in range(1, 13)
    ]
    assert told == (
        f"Created 12 projects (fill-0000001 to fill-0000012), {Enterprise.objects.count()} "
        f"enterprises and {Receipt.objects.count()} receipts.\n"
    )


def test_a_second_run_goes_on_where_the_first_ended_as_one_run_would_have(monkeypatch):
    monkeypatch.setattr(generate, "BATCH", 7)
    fill(13)
    fill(17)
    twice = made()
    unmake()
    monkeypatch.setattr(generate, "BATCH", 500)

    fill(30)

    assert made() == twice


def test_every_record_is_such_as_the_rules_would_let_pass():
    fill(60)

    for model in MODELS:
        for record in model.objects.all():
            links = {}
            if isinstance(record, Project):
                links = {
                    "sectors": [(share.sector, share.share) for share in record.shares.all()],
                    "partners": list(record.partners.all()),
                }
            history.check(record, **links)


def test_every_record_has_the_one_row_of_history_that_a_write_would_have_left():
    fill(40)

    for model in MODELS:
        records = list(model.objects.all())
        kept = model.register_history
        assert model.history.count() == len(records)
        assert kept.last_rows(records) == kept.current_rows(records)
        assert not any(kept.keep(record) for record in records)


def test_what_is_derived_is_as_a_rebuild_would_make_it():
    fill(60)

    result = conversion.rebuild()

    assert (result.projects, result.differing, result.searched) == (60, [], [])


def test_it_is_as_varied_as_a_register_is():
    fill(300)

    projects = Project.objects.all()
    assert 0.3 < projects.undisclosed().count() / 300 < 0.5
    assert set(projects.values_list("stage", flat=True)) == {stage.value for stage in STAGE_DATES}
    assert set(projects.values_list("currency", flat=True)) >= {"CNY", "USD", "EUR", "HKD"}
    assert projects.filter(shares__share__isnull=False).exists()
    assert projects.filter(shares__share__isnull=True).exists()
    assert projects.without_sector().exists()
    assert projects.filter(partners__isnull=False).exists()
    for missing in ("name", "name_zh"):
        assert projects.filter(**{missing: ""}).exists()
        assert projects.exclude(**{missing: ""}).exists()
    assert {Outcome.COUNTED, Outcome.UNDISCLOSED, Outcome.LEFT_OUT} == set(
        ProjectConversion.objects.values_list("outcome", flat=True)
    )
    assert ProjectConversion.objects.filter(rate_to__isnull=False).exists()
    assert Receipt.objects.filter(amount__lt=0).exists()


def test_every_amount_is_what_its_words_say():
    fill(120)

    worded = Project.objects.exclude(amount_text="")
    assert worded
    for project in worded:
        read = amount_parsing.parse_amount(
            project.amount_text, currency="XXX", qualifier="exact", amount_text=""
        )
        assert (read.amount, read.currency, read.qualifier) == (
            project.amount,
            project.currency,
            project.qualifier,
        )


def test_nothing_made_up_lies_in_the_future():
    fill(120)

    today = timezone.localdate()
    for field in STAGE_DATES.values():
        assert not Project.objects.filter(**{f"{field}__gt": today}).exists()
    assert not Receipt.objects.filter(received_on__gt=today).exists()


def test_totals_add_up_over_what_was_made():
    fill(80)

    found = totals(ProjectFilterSet({}, Project.objects.all()), ["sector"], Basis.CONTRACTED)

    assert found.total.amount > 0
    assert sum(row.amount for row in found.rows) == found.total.amount


def test_records_are_found_by_their_names():
    fill(40)

    for project in Project.objects.all():
        assert project in Project.objects.matching(project.label)
        assert names.normalise(project.label) in project.search_key


def test_the_admin_shows_the_history_of_what_was_made(client):
    fill(5)
    client.force_login(make_user("superuser"))
    project = Project.objects.get(code="fill-0000003")

    answer = client.get(reverse("admin:projects_project_history", args=[project.pk]))

    assert answer.status_code == 200
    assert project.label in answer.content.decode()


@pytest.mark.parametrize("make", [make_project, make_enterprise, make_source])
def test_a_register_with_real_records_is_refused_and_unchanged(make):
    record = make(code="KS-1")

    with pytest.raises(CommandError) as refusal:
        fill(3)

    assert f"({type(record)._meta.verbose_name} “KS-1”)" in str(refusal.value)
    assert "DATABASE_URL" in str(refusal.value)
    assert not Project.objects.filter(code__startswith="fill-").exists()


def test_the_sample_counts_as_real():
    call_command("load_sample", stdout=StringIO())

    with pytest.raises(CommandError, match="real records"):
        fill(3)

    assert Headline.objects.exists()
    assert not Project.objects.filter(code__startswith="fill-").exists()


def test_a_code_that_only_starts_like_a_generated_one_is_real():
    make_project(code="fill-in-centre")

    with pytest.raises(CommandError, match="“fill-in-centre”"):
        fill(3)


@pytest.mark.parametrize("count", [0, -1, 10_000_000])
def test_a_number_that_codes_cannot_count_is_refused(count):
    with pytest.raises(CommandError, match="from 1 to 9,999,999"):
        call_command("fill", "--", str(count), stdout=StringIO())

    assert not Zone.objects.exists()


def test_the_queries_of_a_batch_do_not_grow_with_its_projects():
    def queries(count: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            fill(count)
        # SQLite takes fewer values at once than a batch has, and so gets them in several queries.
        return sum(not query["sql"].startswith("INSERT") for query in captured)

    fill(30)
    few = queries(30)

    assert queries(90) == few
