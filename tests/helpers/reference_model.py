"""The expected state of a register under review, in plain Python: records, proposals, imports.

`tests/review/test_state_machine.py` takes the same steps over HTTP and compares.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from projects.models import Enterprise, Project

# The fields that are written, in the API's format.
FIELDS = {
    "projects": ("name", "amount", "area", "enterprise"),
    "enterprises": ("name", "area"),
}
MODELS = {"projects": Project, "enterprises": Enterprise}
NOTHING = dict.fromkeys(FIELDS["projects"])


@dataclass
class Record:
    """The expected state of a record. `key`: its primary key; `rows`: of its history."""

    noun: str
    code: str
    fields: dict[str, Any]
    state: str = "draft"
    version: int = 1
    rows: int = 1
    contributors: set[str] = field(default_factory=set)
    key: int = 0


@dataclass
class ExpectedProposal:
    """The expected state of a proposal."""

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
    """A row of an import: its fate, the record, the version after it and the fields before."""

    fate: str
    record: int
    version: int
    before: dict[str, Any] | None


class Model:
    """The expected state of the register.

    Anna is a clerk, Bela a clerk of the area `here` only, Rita a reviewer. Reads only
    the primary keys of new records from the database.
    """

    users: dict[str, Any]

    def open(self) -> None:
        self.records: dict[str, dict[str, Record]] = {"projects": {}, "enterprises": {}}
        self.deleted: list[Record] = []
        self.proposals: dict[int, ExpectedProposal] = {}
        self.files: dict[int, tuple[str, list[Row]]] = {}

    def in_scope(self, who: str, fields: dict[str, Any]) -> bool:
        return who != "bela" or fields["area"] == "here"

    def sees(self, who: str, record: Record | None) -> bool:
        if record is None:
            return False
        return record.state == "published" or (
            who != "visitor" and self.in_scope(who, record.fields)
        )

    def find(self, noun: str, code: str | None) -> Record | None:
        return self.records[noun].get(code or "")

    def of_key(self, noun: str, key: int) -> Record | None:
        return next((one for one in self.records[noun].values() if one.key == key), None)

    def refers_to(self, enterprise: Record) -> list[Record]:
        projects = self.records["projects"].values()
        return [one for one in projects if one.fields["enterprise"] == enterprise.code]

    def is_wrong(self, who: str, fields: dict[str, Any]) -> bool:
        """Whether the fields name an enterprise that the user may not see."""
        code = fields.get("enterprise")
        return bool(code) and not self.sees(who, self.find("enterprises", code))

    def make(self, who: str, noun: str, code: str, fields: dict[str, Any]) -> Record:
        record = Record(noun, code, dict(fields), contributors={who})
        record.key = MODELS[noun].objects.get(code=code).pk
        self.records[noun][code] = record
        return record

    def change(self, who: str, record: Record, fields: dict[str, Any]) -> bool:
        """Edit a draft: a new version and row of history if anything differs."""
        if all(record.fields[name] == value for name, value in fields.items()):
            return False
        record.fields |= fields
        record.version += 1
        record.rows += 1
        record.contributors.add(who)
        return True

    def propose(
        self, who: str, record: Record, fields: dict[str, Any], batch: int | None = None
    ) -> ExpectedProposal | None:
        """The expected proposal to change a published record; a new one has no key yet."""
        changes = {name: value for name, value in fields.items() if record.fields[name] != value}
        before = {name: record.fields[name] for name in changes}
        mine = self.open_one(who, record)
        if not changes and (mine is None or mine.kind == "deletion"):
            return None
        if mine is None:
            return ExpectedProposal(
                0, record.noun, record.key, who, "change", changes, before, batch=batch
            )
        if mine.kind == "change":
            changes, before = {**mine.changes, **changes}, {**mine.before, **before}
        return replace(
            mine, kind="change", changes=changes, before=before, batch=batch or mine.batch
        )

    def open_one(self, who: str, record: Record) -> ExpectedProposal | None:
        for one in self.proposals.values():
            about = (one.who, one.noun, one.record, one.state)
            if about == (who, record.noun, record.key, "open"):
                return one
        return None

    def remove(self, record: Record) -> None:
        del self.records[record.noun][record.code]
        record.rows += 1
        self.deleted.append(record)

    def may_write(self, who: str, code: str, fields: dict[str, Any]) -> bool:
        record = self.find("projects", code)
        if self.is_wrong(who, fields):
            return False
        if record is None:
            return self.in_scope(who, {**NOTHING, **fields})
        # False if the code belongs to a record that the user may not see.
        return self.sees(who, record) and (
            all(record.fields[name] == value for name, value in fields.items())
            or (
                self.in_scope(who, record.fields)
                and self.in_scope(who, {**record.fields, **fields})
            )
        )

    def write_row(
        self, who: str, code: str, fields: dict[str, Any], batch: int | None = None
    ) -> tuple[str, Row | None]:
        """The expected result of a row that may be written."""
        record = self.find("projects", code)
        if record is None:
            record = self.make(who, "projects", code, {**NOTHING, **fields})
            return "new", Row("new", record.key, 1, None)
        before = dict(record.fields)
        if all(record.fields[name] == value for name, value in fields.items()):
            return "unchanged", None
        if record.state == "draft":
            self.change(who, record, fields)
            return "changed", Row("changed", record.key, record.version, before)
        proposed = self.propose(who, record, fields, batch)
        assert proposed is not None
        proposals = self.users[who].proposals.open()
        proposed.key = proposals.get(model_name="projects", record_id=record.key).pk
        self.proposals[proposed.key] = proposed
        return "proposed", None

    def refers_to_a_draft(self, fields: dict[str, Any]) -> bool:
        enterprise = self.find("enterprises", fields.get("enterprise"))
        return enterprise is not None and enterprise.state == "draft"

    def is_outdated(self, proposal: ExpectedProposal, record: Record) -> bool:
        return any(record.fields[name] != value for name, value in proposal.before.items())

    def sees_proposal(self, who: str, proposal: ExpectedProposal) -> bool:
        if who == proposal.who or who != "bela":
            return True
        record = self.of_key(proposal.noun, proposal.record)
        return record is not None and self.in_scope(who, record.fields)

    def has_lost_its_lead(self, record: Record) -> bool:
        lead = record.fields.get("enterprise")
        if not lead:
            return False
        current = self.find("enterprises", lead)
        was = Project.history.filter(id=record.key).latest().enterprise_id
        if current is None or current.key != was:
            return True
        return record.state == "published" and current.state == "draft"
