"""The admin in a browser: no breach of the policy, with a script and without."""

from decimal import Decimal

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from projects.models import Project
from projects.money.unit_errors import MIN_PEERS
from tests.factories import (
    make_area,
    make_enterprise,
    make_headline,
    make_project,
    make_rate,
    make_receipt,
    make_sector,
    make_source,
    make_user,
)


def cookies(live_server, user):
    """What a browser holds once `user` has signed in."""
    client = Client()
    client.force_login(user)
    return [
        {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    ]


@pytest.fixture
def signed_in(browser_page, live_server, transactional_db):
    browser_page.context.add_cookies(cookies(live_server, make_user("superuser")))
    return browser_page


@pytest.fixture
def without_script(browser, live_server, transactional_db):
    with browser.new_context(base_url=live_server.url, java_script_enabled=False) as context:
        context.add_cookies(cookies(live_server, make_user("superuser")))
        yield context.new_page()


def make_one_of_each():
    project = make_project(
        area=make_area(),
        enterprise=make_enterprise(),
        partners=[make_enterprise()],
        sectors=[make_sector()],
        sources=[make_source()],
    )
    make_receipt(project, source=make_source())
    make_headline()
    make_rate()


def test_no_page_of_the_admin_breaches_the_policy(signed_in):
    make_one_of_each()

    signed_in.goto("/admin/")
    for model in admin.site._registry:
        noun = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        record = model.objects.first()
        signed_in.goto(reverse(f"{noun}_changelist"))
        signed_in.goto(reverse(f"{noun}_add"))
        for page in ("change", "history", "delete") if record else ():
            signed_in.goto(reverse(f"{noun}_{page}", args=[record.pk]))

    assert signed_in.url.startswith("http")


def test_an_amount_is_read_while_it_is_typed_and_saved_at_once(signed_in):
    make_enterprise(name="", name_zh="喀什纺织")
    signed_in.goto("/admin/projects/project/add/")
    signed_in.fill("#id_code", "typed")
    signed_in.fill("#id_name", "Typed")

    signed_in.locator("#id_amount").press_sequentially("超17.6亿元")
    reading = signed_in.locator("#id_amount ~ output")
    reading.get_by_text("at least 1,760,000,000.00 CNY = 17.6亿元").wait_for()
    signed_in.locator(".field-enterprise .select2-selection").click()
    signed_in.locator(".select2-search__field:focus").press_sequentially("kashi")
    signed_in.locator(".select2-results__option", has_text="喀什纺织").click()
    signed_in.get_by_role("button", name="Save", exact=True).click()
    signed_in.locator(".messagelist .success").wait_for()

    project = Project.objects.get()
    assert (project.amount, project.qualifier) == (Decimal("1760000000.00"), "at_least")
    assert project.enterprise.name_zh == "喀什纺织"


def test_an_unreadable_amount_is_reported_while_typed(signed_in):
    signed_in.goto("/admin/projects/project/add/")

    signed_in.fill("#id_amount", "1.234,50")

    signed_in.locator("output.amount-unread", has_text="1.234,50").wait_for()


def test_a_row_added_to_the_receipts_reads_its_amount_too(signed_in):
    signed_in.goto("/admin/projects/project/add/")
    signed_in.locator("#receipts-group .add-row a").click()

    signed_in.fill("#id_receipts-1-amount", "-5000万元")

    reading = signed_in.locator("#id_receipts-1-amount ~ output")
    reading.get_by_text("-50,000,000.00 CNY = -5,000万元").wait_for()


def test_without_a_script_an_amount_is_confirmed_and_records_are_named_by_code(without_script):
    make_area(code="kashi")
    page = without_script
    page.goto("/admin/projects/project/add/")
    page.fill("#id_code", "plain")
    page.fill("#id_name", "Plain")
    page.fill("#id_amount", "17.6亿元")
    page.fill("[name=area-code]", "kashi")

    page.get_by_role("button", name="Save", exact=True).click()
    page.locator("p.amount-notice").get_by_text(
        "“17.6亿元” is read as 1,760,000,000.00 CNY = 17.6亿元. Save again to confirm."
    ).wait_for()
    assert not page.locator(".errornote").count()
    assert not Project.objects.exists()
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator(".messagelist .success").wait_for()

    project = Project.objects.get()
    assert (project.amount, project.area.code) == (Decimal("1760000000.00"), "kashi")


def test_a_name_like_another_is_shown_with_a_link_while_it_is_typed(signed_in):
    one = make_enterprise(code="xingda", name="", name_zh="新疆兴达纺织有限公司")
    page = signed_in
    page.goto("/admin/projects/enterprise/add/")
    region = page.locator(".duplicates[aria-live=polite]")

    page.locator("#id_name").press_sequentially("Xinjiang Xingda Textile")
    link = region.get_by_role("link", name="新疆兴达纺织有限公司 (xingda)")
    link.wait_for()
    with page.expect_popup() as opened:
        link.click()
    opened.value.wait_for_url(f"**/admin/projects/enterprise/{one.pk}/change/")

    # What was typed still stands, and nothing keeps it from being saved.
    page.fill("#id_code", "another")
    page.fill("#id_name", "Quite different")
    region.get_by_role("link").wait_for(state="detached")
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator(".messagelist .success").wait_for()


def hundred_millions(**changes):
    for _ in range(MIN_PEERS):
        make_project(**{"amount": Decimal("100000000.00")} | changes)


def test_an_outlier_gets_a_warning_while_typed_and_is_saved(signed_in):
    area = make_area(code="kashi", name="Kashi")
    hundred_millions(area=area)
    page = signed_in
    page.goto("/admin/projects/project/add/")
    page.fill("#id_code", "odd")
    page.fill("#id_name", "Odd")
    region = page.locator(".field-amount .amount-warnings[aria-live=polite]")

    page.locator("#id_amount").press_sequentially("100亿元")
    page.locator("#id_amount ~ output", has_text="10,000,000,000.00 CNY").wait_for()
    page.locator(".field-area .select2-selection").click()
    page.locator(".select2-search__field:focus").press_sequentially("kashi")
    page.locator(".select2-results__option", has_text="Kashi").click()

    region.get_by_text("is 100 times what is usual for Kashi").wait_for()
    page.fill("#id_amount", "1亿元")
    region.locator("p").wait_for(state="detached")
    page.fill("#id_amount", "100亿元")
    region.locator("p").wait_for()
    # Saved before the form has shown how the amount is read, it would have to be confirmed.
    page.locator("#id_amount ~ output", has_text="10,000,000,000.00 CNY").wait_for()
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator(".messagelist .success").wait_for()
    page.locator(".messagelist .warning", has_text="is 100 times what is usual").wait_for()
    assert Project.objects.get(code="odd").amount == Decimal("10000000000.00")


def test_receipts_get_warnings_by_the_typed_amount_of_the_project(signed_in):
    page = signed_in
    page.goto("/admin/projects/project/add/")
    page.fill("#id_amount", "1亿元")
    page.locator("#receipts-group .add-row a").click()

    page.fill("#id_receipts-1-amount", "100亿元")

    region = page.locator("#id_receipts-1-amount ~ .amount-warnings")
    region.get_by_text("is 100 times the amount of the whole project").wait_for()
    assert not page.locator("#id_receipts-0-amount ~ .amount-warnings p").count()


def test_no_form_is_wider_than_its_page(signed_in):
    make_one_of_each()
    page = signed_in
    wide = """() => [...document.querySelectorAll("body, #content *")]
        .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && one.offsetWidth)
        .map((one) => `${one.tagName} ${one.id || one.className}`)"""

    for name in ("project", "enterprise", "headline", "receipt"):
        model = apps.get_model("projects", name)
        page.goto(reverse(f"admin:projects_{name}_change", args=[model.objects.first().pk]))
        for width in (1440, 1280, 820, 390):
            page.set_viewport_size({"width": width, "height": 900})

            assert page.evaluate(wide) == [], name
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


def test_on_a_narrow_page_each_cell_has_its_label(signed_in):
    make_one_of_each()
    page = signed_in
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto(reverse("admin:projects_project_change", args=[Project.objects.get().pk]))
    cell = page.locator("#receipts-0 .field-amount")

    words = cell.evaluate("(one) => getComputedStyle(one, '::before').content")
    beside = cell.evaluate("(one) => one.getBoundingClientRect().left < 40")

    assert words == '"Amount"'
    assert beside
    # The row from which new ones are made stays out of sight.
    assert page.locator("#receipts-empty").is_hidden()
    page.locator("#receipts-group .add-row a").click()
    assert page.locator("#receipts-2 .field-amount input").first.is_visible()


def test_long_texts_start_small_and_grow(signed_in):
    page = signed_in
    page.goto("/admin/projects/project/add/")
    box = page.locator("#id_aliases")
    before = box.bounding_box()["height"]

    box.fill("\n".join(f"Name {number}" for number in range(8)))

    assert before < 60
    assert before < box.bounding_box()["height"] < 400
