"""Only the versions shown are deleted, and nothing that is still referenced."""

import pytest
from django.urls import reverse

from projects import history
from projects.models import Project
from projects.models.base import RegisterQuerySet
from tests.factories import make_area, make_enterprise, make_project, make_sector
from tests.helpers.admin_forms import delete, delete_selected, hidden, page_of

pytestmark = pytest.mark.django_db


def test_a_stale_deletion_is_refused(office, save):
    project = make_project()
    address = page_of(project, "delete")
    asked = hidden(office.get(address))
    save(project, note="Theirs")

    answer = office.post(address, asked, follow=True)

    assert Project.objects.exists()
    assert "gulnara" in " ".join(str(one) for one in answer.context["messages"])
    office.post(address, hidden(answer))
    assert not Project.objects.exists()


@pytest.mark.parametrize("version", [None, "", "2", "x"])
def test_a_deletion_needs_the_current_version(office, version):
    project = make_project()
    data = {"post": "yes"} | ({} if version is None else {"shown_version": version})

    office.post(page_of(project, "delete"), data)

    assert Project.objects.exists()


def test_a_stale_deletion_of_several_is_refused(office, save):
    projects = [make_project(code=code) for code in ("p", "q")]
    address = reverse("admin:projects_project_changelist")
    chosen = {"action": "delete_selected", "_selected_action": [one.pk for one in projects]}
    asked = hidden(office.post(address, chosen))
    save(projects[0], note="Theirs")

    page = office.post(address, asked, follow=True)

    assert Project.objects.count() == 2
    assert "Nothing was deleted" in page.content.decode()
    delete_selected(office, projects)
    assert not Project.objects.exists()
    assert Project.history.filter(history_type="-").count() == 2


def test_nothing_is_deleted_if_one_of_several_was_deleted_meanwhile(office, other):
    projects = [make_project() for _ in range(2)]
    address = reverse("admin:projects_project_changelist")
    chosen = {"action": "delete_selected", "_selected_action": [one.pk for one in projects]}
    asked = hidden(office.post(address, chosen))
    delete(other, projects[0])

    page = office.post(address, asked, follow=True)

    assert Project.objects.get() == projects[1]
    assert "Nothing was deleted" in page.content.decode()


def test_several_are_deleted_after_confirmation(office):
    projects = [make_project() for _ in range(3)]

    answer = delete_selected(office, projects[:2])

    assert (answer.status_code, Project.objects.get()) == (302, projects[2])


def test_references_are_named_as_far_as_the_user_may_see_them(office, monkeypatch):
    area = make_area()
    project = make_project(code="hidden", area=area)
    make_enterprise(name="Shown", area=area)
    monkeypatch.setattr(
        RegisterQuerySet,
        "visible_to",
        lambda self, user: self.exclude(pk=project.pk) if self.model is Project else self.all(),
    )

    page = office.get(page_of(area, "delete"))

    assert page.context["protected"] == ["Enterprise: Shown"]
    sector = make_sector()
    history.save(project, sectors=[(sector, None)])
    page = office.get(page_of(sector, "delete"))
    assert page.context["protected"] == ["other records"]
    assert str(project) not in page.content.decode()
