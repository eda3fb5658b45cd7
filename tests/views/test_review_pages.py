"""All review pages: HTML structure, content policy, languages, HTTP methods."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from projects import history, review
from tests.factories import make_area, make_enterprise, make_project, make_source, make_user
from tests.helpers.page_parser import check_chinese, check_policy, check_whole, read
from tests.helpers.review_pages import client_of, make_draft, make_draft_enterprise, propose

pytestmark = pytest.mark.django_db


@pytest.fixture
def addresses():
    """A page of each kind, of records with Chinese in every place where there can be any."""
    clerk, other = make_user("clerk"), make_user("clerk")
    area = make_area(code="kashi", name="Kashi", name_zh="喀什片区")
    source = make_source(title="喀什片区揭牌", publisher="天山网", quote="签约资金超125.9亿元")
    firm = make_draft_enterprise(clerk, name="", name_zh="丝路纺织有限公司", area=area)
    draft = make_draft(
        clerk,
        name="",
        name_zh="棉纱二期",
        area=area,
        enterprise=firm,
        sources=[source],
        amount=Decimal("1760000000.00"),
        amount_text="17.6亿元",
        description="二期\n\n另计",
    )
    draft.name_zh = "棉纱三期"
    review.submit(clerk, draft)
    review.return_draft(make_user("reviewer"), draft, "哪一年？")
    project = make_project(name="", name_zh="冷链基地", area=area, sources=[source])
    change = propose(clerk, project, name_zh="冷链", note="注", signed_on=date(2024, 1, 1))
    project.name_zh = "冷链港"
    history.save(project)
    deletion = review.remove(other, project).proposal
    returned = propose(make_user("clerk"), project, note="不对")
    review.return_proposal(make_user("reviewer"), returned, "不对")
    gone = make_enterprise(name="", name_zh="旧名", area=area)
    key = gone.pk
    history.delete(gone)
    row = type(gone).history.filter(id=key).latest("history_id")
    return [
        "/review/",
        "/review/?noun=projects&area=kashi&whose=others&state=waiting&state=returned",
        "/review/?noun=x",
        f"/review/drafts/projects/{draft.pk}/",
        *(one.get_absolute_url() for one in (change, deletion, returned)),
        "/review/deleted/",
        f"/review/deleted/enterprises/{row.pk}/",
        draft.get_absolute_url(),
        f"{draft.get_absolute_url()}history/",
        project.get_absolute_url(),
    ]


@pytest.mark.parametrize("role", ["viewer", "clerk", "reviewer", "superuser"])
def test_every_page_is_whole_keeps_the_policy_and_marks_its_chinese(addresses, role):
    client = client_of(make_user(role))

    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == (400 if address.endswith("=x") else 200), address
        page = read(answer.content.decode())
        check_whole(page)
        check_policy(page)
        check_chinese(page)


def test_pages_answer_head_and_actions_need_post(addresses):
    client = client_of(make_user("reviewer"))

    for address in addresses:
        if not address.endswith("=x"):
            assert client.head(address).status_code == 200
        for form in read(client.get(address).content.decode()).all("form", method="post"):
            action = form.attributes.get("action") or address
            names = [one.attributes.get("name") for one in form.all("input")]
            assert "csrfmiddlewaretoken" in names, (address, action)
            if action.startswith("/review/") and action not in addresses:
                assert client.get(action).status_code == 405, action


def test_an_action_without_a_csrf_token_is_refused(addresses):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user("superuser"))

    for address in addresses:
        for form in read(client.get(address).content.decode()).all("form", method="post"):
            action = form.attributes.get("action") or address
            assert client.post(action, {"version": "1", "reason": "x"}).status_code == 403, action
