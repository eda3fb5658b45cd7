"""The states of an import, from upload to writing and undoing."""

import os
from decimal import Decimal

import pytest

from projects import history
from projects.imports import batches, commit, preview, undo, workers
from projects.imports.mapping import mapping_of
from projects.models import (
    Area,
    BatchState,
    Enterprise,
    ImportBatch,
    Project,
    ProjectConversion,
    RowStatus,
    Sector,
)
from tests.factories import make_area, make_project, make_receipt, make_sector, make_user

pytestmark = pytest.mark.django_db

SIGNING_LIST = """喀什片区签约项目一览表,,,,,,
,,,,,,单位：万元
序号,项目名称,投资方,总投资（万元）,签约时间,产业类别,备注
1,棉纱加工项目,喀什兴达纺织有限公司,5000,2023年11月11日,纺织服装,
2,智慧物流港,喀什华泰物流有限公司,1.2亿元,2023.11.12,物流,二期另计
3,冷链基地,,未披露,45241,物流,
合计,,,17000,,,
"""


@pytest.fixture
def office():
    return make_user("superuser")


@pytest.fixture
def sectors():
    return [
        make_sector(code="textiles", name="", name_zh="纺织服装"),
        make_sector(code="logistics", name_zh="物流"),
    ]


def brought(text, office, noun="projects", encoding="utf-8"):
    return batches.receive(text.encode(encoding), "签约项目.csv", noun, user=office)


def as_suggested(batch):
    return mapping_of(batch.mapping)


def previewed(text, office, **changes):
    batch = brought(text, office)
    batches.map_columns(batch, as_suggested(batch))
    assert batches.work_on(batch)
    assert batch.state == BatchState.PREVIEWED, batch.message
    return batch


def written(text, office, **options):
    batch = previewed(text, office)
    batches.approve(batch, **options)
    assert batches.work_on(batch)
    assert batch.state == BatchState.WRITTEN, batch.message
    return batch


def statuses(batch):
    return {status: count for status, count in batch.counts.items() if count}


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_chinese_signing_list_gets_a_suggested_mapping(office, sectors, encoding):
    batch = brought(SIGNING_LIST, office, encoding=encoding)

    mapping = as_suggested(batch)

    assert {heading: column.field for heading, column in mapping.columns.items()} == {
        "项目名称": "name_zh",
        "投资方": "enterprise",
        "总投资（万元）": "amount",
        "签约时间": "signed_on",
        "产业类别": "sectors",
        "备注": "note",
    }
    assert mapping.columns["总投资（万元）"].unit == 10_000
    assert (mapping.constants, mapping.ignored) == ({"currency": "CNY"}, {"序号"})
    assert batch.total == 4


def test_the_preview_shows_each_row_and_writes_nothing(office, sectors):
    batch = previewed(SIGNING_LIST, office)

    assert statuses(batch) == {"new": 3, "footer": 1, "made": 2}
    rows = {row.number: row for row in batch.rows.exclude(status=RowStatus.MADE)}
    assert {name: new for name, _old, new in rows[5].changes}["amount"] == "120000000.00"
    assert (rows[6].status, rows[6].record_id) == (RowStatus.NEW, None)
    # 5,000 and 12,000: what the list itself adds up to.
    assert rows[7].changes == [["amount", "170000000.00", "170000000.00"]]
    assert preview.differences(batch) == [
        ("logistics", Decimal("0"), Decimal("120000000.00")),
        ("textiles", Decimal("0"), Decimal("50000000.00")),
        ("total", Decimal("0.00"), Decimal("170000000.00")),
    ]
    assert not Project.objects.exists()
    assert not Enterprise.objects.exists()
    assert not Project.history.exists()


def test_approving_writes_the_preview_with_history_by_the_user(office, sectors):
    batch = written(SIGNING_LIST, office)

    projects = Project.objects.order_by("code")
    assert [project.code for project in projects] == [f"project-2023-00{n}" for n in (1, 2, 3)]
    assert [project.amount for project in projects] == [50_000_000, 120_000_000, None]
    assert [str(project.signed_on) for project in projects] == [
        "2023-11-11",
        "2023-11-12",
        "2023-11-11",
    ]
    assert {row.history_user for row in Project.history.all()} == {office}
    assert Project.history.count() == 3
    assert {row.record_id for row in batch.rows.filter(status=RowStatus.NEW)} == {
        project.pk for project in projects
    }
    assert (bytes(batch.content), batch.sha256 != "") == (b"", True)


def test_importing_a_file_again_reuses_its_mapping_and_changes_nothing(office, sectors):
    first = written(SIGNING_LIST, office)

    batch = previewed(SIGNING_LIST, office)

    assert batch.mapping == first.mapping
    assert statuses(batch) == {"unchanged": 3, "footer": 1}
    batches.approve(batch)
    batches.work_on(batch)
    assert Project.history.count() == 3


