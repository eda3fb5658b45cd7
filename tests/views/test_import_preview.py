"""What a file would do, row by row, before and after it is written."""

import csv
import io
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects import history
from projects.imports import batches
from projects.models import Area, BatchState, Enterprise, Project
from projects.money.unit_errors import MIN_PEERS
from projects.views.imports import page as import_page
from tests.factories import (
    make_area,
    make_enterprise,
    make_headline,
    make_project,
    make_sector,
)
from tests.helpers.import_pages import (
    SIGNING_LIST,
    bring,
    page_of,
    previewed,
    send_mapping,
    step,
    written,
)
from tests.helpers.page_parser import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def sectors():
    make_sector(code="textiles", name="", name_zh="纺织服装")
    make_sector(code="logistics", name="Logistics", name_zh="物流")


def tables(page):
    """The rows of each table, by the words of its caption."""
    return {table.one("caption").text: table.rows() for table in page.all("table")}


def tabs(page):
    return [link.text for link in page.one("nav", class_="tabs").all("a")]


def buttons(page):
    return [button.text for button in page.one("main").all("button")]


def test_the_preview_shows_totals_before_and_after(client, office, sectors):
    page = page_of(client, previewed(client, SIGNING_LIST))

    found = tables(page)
    assert found["Contracted totals by sector, in CNY, where they would change"] == [
        ["Logistics", "0.00 CNY", "120,000,000.00 CNY", "120,000,000.00 CNY"],
        ["纺织服装", "0.00 CNY", "50,000,000.00 CNY", "50,000,000.00 CNY"],
    ]
    assert [cell.text for cell in page.one("tfoot").all("td")] == [
        "0.00 CNY",
        "170,000,000.00 CNY",
        "170,000,000.00 CNY",
    ]
    assert "do not include undisclosed amounts" in page.text
    assert not Project.objects.exists()


def test_new_rows_are_shown_as_they_would_be_written(client, office, sectors):
    page = page_of(client, previewed(client, SIGNING_LIST))

    rows = tables(page)["Rows: new"]
    assert [row[:3] for row in rows] == [
        ["4", "棉纱加工项目project-2023-001", "50,000,000.00 CNY"],
        ["5", "智慧物流港project-2023-002", "120,000,000.00 CNY"],
        ["6", "冷链基地project-2023-003", "undisclosed"],
    ]
    assert tabs(page) == ["3 new", "2 created because a row names it", "1 a sum of other rows"]
    assert "Write 3 rows" in buttons(page)


def test_an_amount_is_shown_with_its_qualifier_and_currency(client, office):
    page = page_of(client, previewed(client, "code,name,amount\na,A,超1.2亿美元\n"))

    assert tables(page)["Rows: new"][0][2] == "at least 120,000,000.00 USD"


def test_created_records_have_a_list(client, office, sectors):
    batch = previewed(client, SIGNING_LIST)

    rows = tables(page_of(client, batch, "?status=made"))["Rows: created because a row names it"]

    assert [row[0] for row in rows] == ["Enterprise", "Enterprise"]
    assert rows[0][1].startswith("喀什兴达纺织有限公司")


def test_footers_are_compared_with_their_rows(client, office, sectors):
    page = page_of(client, previewed(client, SIGNING_LIST.replace("17000", "18000")))

    ((number, text, said, ours, beside),) = tables(page)[
        "Totals in the file, compared with its rows"
    ]
    assert (number, text) == ("7", "合计")
    assert (said, ours) == ("180,000,000.00", "170,000,000.00")
    assert beside == "differs above it: 1 undisclosed, 0 refused"
    assert "1 sum of the file differs" in page.one(class_="warning").text
    same = page_of(client, previewed(client, SIGNING_LIST))
    assert same.all(class_="warning") == []
    assert "the same" in same.text


def test_a_change_is_shown_cell_by_cell(client, office):
    make_project(code="a", name="A", amount=Decimal("5.00"), description="Old")

    page = page_of(client, previewed(client, "code,name,amount,description\na,A,7,New\n"))

    assert tables(page)["Rows: changed"] == [
        ["2", "Aa", "Amount", "5.00", "7.00"],
        ["Description", "Old", "New"],
    ]
    assert page.one("main").link("A") == "/projects/a/"


def test_a_cleared_amount_is_shown_as_undisclosed(client, office):
    make_project(code="a", name="A", amount=Decimal("5.00"))

    page = page_of(client, previewed(client, "code,amount\na,undisclosed\n"))

    assert tables(page)["Rows: changed"][0][2:] == ["Amount", "5.00", "undisclosed"]


def test_refused_rows_come_first_with_the_nearest_valid_value(client, office):
    make_area(code="kashi", name="Kashi")
    text = "code,name,area,stage\na,A,Kashgi,signed\nb,B,Kashi,signed\n"

    page = page_of(client, previewed(client, text))

    ((number, column, value, reason, nearest),) = tables(page)["Rows: refused"]
    assert (number, column, value, nearest) == ("2", "area", "Kashgi", "kashi")
    assert "no area has the name “Kashgi”" in reason
    assert tabs(page)[0] == "1 refused"
    assert "1 row is refused." in page.text


