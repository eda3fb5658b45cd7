"""Chinese pages are in Chinese throughout, with Chinese punctuation, the admin too."""

import json
import re
from pathlib import Path

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.test import Client
from django.utils import translation

from projects.accounts import password_reset
from projects.admin.labels import ROLES, group_label
from tests.factories import make_user
from tests.helpers.page_parser import Element, read
from tests.helpers.selection import CHAOS
from tests.helpers.site_urls import addresses, make_register

HAN = "\u4e00-\u9fff"
# A mark of Western punctuation that belongs to the Chinese beside it.
WESTERN = re.compile(
    rf"[{HAN}）][”’]? ?[,:;!?]|[,;:!?(][“‘]?[{HAN}]|[{HAN}]\("
    rf"|[{HAN}][”’]?\.(?!\w)|[{HAN}] \.|\.\.\."
)
# What is said of an element besides its text.
SHOWN = ("title", "aria-label", "placeholder", "alt", "data-label")
# Of a table of rows below a form Django brackets the help of a column itself.
OF_DJANGO = re.compile(r"^\(.*\)$")
# What Django's search of a list says of its records, in its own brackets.
COUNTED_BY_DJANGO = re.compile(r"条结果。? \((显示全部|总共 [\d,]+)\)")
# Two words of English and more.
ENGLISH = re.compile(r"[A-Za-z]{2,} [a-z]{2,}[a-z ]*")
# What is as it is published, or named, in English.
AS_IT_STANDS = {"more than", "billion yuan"}
ASKED = (
    "/?search=kashi",
    "/?search=zzzz",
    "/projects/?area=kashi&area=none&columns=name&columns=amount",
    "/projects/?stage=finished&colour=red&area=x",
    "/projects/?search=zzzz",
    "/totals/?by=area&then=sector",
    "/totals/?by=month&basis=received",
    "/totals/?by=x",
    "/headlines/?what=x",
    "/sources/?page=none",
    "/nothing/",
)
# Pages of the admin on which nothing stands that somebody has entered.
LABELS = (
    "/admin/",
    "/admin/auth/group/add/",
    "/admin/projects/user/add/",
    "/admin/projects/",
    "/admin/projects/apitoken/add/",
    "/admin/projects/area/add/",
    "/admin/projects/enterprise/add/",
    "/admin/projects/exchangerate/add/",
    "/admin/projects/headline/add/",
    "/admin/projects/project/add/",
    "/admin/projects/receipt/add/",
    "/admin/projects/sector/add/",
    "/admin/projects/source/add/",
    "/admin/projects/zone/add/",
)

pytestmark = pytest.mark.django_db


def said_by(page: Element) -> list[str]:
    for element in page:
        if element.tag in ("script", "style"):
            element.children.clear()
    besides = [one.attributes[name] for one in page for name in SHOWN if name in one.attributes]
    shown = COUNTED_BY_DJANGO.sub("", page.text)
    return [shown, *(text for text in besides if not OF_DJANGO.match(text))]


def pages(client: Client, asked: list[str]) -> dict[str, list[str]]:
    """What the Chinese pages among these addresses say, by address."""
    found = {}
    for address in asked:
        response = client.get(f"/zh-hans{address}")
        if "html" in response.get("Content-Type", "") and response.status_code not in (301, 302):
            found[address] = said_by(read(response.content.decode()))
    return found


def test_no_western_punctuation_is_next_to_chinese(client):
    """A user reads what a visitor cannot; under CHAOS=1 all other pages as well."""
    register = make_register()
    of_the_site = [
        one for one in addresses(register).values() if not one.startswith(("/api/", "/healthz"))
    ]

    texts = pages(client, [*of_the_site, *ASKED])
    client.force_login(register.user)
    # The messages of a checked file are kept in the language of the user who had it checked.
    client.post(f"/zh-hans/import/{register.batch.pk}/check/")
    rest = [address for address in of_the_site if CHAOS or address not in texts]
    of_a_user = pages(client, rest)
    found = [
        f"{address}: {text[max(0, mark.start() - 12) : mark.end() + 12]}"
        for address, shown in [*texts.items(), *of_a_user.items()]
        for text in shown
        for mark in WESTERN.finditer(text)
    ]

    assert min(len(texts), len(of_a_user)) > 20
    assert found == []


def test_no_label_of_the_admin_is_english(client):
    client.force_login(make_user("superuser", username="office"))

    said = pages(client, list(LABELS))
    english = {
        phrase.strip()
        for texts in said.values()
        for text in texts
        for phrase in ENGLISH.findall(text)
    }

    assert set(said) == set(LABELS)
    assert english - AS_IT_STANDS == set()


def test_what_the_scripts_of_the_admin_say_is_chinese(client):
    client.force_login(make_user("superuser", username="office"))
    scripts = (Path(admin.__file__).parent / "static/admin/js").rglob("*.js")
    code = "\n".join(one.read_text() for one in scripts if "vendor" not in one.parts)
    answer = client.get("/zh-hans/admin/jsi18n/").content.decode()
    catalogue = json.loads(re.search(r"const newcatalog = (\{.*?\});", answer, re.DOTALL)[1])

    said = [found[1] for found in re.findall(r"\bgettext\((['\"])(.*?)\1\)", code)]
    said += [found[1] for found in re.findall(r"ngettext\(\s*(['\"])(.*?)\1,", code)]
    said += [
        f"{found[0]}\x04{found[1]}" for found in re.findall(r"pgettext\('(.*?)', '(.*?)'\)", code)
    ]

    assert len(said) > 50
    assert [one for one in said if not re.search(f"[{HAN}]", str(catalogue.get(one, "")))] == []
    assert [one for one in catalogue.values() if WESTERN.search(str(one))] == []


def test_roles_are_called_by_their_chinese_names_and_other_groups_by_their_own(client):
    user = make_user("superuser", username="office")
    Group.objects.create(name="Auditors")
    client.force_login(user)
    form = read(client.get(f"/zh-hans/admin/projects/user/{user.pk}/change/").content.decode())
    groups = [option.text for option in form.one("select", id="id_groups").all("option")]

    assert groups == ["Auditors", "管理员", "录入员", "审核员", "查阅员"]
    with translation.override("en"):
        assert {group_label(group) for group in Group.objects.all()} == {"Auditors", *ROLES}


def test_permissions_are_those_that_something_asks_for_each_in_words(client):
    client.force_login(make_user("superuser", username="office"))
    form = read(client.get("/zh-hans/admin/auth/group/add/").content.decode())
    offered = [option.text for option in form.one("select", id="id_permissions").all("option")]

    assert {"项目：公布", "片区：修改", "用户：查看"} <= set(offered)
    assert len(offered) == len(set(offered)) < Permission.objects.count()
    assert [one for one in offered if re.search("[a-z]", one)] == []


def test_a_mail_in_chinese_has_no_western_mark_beside_chinese(client, settings):
    settings.CAN_SEND_MAIL = True
    make_user("clerk", username="clerk", email="clerk@example.org", password="long-enough-9")
    client.post("/zh-hans/accounts/password-reset/", {"email": "clerk@example.org"})
    password_reset.send_waiting()
    (sent,) = mail.outbox

    assert re.search(f"[{HAN}]", sent.subject)
    assert WESTERN.findall(f"{sent.subject}\n{sent.body}") == []
