"""What somebody typed is text on every page: nothing of it becomes an element, or a script."""

from __future__ import annotations

import csv
import io
import re
import zipfile

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from tests.helpers.html_structure import check_same, is_page
from tests.helpers.injection import harmless, packed, stain
from tests.helpers.site_urls import addresses, make_register
from tests.helpers.xss_texts import FORMULAS, SCRIPTS

pytestmark = pytest.mark.django_db

# What the addresses of a test begin with, so that each takes about as long as another.
PARTS = ["/admin/(?!projects)", "/admin/projects/[a-m]", "/admin/projects/[n-z]", "/api", "/(?!a)"]
MORE = [
    "/?search=a",
    "/totals/?by=area&then=sector",
    "/totals/?by=enterprise",
    "/admin/projects/project/?q=a",
    "/admin/projects/enterprise/merge/{one}/{other}/?keep={one}",
]


@pytest.fixture
def register():
    return make_register()


@pytest.fixture
def office(register):
    client = Client()
    client.force_login(register.user)
    return client


@pytest.fixture
def texts(rounds):
    """A few of the scripts, of each kind, or all of them."""
    return packed(SCRIPTS[:: len(SCRIPTS) // rounds(3, len(SCRIPTS))])


def asked(client, address) -> HttpResponse:
    return client.get(address, headers={"accept": "text/html"})


def seen(client, found):
    """The answers by their addresses. What is noted of the asking is not kept."""
    with transaction.atomic():
        answers = {address: asked(client, address) for address in found}
        transaction.set_rollback(True)
    # Who was signed in still is, and every page is the one that was meant.
    assert {address: one.status_code for address, one in answers.items()} == found
    return answers


def pages(client, register, part="/"):
    """The addresses that begin with `part` and answer with a page, each with its status."""
    keys = {name: register.more[name].pk for name in ("one", "other")}
    found = [*addresses(register).values(), *(one.format(**keys) for one in MORE)]
    answers = {one: asked(client, one) for one in found if re.match(part, one)}
    return {one: answer.status_code for one, answer in answers.items() if is_page(answer)}


@pytest.mark.parametrize("part", PARTS)
def test_no_text_of_a_record_becomes_a_part_of_a_page(register, office, texts, part):
    found = pages(office, register, part)
    assert found

    for text in texts:
        stain(harmless(text))
        before = seen(office, found)
        stain(text)
        for address, page in seen(office, found).items():
            check_same(page, before[address], f"{address}: {text}")


def test_no_cell_of_any_file_begins_a_formula(register, office):
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
    """The cells of a workbook that count something."""
    with zipfile.ZipFile(io.BytesIO(book)) as file:
        sheets = [one for one in file.namelist() if one.startswith("xl/worksheets/")]
        return [one for name in sheets for one in re.findall(rb"<f[ >/].*?>", file.read(name))]