def test_valid_rows_alone_are_written_on_request(client, office):
    batch = previewed(client, "code,name,amount\na,A,5\nb,B,lots\n")
    assert buttons(page_of(client, batch))[0] == "Write the 1 valid row only"

    answer = step(client, batch, "approve")
    assert answer.status_code == 409
    assert "Some rows are refused" in read(answer.content.decode()).one(class_="errors").text
    assert not Project.objects.exists()

    step(client, batch, "approve", partial="true")
    assert [project.code for project in Project.objects.all()] == ["a"]
    assert "Only the valid rows, as you chose." in page_of(client, batch).text


def test_refused_rows_can_be_downloaded_with_reasons(client, office):
    text = '编号,项目名称,总投资（万元）\na,甲,5\nb,"乙, 二",许多\n=c,丙,1\n'
    batch = previewed(client, text)

    answer = client.get(f"/import/{batch.pk}/refused.csv")
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content, newline="")))

    assert answer["Content-Disposition"] == f'attachment; filename="refused-{batch.pk}.csv"'
    assert rows[0] == ["编号", "项目名称", "总投资（万元）", "reason"]
    assert [row[:3] for row in rows[1:]] == [["b", "乙, 二", "许多"], ["'=c", "丙", "1"]]
    assert rows[1][3].startswith("总投资（万元） “许多”: ")
    assert client.head(f"/import/{batch.pk}/refused.csv").status_code == 200


def test_the_corrected_download_can_be_uploaded(client, office):
    batch = previewed(client, "code,name,amount\na,A,5\nb,B,lots\n")
    step(client, batch, "approve", partial="true")
    answer = client.get(f"/import/{batch.pk}/refused.csv")
    content = b"".join(answer.streaming_content).replace(b",lots,", b",6,")

    batch = previewed(client, content)
    step(client, batch, "approve")

    assert set(Project.objects.values_list("code", "amount")) == {("a", 5), ("b", 6)}


def test_refused_rows_cannot_be_downloaded_without_the_file(client, office):
    batch = written(client, "code,name\na,A\n")

    assert client.get(f"/import/{batch.pk}/refused.csv").status_code == 409


def test_a_file_can_be_checked_again(client, office):
    batch = previewed(client, "code,name,area\na,A,Kashi\n")
    assert batch.counts["refused"] == 1
    make_area(code="kashi", name="Kashi")

    step(client, batch, "check")

    assert (batch.state, batch.counts["new"]) == (BatchState.PREVIEWED, 1)


def test_the_mapping_is_changed_from_the_preview(client, office):
    batch = previewed(client, "code,name,amount\na,A,5\n")
    assert page_of(client, batch).one("main").link("Change the mapping").endswith("/mapping/")

    send_mapping(client, batch, unit="10000")

    assert tables(page_of(client, batch))["Rows: new"][0][2] == "50,000.00 CNY"


def test_a_conflict_is_reported_with_a_new_preview(client, office):
    project = make_project(code="a", name="A", amount=Decimal("5.00"))
    batch = previewed(client, "code,name,amount\na,A,7\n")
    project.amount = Decimal("6.00")
    history.save(project)

    step(client, batch, "approve")
    page = page_of(client, batch)

    assert "the register has changed since" in page.one(class_="warning").text
    assert tables(page)["Rows: changed"][0][2:] == ["Amount", "6.00", "7.00"]
    assert Project.objects.get().amount == 6


def test_a_file_without_changes_has_nothing_to_write(client, office):
    written(client, "code,name\na,A\n")

    page = page_of(client, previewed(client, "code,name\na,A\n"))

    assert "there is nothing to write" in page.text
    assert not [button for button in buttons(page) if button.startswith("Write")]
    assert "They would not change." in page.text


def test_approving_twice_writes_once_and_is_reported(client, office):
    batch = previewed(client, "code,name\na,A\n")

    first, second = step(client, batch, "approve"), step(client, batch, "approve")

    assert (first.status_code, second.status_code) == (302, 409)
    assert "State of the import: written." in read(second.content.decode()).text
    assert Project.objects.count() == Project.history.count() == 1


def test_a_written_import_links_to_its_records(client, office, sectors):
    batch = written(client, SIGNING_LIST)

    page = page_of(client, batch)
    made = page_of(client, batch, "?status=made")

    assert page.one("main").link("棉纱加工项目") == "/projects/project-2023-001/"
    address = made.one("main").link("喀什兴达纺织有限公司")
    assert address == Enterprise.objects.get(name_zh="喀什兴达纺织有限公司").get_absolute_url()
    assert batch.sha256 in page.text
    facts = page.one("dl", class_="facts").text
    assert "总投资（万元）Amount" in facts.replace(" ", "")
    assert "序号ignored" in facts.replace(" ", "")


