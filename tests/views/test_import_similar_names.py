"""Names that are like others, on the page of the file that brings them."""

import pytest

from projects.models import BatchState, Enterprise, Project
from tests.factories import make_enterprise, make_user
from tests.helpers.import_pages import bring, send_mapping
from tests.helpers.page_parser import read

pytestmark = pytest.mark.django_db

LIST = "项目编号,项目名称,投资方\na,纺织项目,新疆兴达纺织有限公司\n"


@pytest.fixture
def batch(client):
    """A list whose enterprise is like one that the register has."""
    make_enterprise(code="xingda", name="", name_zh="新疆兴达纺织有限责任公司")
    client.force_login(make_user("superuser"))
    batch = bring(client, LIST)
    send_mapping(client, batch)
    assert batch.state == BatchState.PREVIEWED
    return batch


def decide(client, batch, **said):
    answer = client.post(f"/import/{batch.pk}/decide/", said)
    batch.refresh_from_db()
    return answer


def test_the_page_lists_similar_records(client, batch):
    page = read(client.get(f"/import/{batch.pk}/").content.decode())

    asked = page.one("fieldset")
    assert asked.one("legend").text == "Enterprise: 新疆兴达纺织有限公司"
    choices = [radio.attributes["value"] for radio in asked.all("input", type="radio")]
    assert choices == ["xingda", "new"]
    assert "新疆兴达纺织有限责任公司" in asked.text


def test_a_name_of_the_same_record_becomes_another_name(client, batch):
    assert decide(client, batch, **{"name-0": "xingda"}).status_code == 302
    assert (batch.undecided, batch.counts["new"], batch.counts["refused"]) == ([], 1, 0)

    client.post(f"/import/{batch.pk}/approve/")

    enterprise = Enterprise.objects.get()
    assert Project.objects.get().enterprise == enterprise
    assert enterprise.alias_list() == ["新疆兴达纺织有限公司"]


def test_a_new_record_is_created(client, batch):
    decide(client, batch, **{"name-0": "new"})
    client.post(f"/import/{batch.pk}/approve/")

    assert Enterprise.objects.count() == 2


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({}, "Choose a record for at least one name"),
        ({"name-0": "elsewhere"}, "choose one of the records shown"),
    ],
)
def test_an_invalid_decision_is_refused(client, batch, said, sentence):
    answer = decide(client, batch, **said)

    assert answer.status_code == 409
    assert sentence in answer.content.decode()
    assert len(batch.undecided) == 1


def test_users_cannot_decide_about_imports_of_others(client, batch):
    client.force_login(make_user("reviewer"))

    assert decide(client, batch, **{"name-0": "new"}).status_code == 404
    assert len(batch.undecided) == 1
