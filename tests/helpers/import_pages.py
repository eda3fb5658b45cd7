"""Files as a browser brings them in, and what their pages send."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from projects.models import ImportBatch
from tests.helpers.page_parser import Element, read, sent_by

SIGNING_LIST = """喀什片区签约项目一览表,,,,,,
,,,,,,单位：万元
序号,项目名称,投资方,总投资（万元）,签约时间,产业类别,备注
1,棉纱加工项目,喀什兴达纺织有限公司,5000,2023年11月11日,纺织服装,
2,智慧物流港,喀什华泰物流有限公司,1.2亿元,2023.11.12,物流,二期另计
3,冷链基地,,未披露,45241,物流,
合计,,,17000,,,
"""


def file_of(content: str | bytes, name: str = "签约项目.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def bring(client: Any, content: str | bytes, noun: str = "projects", **more: Any) -> ImportBatch:
    """Send the form of `/import/`; returns what was kept."""
    answer = client.post("/import/", {"file": file_of(content), "noun": noun, **more})
    assert answer.status_code == 302
    return ImportBatch.objects.latest("pk")


def mapping_form(client: Any, batch: ImportBatch) -> Element:
    answer = client.get(f"/import/{batch.pk}/mapping/")
    assert answer.status_code == 200
    return read(answer.content.decode()).one("form", class_="mapping")


def send_mapping(client: Any, batch: ImportBatch, **changes: str) -> Any:
    """Send the form with `changes`: `column_0` is its field `column-0`."""
    form = mapping_form(client, batch)
    # A browser sends what nothing is chosen of as well.
    data = {select.attributes["name"]: "" for select in form.all("select")} | dict(sent_by(form))
    for name, value in changes.items():
        data[name if name == "other_unit" else name.replace("_", "-")] = value
    answer = client.post(f"/import/{batch.pk}/mapping/", data)
    batch.refresh_from_db()
    return answer


def previewed(client: Any, content: str | bytes, noun: str = "projects", **changes: str) -> Any:
    batch = bring(client, content, noun)
    answer = send_mapping(client, batch, **changes)
    assert answer.status_code == 302
    assert batch.state == "previewed", batch.message
    return batch


def step(client: Any, batch: ImportBatch, name: str, **data: str) -> Any:
    answer = client.post(f"/import/{batch.pk}/{name}/", data)
    batch.refresh_from_db()
    return answer


def written(client: Any, content: str | bytes, noun: str = "projects", **data: str) -> Any:
    batch = previewed(client, content, noun)
    step(client, batch, "approve", **data)
    assert batch.state == "written", batch.message
    return batch


def page_of(client: Any, batch: ImportBatch, query: str = "", status: int = 200) -> Element:
    answer = client.get(f"/import/{batch.pk}/{query}")
    assert answer.status_code == status
    return read(answer.content.decode())
