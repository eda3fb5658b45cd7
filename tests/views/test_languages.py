"""The language of a page is that of its address, and each page leads to itself in the other."""

import re

import pytest
from django.utils.translation import get_language

from tests.factories import make_area, make_project, make_user
from tests.views.test_every_page import PAGES, REFUSED, register  # noqa: F401

pytestmark = pytest.mark.django_db

WITHOUT_LANGUAGE = ["/healthz", "/readyz", "/api/v1/", "/api/schema/"]


def lang(response):
    return re.search(r'<html lang="([^"]*)"', response.content.decode())[1]


def switch(response):
    """Where the header leads in each language, and which of them is current."""
    found = re.findall(
        r'<li><a href="([^"]*)" lang="([^"]*)" hreflang="[^"]*"( aria-current="true")?>',
        response.content.decode(),
    )
    return {tag: (href.replace("&amp;", "&"), bool(current)) for href, tag, current in found}


@pytest.mark.parametrize("address", PAGES + REFUSED)
def test_a_page_is_in_the_language_of_its_address(client, register, address):  # noqa: F811
    english, chinese = client.get(address), client.get(f"/zh-hans{address}")

    assert english.status_code == chinese.status_code
    assert (lang(english), english["Content-Language"]) == ("en", "en")
    assert (lang(chinese), chinese["Content-Language"]) == ("zh-Hans", "zh-Hans")


@pytest.mark.parametrize("address", ["/projects/", "/accounts/login/", "/nothing/", "/admin/"])
def test_what_a_browser_prefers_changes_nothing(client, address):
    client.cookies["django_language"] = "zh-hans"
    response = client.get(address, headers={"accept-language": "zh-CN,zh;q=0.9"}, follow=True)

    assert lang(response) == "en"
    assert "Accept-Language" not in response.get("Vary", "")
    assert "django_language" not in response.cookies


@pytest.mark.parametrize("address", ["/zh-hans/nothing/", "/zh-hans/projects/none/"])
def test_a_404_is_in_the_language_of_the_address(client, address):
    response = client.get(address)

    assert response.status_code == 404
    assert lang(response) == "zh-Hans"
    assert switch(response)["en"] == (address.removeprefix("/zh-hans"), False)


def test_an_address_without_its_last_slash_stays_in_its_language(client):
    assert client.get("/zh-hans")["Location"] == "/zh-hans/"
    assert client.get("/zh-hans/projects")["Location"] == "/zh-hans/projects/"


@pytest.mark.parametrize(
    "address", ["/zh-cn/projects/", "/en/projects/", "/zh-hansa/", "/zh-hans//"]
)
def test_there_is_no_other_prefix(client, address):
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", WITHOUT_LANGUAGE)
def test_what_programs_ask_has_one_address_in_english(client, address):
    response = client.get(address, headers={"accept-language": "zh-CN"})

    assert response.status_code == 200
    assert response["Content-Language"] == "en"
    assert client.get(f"/zh-hans{address}").status_code == 404


def test_the_switch_keeps_the_page_and_its_parameters(client):
    make_area(code="here")
    filterset = "?area=here&search=%E5%96%80%E4%BB%80&ordering=-amount"
    page = client.get(f"/projects/{filterset}")

    assert switch(page) == {
        "en": (f"/projects/{filterset}", True),
        "zh-Hans": (f"/zh-hans/projects/{filterset}", False),
    }
    assert switch(client.get(f"/zh-hans/projects/{filterset}")) == {
        "en": (f"/projects/{filterset}", False),
        "zh-Hans": (f"/zh-hans/projects/{filterset}", True),
    }
    assert f'hreflang="zh-Hans" href="/zh-hans/projects/{filterset}"'.replace("&", "&amp;") in (
        page.content.decode()
    )


def test_the_switch_of_a_refused_form_leads_to_its_page(client):
    page = client.post("/zh-hans/accounts/login/?next=/zh-hans/import/", {"username": ""})

    assert page.status_code == 200
    assert switch(page)["en"] == ("/accounts/login/?next=/zh-hans/import/", False)


def test_the_switch_after_a_post_leads_to_the_page_of_the_form(client):
    client.force_login(make_user("clerk", username="clerk"))
    project = make_project(state="draft")
    page = client.post(f"/zh-hans/review/drafts/projects/{project.pk}/publish/", {"version": "x"})

    assert page.status_code >= 400
    assert switch(page)["en"] == (f"/review/drafts/projects/{project.pk}/", False)


@pytest.mark.parametrize("address", ["//example.org/", "/zh-hans//example.org/", '/a<b>c"d/'])
def test_the_switch_leads_to_no_other_site(client, address):
    page = client.get("/", PATH_INFO=address)

    assert page.status_code == 404
    for href, _current in switch(page).values():
        assert re.fullmatch(r"/(?!/)[\w/%.-]*", href)


def test_links_of_a_chinese_page_stay_chinese_and_those_of_the_api_do_not(client):
    make_project()
    page = client.get("/zh-hans/totals/").content.decode()
    hrefs = set(re.findall(r'<a (?:class="\w+" )?href="(/[^"]*)"', page))
    total = client.get("/api/v1/totals/").json()["total"]

    assert {href for href in hrefs if not href.startswith(("/zh-hans/", "/api/"))} == {"/totals/"}
    assert total["href"].startswith("/projects/")


def test_no_request_leaves_its_language_behind(client):
    before = get_language()
    b"".join(client.get("/zh-hans/projects/export.csv").streaming_content)

    assert get_language() == before


def test_a_redirect_to_sign_in_keeps_the_language(client):
    for address in ("/zh-hans/admin/", "/zh-hans/import/", "/zh-hans/review/"):
        last, _status = client.get(address, follow=True).redirect_chain[-1]
        assert last == f"/zh-hans/accounts/login/?next={address}"


def test_public_pages_set_no_cookie_in_either_language(client):
    assert not client.get("/zh-hans/").cookies
    assert not client.get("/").cookies
