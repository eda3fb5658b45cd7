"""Texts of records are escaped on every page and in every file: no element, script or formula."""

from __future__ import annotations

import csv
import io
import re
import zipfile

import pytest
from django.db import transaction
from django.http import HttpResponse

from tests.helpers.html_structure import check_same, is_page
from tests.helpers.injection import harmless, packed, stain
from tests.helpers.selection import every_nth
from tests.helpers.site_urls import addresses
from tests.helpers.xss_texts import FORMULAS, SCRIPTS

pytestmark = pytest.mark.django_db

# The beginnings of the addresses of a test, so that all take about as long.
PARTS = ["/admin/(?!projects)", "/admin/projects/[a-m]", "/admin/projects/[n-z]", "/api", "/(?!a)"]
MORE = [
    "/?search=a",
    "/totals/?by=area&then=sector",
    "/totals/?by=enterprise",
    "/admin/projects/project/?q=a",
    "/admin/projects/enterprise/merge/{one}/{other}/?keep={one}",
]


def get_page(client, address) -> HttpResponse:
    return client.get(address, headers={"accept": "text/html"})


def get_pages(client, found):
    """Responses by their addresses; what the requests write is rolled back."""
    with transaction.atomic():
        answers = {address: get_page(client, address) for address in found}
        transaction.set_rollback(True)
    # The user is still signed in, and every page is the intended one.
    assert {address: one.status_code for address, one in answers.items()} == found
    return answers


def pages(client, register, part="/"):
    """The addresses that begin with `part` and answer with a page, each with its status."""
    keys = {name: register.more[name].pk for name in ("one", "other")}
    found = [*addresses(register).values(), *(one.format(**keys) for one in MORE)]
    answers = {one: get_page(client, one) for one in found if re.match(part, one)}
    return {one: answer.status_code for one, answer in answers.items() if is_page(answer)}


@pytest.mark.parametrize(("number", "part"), list(enumerate(PARTS)))
def test_texts_of_records_are_escaped_on_every_page(register, office, number, part):
    texts = packed(SCRIPTS)
    found = pages(office, register, part)
    assert found

    for text in every_nth(texts, len(texts), number * len(texts) // len(PARTS)):
        stain(harmless(text))
        before = get_pages(office, found)
        stain(text)
        for address, page in get_pages(office, found).items():
            check_same(page, before[address], f"{address}: {text}")


def test_no_cell_of_any_file_is_a_formula(register, office):
    files = {one for one in addresses(register).values() if one.endswith(".csv")}
    assert f"/import/{register.batch.pk}/refused.csv" in files

    for formula in FORMULAS:
        stain(formula)
        for address in files:
            text = office.get(address).getvalue().decode("utf-8-sig")
            cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
            begun = [cell for cell in cells if cell[:1] in set("=+-@\t\r") - {""}]
            assert [cell for cell in begun if not re.fullmatch(r"-[0-9.]+", cell)] == [], address
            assert any(formula.strip() in cell for cell in cells), address
            if not address.startswith("/import/"):
                book = office.get(address.replace(".csv", ".xlsx")).getvalue()
                assert formulas(book) == [], address


def formulas(book):
    """The cells of a workbook that are formulas."""
    with zipfile.ZipFile(io.BytesIO(book)) as file:
        sheets = [one for one in file.namelist() if one.startswith("xl/worksheets/")]
        return [one for name in sheets for one in re.findall(rb"<f[ >/].*?>", file.read(name))]
