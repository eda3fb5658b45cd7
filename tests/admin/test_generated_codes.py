"""A new project or enterprise without a code gets one, as in imports."""

import pytest

from projects.models import Enterprise, Project
from projects.models.generated_codes import code_from_name, project_code, project_code_prefix
from tests.factories import make_area, make_enterprise, make_project
from tests.helpers.admin_forms import errors, page_of, sent

pytestmark = pytest.mark.django_db

PROJECT = "/admin/projects/project/add/"
ENTERPRISE = "/admin/projects/enterprise/add/"


def add(client, address, **values):
    answer = client.post(address, sent(client.get(address), **values))
    assert answer.status_code == 302, errors(answer)


def test_a_project_is_numbered_by_area_and_year(office):
    area = make_area(code="kashi")
    make_project(code="KASHI-2023-007")

    add(office, PROJECT, name="One", area=area.pk, signed_on="2023-11-11")
    add(office, PROJECT, name="Two", area=area.pk, intended_on="2024-01-02", stage="intended")
    add(office, PROJECT, name="Three")

    assert set(Project.objects.values_list("code", flat=True)) == {
        "KASHI-2023-007",
        "kashi-2023-008",
        "kashi-2024-001",
        "project-001",
    }


def test_an_enterprise_is_named_by_its_name_or_pinyin(office):
    make_enterprise(code="Xingda")

    add(office, ENTERPRISE, name="Xingda")
    add(office, ENTERPRISE, name_zh="喀什纺织有限公司")

    codes = set(Enterprise.objects.values_list("code", flat=True))
    assert codes == {"Xingda", "xingda-2", "kashifangzhiyoux"}


def test_a_code_that_was_given_is_kept_and_an_existing_record_needs_its_own(office):
    add(office, PROJECT, code="mine", name="One")
    project = Project.objects.get(code="mine")

    page = office.post(page_of(project), sent(office.get(page_of(project)), code=""))

    assert list(errors(page)) == ["code"]


def test_a_generated_code_has_at_most_24_characters():
    taken = {f"a-name-of-many-l-{number}" for number in range(2, 1000)} | {"a-name-of-many-l"}
    code = code_from_name("A name of many letters", "enterprise", taken.__contains__)

    assert code == "a-name-of-many-l-1000"
    assert code_from_name("None", "enterprise", lambda code: False) == "none-2"
    assert code_from_name("§", "enterprise", lambda code: False) == "enterprise"
    prefix = project_code_prefix("area-with-a-long-code", None)
    assert len(project_code(prefix.rstrip("-") + "-2023-", 99_999)) <= 24
