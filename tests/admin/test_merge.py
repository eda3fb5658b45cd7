"""Merging two enterprises in the admin: both side by side, the result, and the merge."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from projects.models import Enterprise, FormerCode
from tests.factories import make_area, make_enterprise, make_project, make_source, make_user

pytestmark = pytest.mark.django_db

LIST = "/admin/projects/enterprise/"


@pytest.fixture
def pair():
    """KS-1 has a Chinese name and leads a project; KS-2 is a partner in two."""
    one = make_enterprise(code="KS-1", name="Xingda Textile", name_zh="兴达纺织", kind="private")
    other = make_enterprise(code="KS-2", name="Xinjiang Xingda", sources=[make_source()])
    make_project(code="led", enterprise=one, partners=[other])
    make_project(partners=[other])
    return one, other


def address(one, other):
    return reverse("admin:projects_enterprise_merge", args=[one.pk, other.pk])


def choose(client, *records):
    keys = [record.pk for record in records]
    return client.post(LIST, {"action": "merge_two", "_selected_action": keys})


def hidden(page):
    """What the form by POST sends, as it stands on the page."""
    form = page.content.decode().split('<form method="post">')[1].split("</form>")[0]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))


def test_two_selected_enterprises_lead_to_the_page(office, pair):
    answer = choose(office, *pair)

    assert (answer.status_code, answer["Location"]) == (302, address(*pair))


@pytest.mark.parametrize("number", [1, 3])
def test_any_other_number_of_enterprises_is_refused(office, pair, number):
    selected = [*pair, make_enterprise()][:number]

    answer = choose(office, *selected)

    assert [str(one) for one in get_messages(answer.wsgi_request)] == [
        "Merging takes two enterprises: select exactly two."
    ]


def test_the_page_shows_both_and_then_what_will_happen(office, pair):
    one, other = pair

    before = office.get(address(one, other))
    chosen = office.get(address(one, other), {"keep": other.pk})

    assert '<form method="post">' not in before.content.decode()
    assert "What will happen" not in before.content.decode()
    rows = {row.label: (list(row.both), row.result) for row in chosen.context["rows"]}
    assert rows["Name"] == (["Xingda Textile", "Xinjiang Xingda"], "Xinjiang Xingda")
    assert rows["Chinese name"] == (["兴达纺织", ""], "兴达纺织")
    assert rows["Other names"] == (["", ""], "Xingda Textile")
    assert rows["Kind"] == (["private", ""], "private")
    assert rows["Projects led"] == (["1", "0"], "1")
    assert rows["Partner in"] == (["0", "2"], "1")
    assert Enterprise.objects.count() == 2
    text = chosen.content.decode()
    assert "Merge KS-1 into KS-2" in text
    assert " style=" not in text.split("<body")[1]
    assert "<script>" not in text


def test_the_result_is_what_the_page_showed(office, pair):
    one, other = pair
    page = office.get(address(one, other), {"keep": other.pk})

    answer = office.post(address(one, other), hidden(page))

    assert answer["Location"] == reverse("admin:projects_enterprise_change", args=[other.pk])
    told = {row.label: row.result for row in page.context["rows"]}
    kept = Enterprise.objects.get()
    assert (kept.code, kept.name_zh, kept.aliases) == (
        "KS-2",
        told["Chinese name"],
        told["Other names"],
    )
    assert (str(kept.led_projects.count()), str(kept.partner_projects.count())) == (
        told["Projects led"],
        told["Partner in"],
    )
    user = answer.wsgi_request.user
    assert kept.history.latest().history_user == user
    assert FormerCode.objects.get().user == user
    assert {(entry.action_flag, entry.object_id) for entry in LogEntry.objects.all()} == {
        (3, str(one.pk)),
        (2, str(other.pk)),
    }


def test_either_may_stay(office, pair):
    one, other = pair
    page = office.get(address(other, one), {"keep": one.pk})

    office.post(address(other, one), hidden(page))

    assert Enterprise.objects.get() == one


def test_two_that_contradict_each_other_are_shown_and_not_merged(office, pair):
    one, other = pair
    for enterprise, area in zip(pair, ("Kashi", "Urumqi"), strict=True):
        enterprise.area = make_area(name=area)
        enterprise.save()
    sentence = (
        "area: “KS-1” has “Kashi”, and “KS-2” has “Urumqi”. Correct or clear one of them first."
    )

    page = office.get(address(one, other), {"keep": other.pk})
    sent = office.post(
        address(one, other), {"keep": other.pk, "versions": page.context["versions"]}
    )

    for answer in (page, sent):
        assert answer.status_code == 200
        assert answer.context["problems"] == [sentence]
        assert "What will happen" not in answer.content.decode()
    assert Enterprise.objects.count() == 2


def test_a_stale_merge_is_refused(office, pair):
    one, other = pair
    page = office.get(address(one, other), {"keep": other.pk})
    one.note = "Changed by somebody else."
    one.save()

    answer = office.post(address(one, other), hidden(page))

    assert answer.context["problems"] == [
        "One of them has changed since this page was shown: check both again."
    ]
    assert Enterprise.objects.count() == 2


@pytest.mark.parametrize("keep", ["", "0", "x", "99999999999999999999", "\x00"])
def test_an_invalid_choice_is_refused(office, pair, keep):
    for answer in (
        office.get(address(*pair), {"keep": keep}),
        office.post(address(*pair), {"keep": keep}),
    ):
        assert answer.context["problems"] == ["Choose which of the two stays."]


def test_addresses_that_do_not_name_two_enterprises_lead_nowhere(office, pair):
    one, _other = pair
    for keys in (f"{one.pk}/{one.pk}", f"{one.pk}/0", f"{one.pk}/99999999999999999999"):
        assert office.get(f"{LIST}merge/{keys}/").status_code == 404


@pytest.mark.parametrize(
    "lacking", ["change_enterprise", "delete_enterprise", "publish_enterprise", "change_project"]
)
def test_merging_needs_every_permission(client, pair, lacking):
    client.force_login(make_user("reviewer", without=[lacking]))

    assert "merge_two" not in client.get(LIST).content.decode()
    assert client.get(address(*pair)).status_code == 403
    assert client.post(address(*pair), {"keep": pair[0].pk}).status_code == 403


def test_a_form_without_the_token_of_its_page_is_refused(pair):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user("superuser"))

    assert client.post(address(*pair), {"keep": pair[0].pk, "versions": "1 1"}).status_code == 403


def test_the_page_costs_the_same_whatever_the_two_have(office, pair):
    def cost():
        with CaptureQueriesContext(connection) as asked:
            office.get(address(*pair), {"keep": pair[1].pk})
        return len(asked)

    cost()
    before = cost()
    for _ in range(20):
        make_project(enterprise=pair[0], partners=[pair[1]])
    pair[0].sources.set([make_source() for _ in range(5)])

    assert cost() == before <= 15
