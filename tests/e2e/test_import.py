"""A signing list in a browser: uploaded, corrected, previewed, written and undone."""

import io

import pytest
import xlsxwriter
from django.db import transaction
from playwright.sync_api import expect

from projects.imports import batches, workers
from projects.models import BatchState, ImportBatch, Project
from tests.e2e.test_admin import cookies
from tests.factories import make_project, make_sector, make_user

TITLE = "喀什片区2023年度签约项目一览表"
HEADINGS = ["序号", "编号", "项目名称", "投资方", "总投资", "签约时间", "产业类别", "进展", "科室"]
ROWS = [
    [
        1,
        "KS-001",
        "棉纱加工项目",
        "浙江兴达纺织有限公司",
        5000,
        "2023年11月11日",
        "物流",
        "开工",
        "一",
    ],
    [2, "KS-002", "智慧物流港", "喀什华泰物流有限公司", "1.2亿元", 45242, "物流", "推进中", "二"],
    [3, "KS-003", "冷链基地", "", "未披露", "2023.11.12", "物流", "签约", "二"],
    ["合计", "", "", "", 17000, "", "", "", ""],
]


def signing_list():
    """A workbook as an office sends it: a title, no unit in the heading, days in all forms."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet("签约项目")
    sheet.merge_range(0, 0, 0, len(HEADINGS) - 1, TITLE)
    for number, row in enumerate([HEADINGS, *ROWS], 1):
        sheet.write_row(number, 0, row)
    book.close()
    return file.getvalue()


@pytest.fixture
def register(transactional_db):
    with transaction.atomic():
        make_sector(code="logistics", name="", name_zh="物流")
        make_project(code="KS-001", name="", name_zh="棉纱项目", note="Known before")


def bring(page):
    page.goto("/import/")
    page.get_by_label("File", exact=True).set_input_files(
        {"name": "签约项目.xlsx", "mimeType": "application/zip", "buffer": signing_list()}
    )
    page.get_by_label("Type of records").select_option("projects")
    page.get_by_role("button", name="Upload").click()


def import_with_corrections_and_undo(page):
    bring(page)

    expect(page.locator("tr.open")).to_have_count(1)
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_role("alert")).to_contain_text("科室")
    page.get_by_label("科室", exact=True).select_option("-")
    page.get_by_label("Unit of plain numbers").select_option("10000")
    page.get_by_label("推进中", exact=True).select_option("signed")
    page.get_by_role("button", name="Check the file").click()

    expect(page.locator(".steps [aria-current]")).to_have_text("Preview the changes")
    expect(page.locator(".decision")).to_contain_text("Nothing has been written yet.")
    sums = page.get_by_role("table", name="Totals in the file, compared with its rows")
    expect(sums).to_contain_text("the same")
    changed = page.get_by_role("table", name="Rows: changed")
    expect(changed).to_contain_text("50,000,000.00")
    assert Project.objects.count() == 1
    page.get_by_role("button", name="Write 3 rows").click()

    expect(page.locator(".decision")).to_contain_text("Written:")
    page.get_by_role("link", name="new").click()
    page.get_by_role("link", name="智慧物流港").click()
    expect(page.locator(".figure")).to_contain_text("120 million CNY")

    page.goto("/import/")
    page.get_by_role("link", name="签约项目.xlsx").click()
    page.get_by_role("link", name="Undo this import").click()
    expect(page.locator("main")).to_contain_text("1 changed record is restored.")
    page.get_by_role("button", name="Undo this import").click()

    expect(page.locator("main")).to_contain_text("Undone:")
    project = Project.objects.get()
    assert (project.name_zh, project.amount, project.note) == (
        "棉纱项目",
        1_000_000,
        "Known before",
    )


def test_a_signing_list_is_imported_and_undone(browser_page, live_server, register):
    browser_page.context.add_cookies(cookies(live_server, make_user("superuser")))

    # A page of errors is a 400, which the browser notes for itself.
    import_with_corrections_and_undo(browser_page)


def test_the_same_without_a_script(browser, live_server, register):
    with browser.new_context(base_url=live_server.url, java_script_enabled=False) as context:
        context.add_cookies(cookies(live_server, make_user("superuser")))

        import_with_corrections_and_undo(context.new_page())


def test_a_clerk_signs_in_on_the_way(browser_page, register):
    user = make_user("superuser")
    user.set_password("a long enough password")
    user.save()
    browser_page.goto("/import/")

    browser_page.get_by_label("Username").fill(user.username)
    browser_page.get_by_label("Password").fill("a long enough password")
    browser_page.get_by_role("button", name="Sign in").click()

    expect(browser_page.locator("h1")).to_have_text("Import")


def test_a_progress_page_reloads_until_the_work_is_done(browser_page, live_server, register):
    user = make_user("superuser")
    browser_page.context.add_cookies(cookies(live_server, user))
    batch = batches.receive(b"code,name\na,A\n", "list.csv", "projects", user=user)
    ImportBatch.objects.update(
        state=BatchState.CHECKING, worker=workers.worker_name(), done=1, total=4
    )
    browser_page.goto(f"/import/{batch.pk}/")
    expect(browser_page.locator("main")).to_contain_text("Checked 1 of 4 rows.")

    ImportBatch.objects.update(done=3)

    expect(browser_page.locator("main")).to_contain_text("Checked 3 of 4 rows.")


def test_no_page_is_wider_than_the_screen(browser_page, live_server, register):
    page = browser_page
    page.context.add_cookies(cookies(live_server, make_user("superuser")))
    widths = (768, 360, 320)

    def fits():
        for width in widths:
            page.set_viewport_size({"width": width, "height": 740})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url

    bring(page)
    expect(page.get_by_role("button", name="Check the file")).to_be_visible()
    fits()
    page.get_by_label("科室", exact=True).select_option("-")
    # Beside the screen it could not be chosen.
    box = page.get_by_label("项目名称", exact=True).bounding_box()
    assert box["x"] + box["width"] <= widths[-1]
    page.get_by_role("button", name="Check the file").click()
    expect(page.locator(".decision")).to_be_visible()
    preview = page.url
    for address in ("/import/", *(f"{preview}?status={f}" for f in ("new", "refused", "footer"))):
        page.goto(address)
        fits()


def test_a_column_is_mapped_and_the_file_checked_by_keyboard(browser_page, live_server, register):
    page = browser_page
    page.context.add_cookies(cookies(live_server, make_user("superuser")))
    bring(page)

    page.get_by_label("科室", exact=True).focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("科室", exact=True)).to_have_value("-")
    page.get_by_role("button", name="Check the file").focus()
    page.keyboard.press("Enter")

    expect(page.locator(".steps [aria-current]")).to_have_text("Preview the changes")


def test_a_printed_preview_leaves_out_what_cannot_be_pressed(browser_page, live_server, register):
    page = browser_page
    page.context.add_cookies(cookies(live_server, make_user("superuser")))
    bring(page)
    page.get_by_label("科室", exact=True).select_option("-")
    page.get_by_role("button", name="Check the file").click()
    expect(page.locator(".decision form").first).to_be_visible()

    page.emulate_media(media="print")

    expect(page.locator(".decision form").first).to_be_hidden()
    expect(page.get_by_role("navigation", name="Rows by result")).to_be_hidden()
    expect(page.locator("table").first).to_be_visible()