def test_a_change_is_shown_cell_by_cell(office):
    make_project(code="a", name="A", amount=Decimal("5.00"), description="Old")

    batch = previewed("code,name,amount,description\na,A,7,\n", office)

    (row,) = batch.rows.all()
    assert (row.status, row.changes) == (RowStatus.CHANGED, [["amount", "5.00", "7.00"]])


def test_refused_rows_name_the_nearest_valid_value(office):
    make_area(code="kashi", name="Kashi")

    batch = previewed("code,name,area,stage\na,A,Kashgi,singed\nb,B,Kashi,signed\n", office)

    assert statuses(batch) == {"new": 1, "refused": 1}
    (row,) = batch.rows.filter(status=RowStatus.REFUSED)
    assert [(column, value, near) for column, value, _reason, near in row.errors] == [
        ("area", "Kashgi", "kashi"),
        ("stage", "singed", "signed"),
    ]


def test_an_unmapped_column_must_be_ignored(office):
    batch = brought("code,name,Colour\na,A,red\n", office)

    with pytest.raises(batches.BatchError, match="Colour"):
        batches.map_columns(batch, as_suggested(batch))

    mapping = mapping_of({**batch.mapping, "ignored": ["Colour"]})
    batches.map_columns(batch, mapping)
    assert batch.state == BatchState.QUEUED


def test_valid_rows_are_written_only_on_request_if_others_are_refused(office):
    text = "code,name,amount\na,A,5\nb,B,lots\n"
    batch = previewed(text, office)

    with pytest.raises(batches.BatchError, match="Some rows are refused"):
        batches.approve(batch)
    assert not Project.objects.exists()

    batches.approve(batch, partial=True)
    batches.work_on(batch)
    assert [project.code for project in Project.objects.all()] == ["a"]


def test_approving_twice_writes_once(office):
    batch = previewed("code,name\na,A\n", office)
    again = ImportBatch.objects.get(pk=batch.pk)

    batches.approve(batch)
    with pytest.raises(batches.BatchError, match="waiting to be written"):
        batches.approve(again)
    assert batches.work_on(batch)
    assert not batches.work_on(again)

    assert Project.objects.count() == Project.history.count() == 1


def test_a_conflict_makes_a_new_preview_and_writes_nothing(office):
    project = make_project(code="a", name="A", amount=Decimal("5.00"))
    batch = previewed("code,name,amount\na,A,7\n", office)
    project.amount = Decimal("6.00")
    history.save(project)

    batches.approve(batch)
    batches.work_on(batch)

    assert (batch.state, "has changed since" in batch.message) == (BatchState.PREVIEWED, True)
    assert Project.objects.get().amount == 6
    assert batch.rows.get().changes == [["amount", "6.00", "7.00"]]
    batches.approve(batch)
    batches.work_on(batch)
    assert Project.objects.get().amount == 7


def test_a_written_import_can_be_undone(office, sectors):
    make_project(code="old", name="", name_zh="旧项目", sectors=[(sectors[0], None)])
    text = (
        SIGNING_LIST.replace("序号,", "编号,").replace("\n1,", "\nold,").replace("\n2,", "\nnew,")
    )
    batch = written(text.replace("\n3,", "\nthird,"), office)
    assert Project.objects.get(code="old").name_zh == "棉纱加工项目"

    result = undo.undo(batch, office)

    assert result.kept == []
    project = Project.objects.get()
    assert (project.code, project.name_zh, project.amount) == ("old", "旧项目", 1_000_000)
    assert [share.sector for share in project.shares.all()] == [sectors[0]]
    assert ProjectConversion.objects.get().amount_base == 1_000_000
    assert not Enterprise.objects.exists()
    assert (batch.state, project.version, project.history.count()) == (BatchState.UNDONE, 3, 3)
    with pytest.raises(batches.BatchError):
        undo.undo(batch, office)


def test_undo_keeps_records_that_were_edited_or_are_referred_to(office):
    batch = written("code,name\na,A\nb,B\nc,C\n", office)
    edited = Project.objects.get(code="a")
    edited.note = "Looked into"
    history.save(edited)
    make_receipt(Project.objects.get(code="b"))

    result = undo.undo(batch, office)

    assert [(row, key.split(":")[0]) for row, key, _reason in result.kept] == [(2, "a"), (3, "b")]
    assert {project.code for project in Project.objects.all()} == {"a", "b"}


def test_an_import_can_be_cancelled_until_it_is_written(office):
    batch = previewed("code,name\na,A\n", office)

    batches.cancel(batch)

    assert (batch.state, batch.rows.count(), bytes(batch.content)) == (BatchState.CANCELLED, 0, b"")
    with pytest.raises(batches.BatchError):
        batches.approve(batch)
    with pytest.raises(batches.BatchError):
        batches.cancel(written("code,name\nb,B\n", office))


