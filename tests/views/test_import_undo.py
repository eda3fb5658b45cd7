"""Taking a written file back."""

import pytest
from django.contrib.auth.models import Permission

from projects import history
from projects.imports import undo
from projects.imports.batches import BatchError
from projects.models import BatchState, Enterprise, Project
from tests.factories import make_project, make_receipt, make_user
from tests.helpers.import_pages import page_of, step, written
from tests.helpers.page_parser import read

pytestmark = pytest.mark.django_db

TEXT = "编号,项目名称,投资方\nold,新名,喀什兴达\nnew,新项目,喀什兴达\n"


def undo_page(client, batch):
    return read(client.get(f"/import/{batch.pk}/undo/").content.decode())


def test_undo_shows_the_consequences_first(client, office):
    make_project(code="old", name="", name_zh="旧名")
    batch = written(client, TEXT)

    page = undo_page(client, batch)

    assert "This affects 3 records:" in page.text
    assert [one.text for one in page.one("main").all("li")] == [
        "1 new record is deleted.",
        "1 record that was created because a row names it is deleted.",
        "1 changed record is restored.",
    ]
    assert page.link("Keep it") == f"/import/{batch.pk}/"
    assert Project.objects.count() == 2


def test_undo_restores_everything(client, office):
    make_project(code="old", name="", name_zh="旧名")
    batch = written(client, TEXT)

    answer = step(client, batch, "undo")

    assert (answer.status_code, batch.state) == (302, BatchState.UNDONE)
    project = Project.objects.get()
    assert (project.name_zh, project.enterprise) == ("旧名", None)
    assert not Enterprise.objects.exists()
    page = page_of(client, batch)
    assert "Undone:" in page.text
    assert "kept" not in page.one("nav", class_="tabs").text
    assert "/projects/new/" not in {link.attributes["href"] for link in page.all("a")}


def test_kept_records_are_listed_with_the_reason(client, office):
    batch = written(client, "code,name\na,A\nb,B\nc,C\n")
    edited = Project.objects.get(code="a")
    edited.note = "Looked into"
    history.save(edited)
    make_receipt(Project.objects.get(code="b"))

    step(client, batch, "undo")

    page = page_of(client, batch)
    assert page.rows() == [
        ["2", "Aa", "It has been edited since the import."],
        ["3", "Bb", "Other records refer to it now."],
    ]
    assert page.one("nav", class_="tabs").all("a")[0].text == "2 kept"
    assert page.one("main").link("A") == "/projects/a/"
    assert page_of(client, batch, "?status=new").all("table")


def test_undoing_twice_has_one_effect(client, office):
    batch = written(client, "code,name\na,A\n")

    first, second = step(client, batch, "undo"), step(client, batch, "undo")

    assert (first.status_code, second.status_code) == (302, 409)
    assert (
        "Only an import that has been written can be undone." in read(second.content.decode()).text
    )
    assert Project.history.count() == 2
    assert client.get(f"/import/{batch.pk}/undo/").status_code == 302


@pytest.mark.parametrize(
    ("codename", "sentence"),
    [
        ("delete_project", "You have no permission to delete projects."),
        ("change_project", "You have no permission to change projects."),
        ("delete_enterprise", "You have no permission to delete enterprises."),
    ],
)
def test_undo_needs_the_permission_for_each_change(client, codename, sentence):
    make_project(code="old", name="", name_zh="旧名", state="draft")
    clerk = make_user("clerk")
    client.force_login(clerk)
    batch = written(client, TEXT)
    permitted = Permission.objects.filter(group__user=clerk)
    clerk.user_permissions.set(permitted.exclude(codename=codename))
    clerk.groups.clear()
    # What they held ended with the role.
    client.force_login(clerk)

    assert sentence in page_of(client, batch).text
    assert sentence in undo_page(client, batch).one(class_="errors").text
    answer = step(client, batch, "undo")

    assert (answer.status_code, batch.state) == (409, BatchState.WRITTEN)
    assert Project.objects.count() == 2
    with pytest.raises(BatchError, match=sentence):
        undo.undo(batch, type(clerk).objects.get(pk=clerk.pk))


def test_only_a_written_import_can_be_undone(client, office):
    batch = written(client, "code,name\na,A\n")
    assert (
        page_of(client, batch).one("main").link("Undo this import…") == f"/import/{batch.pk}/undo/"
    )

    step(client, batch, "undo")
    links = [link.text for link in page_of(client, batch).one("main").all("a")]

    assert "Undo this import…" not in links
