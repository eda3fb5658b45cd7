import pytest
from django.contrib import admin
from django.urls import reverse

from projects.models import Project, Receipt
from tests.factories import make_project, make_receipt, make_sector, make_source, make_user
from tests.helpers.admin_forms import sent

pytestmark = pytest.mark.django_db

NOUNS = [model for model in admin.site._registry if model._meta.app_label == "projects"]


def change(record):
    return reverse(f"admin:projects_{record._meta.model_name}_change", args=[record.pk])


def test_a_visitor_is_sent_to_sign_in(client):
    for model in NOUNS:
        assert client.get(f"/admin/projects/{model._meta.model_name}/").status_code == 302, model


def test_a_viewer_sees_everything_and_changes_nothing(client):
    client.force_login(make_user("viewer"))
    project = make_project(sectors=[make_sector()], sources=[make_source()])
    receipt = make_receipt(project)

    pages = [client.get(change(record)) for record in (project, receipt)]
    posted = client.post(change(project), {"name": "Changed"})

    assert [page.status_code for page in pages] == [200, 200]
    assert all("_save" not in page.content.decode() for page in pages)
    assert posted.status_code == 403
    assert client.get("/admin/projects/project/add/").status_code == 403
    assert project.history.count() == 1


def test_who_may_not_write_receipts_may_still_write_projects(client):
    writing = [f"{action}_receipt" for action in ("view", "add", "change", "delete")]
    client.force_login(make_user("clerk", without=writing))
    project = make_project(state="draft")
    make_receipt(project, state="draft")

    page = client.get(change(project))
    client.post(change(project), sent(page, name="Renamed"))

    assert [one.formset.model for one in page.context["inline_admin_formsets"]] == [
        Project.sectors.through
    ]
    assert Project.objects.get().name == "Renamed"
    assert Receipt.objects.count() == 1


def test_the_site_has_its_own_name(administrator):
    assert "Investment register" in administrator.get("/admin/").content.decode()