def test_cancelling_stops_the_check(office, monkeypatch):
    batch = brought("code,name\na,A\n", office)
    batches.map_columns(batch, as_suggested(batch))
    reading = batches.table_of

    def and_cancelled(one):
        batches.cancel(ImportBatch.objects.get(pk=one.pk))
        return reading(batch)

    monkeypatch.setattr(batches, "table_of", and_cancelled)
    batches.work_on(batch)

    assert ImportBatch.objects.get().state == BatchState.CANCELLED


@pytest.mark.parametrize(
    "step", [batches.cancel, lambda b: batches.map_columns(b, as_suggested(b))]
)
def test_an_import_cancelled_or_mapped_again_while_written_is_not_written(
    office, monkeypatch, step
):
    batch = previewed("code,name\na,A\n", office)
    batches.approve(batch)
    keeping = commit.keep_versions

    def and_taken_back(*args):
        keeping(*args)
        step(ImportBatch.objects.get(pk=batch.pk))

    monkeypatch.setattr(commit, "keep_versions", and_taken_back)
    batches.work_on(batch)

    assert not Project.objects.exists()
    assert ImportBatch.objects.get().state != BatchState.WRITTEN


def test_the_file_is_kept_while_it_has_refused_rows(office):
    text = "code,name,amount\na,A,5\nb,B,lots\n"

    batch = written(text, office, partial=True)

    assert bytes(batch.content) == text.encode()


def test_a_missing_worker_is_detected(office):
    batch = brought("code,name\na,A\n", office)
    batches.map_columns(batch, as_suggested(batch))
    assert not workers.lacks_worker(batch)

    batch.heartbeat_at -= workers.PICKED_UP_WITHIN
    assert workers.lacks_worker(batch)

    other = brought("code,name\nb,B\n", office)
    ImportBatch.objects.filter(pk=other.pk).update(state=BatchState.CHECKING)
    assert not workers.lacks_worker(batch)


def test_a_file_that_cannot_be_read_says_why(office):
    batch = batches.receive(b"%PDF-1.7\x00\x01", "list.pdf", "projects", user=office)

    assert batch.state == BatchState.UNREADABLE
    assert batch.message


def test_a_batch_whose_worker_has_died_is_shown_as_interrupted_and_can_be_resumed(office):
    batch = previewed("code,name\na,A\n", office)
    host = workers.worker_name().rpartition(":")[0]
    dead = next(number for number in range(99_999, 1, -1) if not os.path.exists(f"/proc/{number}"))
    ImportBatch.objects.update(state=BatchState.WRITING, worker=f"{host}:{dead}")

    assert workers.mark_interrupted() == 1

    batch.refresh_from_db()
    assert batch.state == BatchState.INTERRUPTED
    batches.map_columns(batch, as_suggested(batch))
    batches.work_on(batch)
    assert batch.state == BatchState.PREVIEWED


def test_a_batch_of_a_live_worker_is_not_interrupted(office):
    batch = previewed("code,name\na,A\n", office)
    ImportBatch.objects.filter(pk=batch.pk).update(
        state=BatchState.WRITING, worker=workers.worker_name()
    )

    assert workers.mark_interrupted() == 0


def test_users_see_their_own_imports_and_administrators_all():
    clerk = make_user("clerk")
    batch = brought("code,name\na,A\n", clerk)

    assert list(ImportBatch.objects.visible_to(clerk)) == [batch]
    assert list(ImportBatch.objects.visible_to(make_user("reviewer"))) == []
    assert list(ImportBatch.objects.visible_to(make_user("superuser"))) == [batch]
    assert not ImportBatch.objects.visible_to(None).exists()


def test_unknown_areas_and_sectors_are_not_created_by_default(office):
    batch = previewed("编号,项目名称,片区,行业\na,项目,天涯片区,渔业\n", office)

    assert statuses(batch) == {"refused": 1}
    assert not Area.objects.exists()
    assert not Sector.objects.exists()


def test_enterprises_are_matched_by_credit_code_or_name(office):
    text = (
        "企业名称,统一社会信用代码,所在省份,企业性质\n"
        "喀什兴达纺织有限公司,91110000600037341L,浙江,民营企业\n喀什华泰物流有限公司,,新疆,国企\n"
    )

    def bring(text):
        batch = batches.receive(text.encode(), "企业.csv", "enterprises", user=office)
        batches.map_columns(batch, as_suggested(batch))
        batches.work_on(batch)
        return batch

    batch = bring(text)
    batches.approve(batch)
    batches.work_on(batch)

    one, other = Enterprise.objects.order_by("-origin")
    assert (one.origin, one.kind, one.code) == (
        "CN-ZJ",
        "private",
        "kashixingdafangz",
    )
    assert (other.origin, other.kind) == ("CN-XJ", "state_owned")
    assert statuses(bring(text.replace("兴达纺织", "兴达新纺织"))) == {"changed": 1, "unchanged": 1}
