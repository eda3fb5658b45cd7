"""Nine thousand projects as AidData published them, against the totals that they published.

The file is not part of the project: where it is not beside it, these tests are skipped.
"""

from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command

from projects.models import Project

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
PROJECTS = DATA / "aiddata_gcdf" / "final_input.csv"
RATES = DATA / "standards" / "exchange_rates_monthly.csv"
MAPPINGS = ROOT / "docs" / "mappings"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not PROJECTS.exists(), reason="the real files are not beside the project"),
]

# Published sums in dollars of 2021, how many projects, and how many of them disclose an amount.
PUBLISHED = {
    "Industry, mining, construction": ("309190619822.24", 628, 576),
    "Energy": ("230152445387.88", 883, 787),
    "Transport and storage": ("161411394794.72", 957, 848),
}
WHOLE = Decimal("830896560490.35")


def load(command, file, mapping):
    call_command(command, str(file), mapping=MAPPINGS / mapping, verbosity=0)


def totals(client):
    return client.get("/api/v1/totals/?by=sector").json()


def test_aiddata_gives_the_published_totals_and_is_converted_by_day(client, settings):
    settings.BASE_CURRENCY = "USD"

    load("import_projects", PROJECTS, "aiddata_gcdf.toml")

    found = totals(client)
    total = found["total"]
    assert (total["projects"], total["undisclosed"], total["left_out"]) == (9404, 3781, 0)
    # Each amount was rounded to the cent, so that each may be off by half a cent.
    assert abs(Decimal(total["amount"]) - WHOLE) <= total["disclosed"] * Decimal("0.005")
    assert sum(Decimal(row["amount"]) for row in found["rows"]) == Decimal(total["amount"])
    rows = {row["label"]: row for row in found["rows"]}
    for label, (amount, projects, disclosed) in PUBLISHED.items():
        row = rows[label]
        assert (row["projects"], row["disclosed"]) == (projects, disclosed)
        assert abs(Decimal(row["amount"]) - Decimal(amount)) <= disclosed * Decimal("0.005")

    stamps = dict(Project.objects.values_list("code", "updated_at"))
    load("import_projects", PROJECTS, "aiddata_gcdf.toml")

    assert dict(Project.objects.values_list("code", "updated_at")) == stamps
    assert Project.history.count() == 9404

    settings.BASE_CURRENCY = "CNY"
    total = totals(client)["total"]
    assert (total["disclosed"], total["left_out"], total["amount"]) == (5623, 5623, "0.00")
    assert "5,623" in client.get("/totals/").content.decode()

    load("import_rates", RATES, "monthly_rates.toml")

    total = totals(client)["total"]
    assert (total["disclosed"], total["left_out"]) == (5623, 0)
    expected = Decimal(0)
    for project in Project.objects.disclosed().select_related("conversion__rate_from"):
        conversion = project.conversion
        # A month's rate is in force from its first day, which is that of the file.
        assert conversion.rate_date == project.signed_on.replace(day=1)
        assert conversion.rate == conversion.rate_from.rate
        assert abs(conversion.amount_base - project.amount * conversion.rate) <= Decimal("0.005")
        expected += conversion.amount_base
    assert expected == Decimal(total["amount"])