@pytest.mark.parametrize(
    "query",
    [
        "?status=lost",
        "?status=new&status=refused",
        "?page=0",
        "?page=x",
        "?page=99",
        "?colour=red",
        "?status=%00",
    ],
)
def test_invalid_parameters_are_refused(client, office, query):
    page = page_of(client, previewed(client, "code,name\na,A\n"), query, 400)

    assert "The filters contain an error" in page.one(class_="errors").text
    assert "Rows: new" not in tables(page)


def test_lists_of_rows_have_pages(client, office, monkeypatch):
    monkeypatch.setattr(import_page, "ROWS", 2)
    rows = "".join(f"c{number},N{number}\n" for number in range(5))
    batch = previewed(client, f"code,name\n{rows}")

    last = page_of(client, batch, "?status=new&page=3")

    assert [row[0] for row in tables(last)["Rows: new"]] == ["6"]
    assert "Page 3 of 3" in last.text
    assert last.link("Previous") == "?status=new&page=2"


def test_queries_do_not_grow_with_the_file(client, office):
    make_project(code="old", name="Old")

    def costs(rows):
        text = "code,name,amount,投资方\nold,New,1,\n" + "".join(
            f"c{rows}-{n},N{rows}-{n},{'lots' if n % 3 == 0 else n},E{rows}-{n % 7}\n"
            for n in range(rows)
        )
        batch = previewed(client, text + "合计,,5,\n")
        found = []
        for status in ("new", "changed", "refused", "made", "footer", "unchanged"):
            with CaptureQueriesContext(connection) as queries:
                page_of(client, batch, f"?status={status}")
            assert not [query for query in queries if '"content"' in query["sql"]]
            found.append(len(queries))
        return found

    before = costs(6)
    assert costs(400) == before
    assert max(before) <= 12


def test_markup_in_names_is_escaped(client, office):
    make_enterprise(code="e")
    text = 'code,name,amount\na,<script>alert(1)</script>,"<b>lots</b>"\nb,<i>B</i>,1\n'
    batch = previewed(client, text)

    for query in ("", "?status=new"):
        main = page_of(client, batch, query).one("main")
        assert main.all("script") == main.all("b") == main.all("i") == []


def test_a_file_of_many_rows_is_written_by_the_worker(client, office, monkeypatch):
    batch = previewed(client, "code,name\na,A\nb,B\n")
    monkeypatch.setattr(batches, "AT_ONCE", 1)

    step(client, batch, "approve")
    assert batch.state == BatchState.APPROVED
    assert "Waiting to be written." in page_of(client, batch).text

    batches.work_on(batch)
    assert "Written:" in page_of(client, batch).text


def test_only_a_file_that_is_checked_can_be_written(client, office):
    batch = bring(client, "code,name\na,A\n")

    answer = step(client, batch, "approve")

    assert answer.status_code == 409
    assert not Project.objects.exists()


def test_rows_with_warnings_are_listed_first_and_can_be_written(client, office):
    trade = make_sector(code="trade", name="Trade")
    for _ in range(MIN_PEERS):
        make_project(amount=Decimal("100000000.00"), sectors=[trade])
    text = "code,name,sectors,amount\na,Plain,trade,1亿元\nb,Odd,trade,10000\n"
    batch = previewed(client, text)

    page = page_of(client, batch)

    assert tabs(page) == ["1 with warnings", "2 new"]
    warning = page.one("p", class_="warning")
    assert "1 row has an amount that may be in the wrong unit." in warning.text
    assert warning.link("Show the warnings") == "?status=warnings#rows"
    [(number, record, value, why)] = tables(page)["Rows: with warnings"]
    assert (number, record, value) == ("3", "Oddb", "10000.00")
    assert "is 10,000 times lower than is usual for Trade" in why
    assert "Write 2 rows" in buttons(page)
    assert [row[0] for row in tables(page_of(client, batch, "?status=new"))["Rows: new"]] == [
        "2",
        "3",
    ]

    step(client, batch, "approve")

    assert Project.objects.filter(code="b").exists()
    assert tabs(page_of(client, batch)) == ["1 with warnings", "2 new"]
    step(client, batch, "undo")
    assert "kept" not in " ".join(tabs(page_of(client, batch)))


def test_a_change_with_a_warning_is_also_listed_as_a_change(client, office):
    make_project(code="a", name="A", amount=Decimal("1000000.00"), area=make_area(code="kashi"))
    make_headline(area=Area.objects.get(), value=Decimal("17600000000.00"))
    batch = previewed(client, "code,amount\na,1760亿元\n")

    rows = tables(page_of(client, batch, "?status=changed"))["Rows: changed"]

    assert rows[0][2:] == ["Amount", "1,000,000.00", "176,000,000,000.00"]
