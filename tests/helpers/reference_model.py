"""What an office must look like after each step, in plain Python: records, proposals, files.

Beside it `test_meeting_over_time` takes the same steps over HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from projects.models import Enterprise, Project

# What is written of each noun, as the API has it.
FIELDS = {
    "projects": ("name", "amount", "area", "enterprise"),
    "enterprises": ("name", "area"),
}
MODELS = {"projects": Project, "enterprises": Enterprise}
NOTHING = dict.fromkeys(FIELDS["projects"])


@dataclass
class Record:
    """A record as it must stand. `key` is its own for good; `rows` are those of its history."""

    noun: str
    code: str
    said: dict[str, Any]
    state: str = "draft"
    version: int = 1
    rows: int = 1
    authors: set[str] = field(default_factory=set)
    key: int = 0


@dataclass
class Asked:
    """A proposal as it must stand."""

    key: int
    noun: str
    record: int
    who: str
    kind: str
    changes: dict[str, Any]
    before: dict[str, Any]
    state: str = "open"
    batch: int | None = None


@dataclass
class Row:
    """What a file made of one record: its fate, the record, its version then, and before."""

    fate: str
    record: int
    version: int
    before: dict[str, Any] | None


class Model:
    """Who wrote what, and what is the case by now. Anna is a clerk, Bela one of the area `here`
    alone, Rita a reviewer. The database is asked for nothing but the keys of what was made."""

    users: dict[str, Any]

    def open(self) -> None:
        self.records: dict[str, dict[str, Record]] = {"projects": {}, "enterprises": {}}
        self.gone: list[Record] = []
        self.asked: dict[int, Asked] = {}
        self.files: dict[int, tuple[str, list[Row]]] = {}

    def reaches(self, who: str, said: dict[str, Any]) -> bool:
        return who != "bela" or said["area"] == "here"

    def sees(self, who: str, record: Record | None) -> bool:
        if record is None:
            return False
        return record.state == "published" or (who != "visitor" and self.reaches(who, record.said))

    def find(self, noun: str, code: str | None) -> Record | None:
        return self.records[noun].get(code or "")

    def of_key(self, noun: str, key: int) -> Record | None:
        return next((one for one in self.records[noun].values() if one.key == key), None)

    def refers_to(self, enterprise: Record) -> list[Record]:
        projects = self.records["projects"].values()
        return [one for one in projects if one.said["enterprise"] == enterprise.code]

    def is_wrong(self, who: str, said: dict[str, Any]) -> bool:
        """Whether what is sent names an enterprise that the person does not see."""
        code = said.get("enterprise")
        return bool(code) and not self.sees(who, self.find("enterprises", code))

    def make(self, who: str, noun: str, code: str, said: dict[str, Any]) -> Record:
        record = Record(noun, code, dict(said), authors={who})
        record.key = MODELS[noun].objects.get(code=code).pk
        self.records[noun][code] = record
        return record

    def change(self, who: str, record: Record, said: dict[str, Any]) -> bool:
        """A write to a draft: one version and one row more, where anything differs."""
        if all(record.said[name] == value for name, value in said.items()):
            return False
        record.said |= said
        record.version += 1
        record.rows += 1
        record.authors.add(who)
        return True

    def propose(
        self, who: str, record: Record, said: dict[str, Any], batch: int | None = None
    ) -> Asked | None:
        """What a change of something published must become; without its key, which is new."""
        changes = {name: value for name, value in said.items() if record.said[name] != value}
        before = {name: record.said[name] for name in changes}
        mine = self.open_one(who, record)
        if not changes and (mine is None or mine.kind == "deletion"):
            return None
        if mine is None:
            return Asked(0, record.noun, record.key, who, "change", changes, before, batch=batch)
        if mine.kind == "change":
            changes, before = {**mine.changes, **changes}, {**mine.before, **before}
        return replace(
            mine, kind="change", changes=changes, before=before, batch=batch or mine.batch
        )

    def open_one(self, who: str, record: Record) -> Asked | None:
        for one in self.asked.values():
            about = (one.who, one.noun, one.record, one.state)
            if about == (who, record.noun, record.key, "open"):
                return one
        return None

    def remove(self, record: Record) -> None:
        del self.records[record.noun][record.code]
        record.rows += 1
        self.gone.append(record)

    def may_write(self, who: str, code: str, said: dict[str, Any]) -> bool:
        record = self.find("projects", code)
        if self.is_wrong(who, said):
            return False
        if record is None:
            return self.reaches(who, {**NOTHING, **said})
        # A code that is taken by what the person may not see.
        return self.sees(who, record) and (
            all(record.said[name] == value for name, value in said.items())
            or (self.reaches(who, record.said) and self.reaches(who, {**record.said, **said}))
        )

    def write_row(
        self, who: str, code: str, said: dict[str, Any], batch: int | None = None
    ) -> tuple[str, Row | None]:
        """What must become of a row that may be written."""
        record = self.find("projects", code)
        if record is None:
            record = self.make(who, "projects", code, {**NOTHING, **said})
            return "new", Row("new", record.key, 1, None)
        before = dict(record.said)
        if all(record.said[name] == value for name, value in said.items()):
            return "unchanged", None
        if record.state == "draft":
            self.change(who, record, said)
            return "changed", Row("changed", record.key, record.version, before)
        proposed = self.propose(who, record, said, batch)
        assert proposed is not None
        proposals = self.users[who].proposals.open()
        proposed.key = proposals.get(noun="projects", record_id=record.key).pk
        self.asked[proposed.key] = proposed
        return "proposed", None

    def rests_on_a_draft(self, said: dict[str, Any]) -> bool:
        enterprise = self.find("enterprises", said.get("enterprise"))
        return enterprise is not None and enterprise.state == "draft"

    def is_overtaken(self, asked: Asked, record: Record) -> bool:
        return any(record.said[name] != value for name, value in asked.before.items())

    def sees_proposal(self, who: str, asked: Asked) -> bool:
        if who == asked.who or who != "bela":
            return True
        record = self.of_key(asked.noun, asked.record)
        return record is not None and self.reaches(who, record.said)

    def has_lost_its_lead(self, record: Record) -> bool:
        lead = record.said.get("enterprise")
        if not lead:
            return False
        standing = self.find("enterprises", lead)
        was = Project.history.filter(id=record.key).latest().enterprise_id
        if standing is None or standing.key != was:
            return True
        return record.state == "published" and standing.state == "draft"
