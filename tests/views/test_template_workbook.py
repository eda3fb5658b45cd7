"""/import/template/: for staff, who fill it in and import it."""

import pytest
from django.urls import reverse

from projects import exports
from projects.imports.permissions import IMPORTABLE
from projects.spreadsheets.reading import read
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("noun", IMPORTABLE)
def test_staff_get_the_workbook(client, noun):
    client.force_login(make_user("viewer"))

    answer = client.get(reverse("import-template", args=[noun]))

    assert answer.status_code == 200
    assert answer["Content-Type"] == exports.CONTENT_TYPES["xlsx"]
    assert answer["Content-Disposition"] == f'attachment; filename="{noun}-template.xlsx"'
    assert "amount" in read(answer.content).headings or noun == "enterprises"


def test_visitors_are_sent_to_sign_in(client):
    answer = client.get("/import/template/projects.xlsx")

    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/?next=/import/template/projects.xlsx"


def test_others_are_refused(client):
    client.force_login(make_user("visitor"))

    assert client.get("/import/template/projects.xlsx").status_code == 403


@pytest.mark.parametrize("noun", ["zones", "project", "rates", "%00"])
def test_other_models_have_no_template(client, noun):
    client.force_login(make_user("superuser"))

    assert client.get(f"/import/template/{noun}.xlsx").status_code == 404


def test_only_get_is_accepted(client):
    client.force_login(make_user("superuser"))

    assert client.post("/import/template/projects.xlsx").status_code == 405
    assert client.head("/import/template/projects.xlsx").content == b""
