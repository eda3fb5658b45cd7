"""Nine thousand projects of AidData give the totals that AidData published."""

import csv
from decimal import Decimal

import pytest

from projects.models import Project
from tests.helpers.real_files import DATA, answer, load, part

PROJECTS = DATA / "aiddata_gcdf" / "final_input.csv"
RATES = DATA / "standards" / "exchange_rates_monthly.csv"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not PROJECTS.exists(), reason="the real files are not beside the project"),
]

# Sums in dollars of 2021 as published, the number of projects, and of those with an amount.
PUBLISHED = {
    "Industry, mining, construction": ("309190619822.24", 628, 576),
    "Energy": ("230152445387.88", 883, 787),
    "Transport and storage": ("161411394794.72", 957, 848),
}
WHOLE = Decimal("830896560490.35")


def read(file):
    """Sum, number of projects, and number of those with an amount, by sector and of the file."""
    found = {}
    with file.open(encoding="utf-8", newline="") as content:
        for row in csv.DictReader(content):
            amount = row["Amount.(Constant.USD.2021)"]
            for label in (row["Sector.Name"].capitalize(), "whole"):
                total, projects, disclosed = found.get(label, (Decimal(0), 0, 0))
                total += Decimal(amount or 0)
                found[label] = (total, projects + 1, disclosed + bool(amount))
    return found


@pytest.fixture(params=[pytest.param(1, marks=pytest.mark.chaos), 60], ids="every {}".format)
def file(request, tmp_path):
    """Every row of the file, or every 60th."""
    if request.param == 1:
        return PROJECTS
    return part(PROJECTS, tmp_path, lambda number, _row: number % request.param == 0)


def test_published_sums_are_those_of_the_file():
    found = read(PROJECTS)

    assert found["whole"][1:] == (9404, 5623)
    assert round(found["whole"][0], 2) == WHOLE
    for label, (amount, *numbers) in PUBLISHED.items():
        assert (str(round(found[label][0], 2)), *found[label][1:]) == (amount, *numbers)


def test_aiddata_gives_the_published_totals_and_is_converted_by_day(client, settings, file):
    settings.BASE_CURRENCY = "USD"
    expected = read(file)
    amount, projects, disclosed = expected.pop("whole")

    load("import_projects", file, mapping="aiddata_gcdf.toml")

    found = answer(client, "/api/v1/totals/?by=sector")
    total = found["total"]
    assert (total["projects"], total["disclosed"], total["left_out"]) == (projects, disclosed, 0)
    # Each amount was rounded to the cent, so that each may be off by half a cent.
    assert abs(Decimal(total["amount"]) - amount) <= disclosed * Decimal("0.005")
    assert sum(Decimal(row["amount"]) for row in found["rows"]) == Decimal(total["amount"])
    rows = {row["label"]: row for row in found["rows"]}
    assert set(rows) == set(expected)
    for label, (sector_amount, *numbers) in expected.items():
        row = rows[label]
        assert [row["projects"], row["disclosed"]] == numbers
        assert abs(Decimal(row["amount"]) - sector_amount) <= numbers[1] * Decimal("0.005")

    stamps = dict(Project.objects.values_list("code", "updated_at"))
    load("import_projects", file, mapping="aiddata_gcdf.toml")

    assert dict(Project.objects.values_list("code", "updated_at")) == stamps
    assert Project.history.count() == projects

    settings.BASE_CURRENCY = "CNY"
    total = answer(client, "/api/v1/totals/?by=sector")["total"]
    assert (total["disclosed"], total["left_out"], total["amount"]) == (
        disclosed,
        disclosed,
        "0.00",
    )
    assert f"{disclosed:,}" in client.get("/totals/").content.decode()

    load("import_rates", RATES, mapping="monthly_rates.toml")

    total = answer(client, "/api/v1/totals/?by=sector")["total"]
    assert (total["disclosed"], total["left_out"]) == (disclosed, 0)
    converted = Decimal(0)
    for project in Project.objects.disclosed().select_related("conversion__rate_from"):
        conversion = project.conversion
        # A month's rate is in force from its first day, which is that of the file.
        assert conversion.rate_date == project.signed_on.replace(day=1)
        assert conversion.rate == conversion.rate_from.rate
        assert abs(conversion.amount_base - project.amount * conversion.rate) <= Decimal("0.005")
        converted += conversion.amount_base
    assert converted == Decimal(total["amount"])
