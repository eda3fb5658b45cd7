"""Users enter, review, import, delete and restore records in random order.

Two clerks (one limited to an area) and a reviewer use the API and the pages. A plain
model predicts the answers, and what each user and the public see after each step.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    precondition,
    rule,
    run_state_machine_as_test,
)

from projects.models import ImportBatch
from tests.helpers.import_pages import previewed, step
from tests.helpers.reference_model import FIELDS, MODELS, ExpectedProposal, Record
from tests.helpers.review_office import OfficeBase

CODES = {"projects": ("a", "b", "c"), "enterprises": ("x", "y")}

nouns = st.sampled_from(["projects", "projects", "enterprises"])
people = st.sampled_from(["anna", "bela", "rita"])
codes = {noun: st.sampled_from(some) for noun, some in CODES.items()}
values = {
    "name": st.sampled_from(["One", "Two", "Three"]),
    "amount": st.sampled_from([None, "1.00", "20.00", "300.00"]),
    "area": st.sampled_from(["here", "here", "there", None]),
    "enterprise": st.sampled_from([None, "x", "y"]),
}


class Office(OfficeBase):
    """Each rule is one step over HTTP, with the expected answer."""

    # --- Entering -----------------------------------------------------------------------

    def sent(self, data: st.DataObject, noun: str, *, all_of: bool) -> dict[str, Any]:
        chosen = FIELDS[noun]
        if not all_of:
            chosen = data.draw(st.lists(st.sampled_from(chosen), min_size=1, unique=True))
        return {name: data.draw(values[name], label=name) for name in chosen}

    @rule(data=st.data(), who=people, noun=nouns)
    def enter(self, data: st.DataObject, who: str, noun: str) -> None:
        code = data.draw(codes[noun])
        fields = self.sent(data, noun, all_of=True)

        answer = self.send(who, "post", f"/api/v1/{noun}/", {"code": code, **fields})

        if self.is_wrong(who, fields) or not self.in_scope(who, fields):
            assert answer.status_code == 400
        elif code in self.records[noun]:
            assert answer.status_code == 409
        else:
            assert (answer.status_code, answer.json()["state"]) == (201, "draft")
            self.make(who, noun, code, fields)

    @rule(data=st.data(), who=people, noun=nouns)
    def read_one(self, data: st.DataObject, who: str, noun: str) -> None:
        """Read a record, and keep its ETag for a later write."""
        code = data.draw(codes[noun])
        record = self.find(noun, code)

        answer = self.send(who, "get", self.address(noun, code))

        assert answer.status_code == (200 if self.sees(who, record) else 404)
        if record is not None and answer.status_code == 200:
            self.seen.append((who, noun, code, answer["ETag"], (record.key, record.version)))

    @rule(data=st.data(), who=people, noun=nouns)
    def edit(self, data: st.DataObject, who: str, noun: str) -> None:
        code = data.draw(codes[noun])
        self.patch(who, noun, code, self.sent(data, noun, all_of=False), "*")

    @precondition(lambda self: self.seen)
    @rule(data=st.data())
    def edit_a_version_that_was_read(self, data: st.DataObject) -> None:
        who, noun, code, etag, state = data.draw(st.sampled_from(self.seen))
        record = self.find(noun, code)
        is_as_seen = record is not None and (record.key, record.version) == state
        fields = self.sent(data, noun, all_of=False)

        if is_as_seen or not self.sees(who, record):
            self.patch(who, noun, code, fields, etag)
            return
        answer = self.send(who, "patch", self.address(noun, code), fields, **{"If-Match": etag})
        assert answer.status_code == 412

    def patch(self, who: str, noun: str, code: str, fields: dict[str, Any], match: str) -> None:
        record = self.find(noun, code)

        answer = self.send(who, "patch", self.address(noun, code), fields, **{"If-Match": match})

        if record is None or not self.sees(who, record):
            assert answer.status_code == 404
        elif self.is_wrong(who, fields):
            assert answer.status_code == 400
        elif not self.in_scope(who, record.fields):
            assert answer.status_code == 403
        elif not self.in_scope(who, {**record.fields, **fields}):
            assert answer.status_code == 400
        elif record.state == "draft":
            assert answer.status_code == 200
            self.change(who, record, fields)
        elif (proposed := self.propose(who, record, fields)) is None:
            assert answer.status_code == 200
        else:
            assert answer.status_code == 202
            proposed.key = answer.json()["id"]
            self.proposals[proposed.key] = proposed

    @rule(data=st.data(), who=people)
    def send_many(self, data: st.DataObject, who: str) -> None:
        """The bulk endpoint: all or none."""
        some = data.draw(st.lists(codes["projects"], min_size=1, max_size=2, unique=True))
        rows = {code: self.sent(data, "projects", all_of=True) for code in some}
        refused = [code for code, fields in rows.items() if not self.may_write(who, code, fields)]

        answer = self.send(
            who, "post", "/api/v1/projects/bulk/", [{"code": c, **s} for c, s in rows.items()]
        )

        if refused:
            assert answer.status_code in (400, 409)
            return
        assert answer.status_code == 200
        counted = answer.json()
        fates = [self.write_row(who, code, fields)[0] for code, fields in rows.items()]
        assert (counted["created"], counted["updated"], counted["proposed"]) == tuple(
            fates.count(fate) for fate in ("new", "changed", "proposed")
        )

    # --- Files ------------------------------------------------------------------------------

    @rule(data=st.data(), who=people)
    def import_a_file(self, data: st.DataObject, who: str) -> None:
        """Upload a file on the pages, and approve it with its valid rows only."""
        some = data.draw(st.lists(codes["projects"], min_size=1, max_size=3, unique=True))
        columns = ("name", "amount", "area")
        drawn = {code: {name: data.draw(values[name]) for name in columns} for code in some}
        lines = [
            [code, *(value or "" for value in fields.values())] for code, fields in drawn.items()
        ]
        text = "".join(f"{','.join(line)}\n" for line in (["code", *columns], *lines))
        # Empty cells change nothing.
        rows = {code: {n: v for n, v in fields.items() if v} for code, fields in drawn.items()}
        good = [code for code, fields in rows.items() if self.may_write(who, code, fields)]

        batch = previewed(self.clients[who], text)
        assert batch.counts["refused"] == len(rows) - len(good)
        step(self.clients[who], batch, "approve", partial="on")

        assert batch.state == "written", batch.message
        fates = [self.write_row(who, code, rows[code], batch.pk) for code in good]
        for name in ("new", "changed", "proposed", "unchanged"):
            assert batch.counts[name] == [fate for fate, _row in fates].count(name)
        self.files[batch.pk] = (who, [row for _fate, row in fates if row is not None])

    @precondition(lambda self: self.files)
    @rule(data=st.data())
    def undo_an_import(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.files)))
        who, rows = self.files.pop(key)

        step(self.clients[who], ImportBatch.objects.get(pk=key), "undo")

        for row in rows:
            record = self.of_key("projects", row.record)
            if record is None or (record.version, record.state) != (row.version, "draft"):
                continue
            if not self.in_scope(who, record.fields):
                continue
            if row.before is None:
                self.remove(record)
            else:
                self.change(who, record, row.before)
        for one in self.proposals.values():
            if (one.batch, one.state) == (key, "open"):
                one.state = "withdrawn"

    # --- Reviewing ----------------------------------------------------------------------------

    @rule(data=st.data(), who=people, noun=nouns, is_current=st.booleans())
    def publish(self, data: st.DataObject, who: str, noun: str, is_current: bool) -> None:
        code = data.draw(codes[noun])
        record = self.find(noun, code)
        version = record.version - (not is_current) if record is not None else 1

        answer = self.send(
            who, "post", self.address(noun, code, "publish/"), {"version": max(version, 1)}
        )

        if who != "rita":
            assert answer.status_code == 403
        elif record is None:
            assert answer.status_code == 404
        elif record.state == "published":
            assert answer.status_code == 200
        elif "rita" in record.contributors:
            assert answer.status_code == 403
        elif max(version, 1) != record.version or self.refers_to_a_draft(record.fields):
            assert answer.status_code == 409
        else:
            assert answer.status_code == 200
            record.state = "published"
            record.version += 1
            record.rows += 1

    @rule(data=st.data(), who=people, noun=nouns)
    def return_a_draft(self, data: st.DataObject, who: str, noun: str) -> None:
        code = data.draw(codes[noun])
        record = self.find(noun, code)

        answer = self.send(who, "post", self.address(noun, code, "return/"), {"reason": "Why?"})

        if who != "rita":
            assert answer.status_code == 403
        elif record is None:
            assert answer.status_code == 404
        else:
            assert answer.status_code == (204 if record.state == "draft" else 409)

    @precondition(lambda self: self.proposals)
    @rule(data=st.data(), who=people, is_current=st.booleans())
    def accept(self, data: st.DataObject, who: str, is_current: bool) -> None:
        proposal = self.proposals[data.draw(st.sampled_from(sorted(self.proposals)))]
        record = self.of_key(proposal.noun, proposal.record)
        seen = {"version": record.version} if record is not None and is_current else {}

        answer = self.send(who, "post", f"/api/v1/proposals/{proposal.key}/accept/", seen)

        if not self.sees_proposal(who, proposal):
            assert answer.status_code == 404
        elif proposal.state != "open" or record is None:
            assert answer.status_code == 409
        elif who != "rita" or proposal.who == "rita":
            assert answer.status_code == 403
        elif not is_current and self.is_outdated(proposal, record):
            assert answer.status_code == 409
        elif proposal.kind == "deletion":
            self.accept_deletion(answer, proposal, record)
        else:
            self.accept_change(answer, proposal, record)

    def accept_deletion(self, answer: Any, proposal: ExpectedProposal, record: Record) -> None:
        if record.noun == "enterprises" and self.refers_to(record):
            assert answer.status_code == 409
            return
        assert answer.status_code == 200
        self.remove(record)
        proposal.state = "accepted"

    def accept_change(self, answer: Any, proposal: ExpectedProposal, record: Record) -> None:
        after = {**record.fields, **proposal.changes}
        lead = after.get("enterprise")
        if self.is_wrong("rita", proposal.changes) or (lead and self.refers_to_a_draft(after)):
            assert answer.status_code == 400
            return
        assert answer.status_code == 200
        if after != record.fields:
            record.fields = after
            record.version += 1
            record.rows += 1
        proposal.state = "accepted"

    @precondition(lambda self: self.proposals)
    @rule(data=st.data(), who=people)
    def return_a_proposal(self, data: st.DataObject, who: str) -> None:
        proposal = self.proposals[data.draw(st.sampled_from(sorted(self.proposals)))]

        answer = self.send(
            who, "post", f"/api/v1/proposals/{proposal.key}/return/", {"reason": "Why?"}
        )

        record = self.of_key(proposal.noun, proposal.record)
        if not self.sees_proposal(who, proposal):
            assert answer.status_code == 404
        elif proposal.state != "open":
            assert answer.status_code == 409
        elif who != "rita" or (proposal.who == "rita" and record is not None):
            assert answer.status_code == 403
        else:
            assert answer.status_code == 200
            proposal.state = "returned"

    @precondition(lambda self: self.proposals)
    @rule(data=st.data(), who=people, again=st.booleans())
    def withdraw_or_resubmit(self, data: st.DataObject, who: str, again: bool) -> None:
        proposal = self.proposals[data.draw(st.sampled_from(sorted(self.proposals)))]
        record = self.of_key(proposal.noun, proposal.record)
        name = "hand-in-again" if again else "withdraw"
        may_be = ("returned", "withdrawn") if again else ("open",)

        answer = self.send(who, "post", f"/api/v1/proposals/{proposal.key}/{name}/")

        if not self.sees_proposal(who, proposal):
            assert answer.status_code == 404
        elif proposal.state not in may_be:
            assert answer.status_code == 409
        elif who != proposal.who:
            assert answer.status_code == 403
        elif not again:
            assert answer.status_code == 200
            proposal.state = "withdrawn"
        elif record is None:
            assert answer.status_code == 409
        elif not self.in_scope(who, record.fields):
            assert answer.status_code == 403
        elif self.open_one(who, record) is not None:
            assert answer.status_code == 409
        else:
            assert answer.status_code == 200
            proposal.state = "open"
            proposal.before = {name: record.fields[name] for name in proposal.changes}

    # --- Deleting, and bringing back ------------------------------------------------------------

    @rule(data=st.data(), who=people, noun=nouns)
    def delete(self, data: st.DataObject, who: str, noun: str) -> None:
        code = data.draw(codes[noun])
        record = self.find(noun, code)

        answer = self.send(who, "delete", self.address(noun, code), **{"If-Match": "*"})

        if record is None or not self.sees(who, record):
            assert answer.status_code == 404
            return
        referring = self.refers_to(record) if noun == "enterprises" else []
        if not self.in_scope(who, record.fields):
            assert answer.status_code == 403
        elif record.state == "draft":
            assert answer.status_code == (409 if referring else 204)
            if not referring:
                self.remove(record)
        elif any(self.sees(who, one) for one in referring):
            assert answer.status_code == 409
        else:
            assert (answer.status_code, answer.json()["kind"]) == (202, "deletion")
            key, mine = answer.json()["id"], self.open_one(who, record)
            batch = mine.batch if mine is not None else None
            self.proposals[key] = ExpectedProposal(
                key, noun, record.key, who, "deletion", {}, {}, batch=batch
            )

    @precondition(lambda self: self.deleted)
    @rule(data=st.data(), who=people)
    def restore(self, data: st.DataObject, who: str) -> None:
        place = data.draw(st.integers(0, len(self.deleted) - 1))
        record = self.deleted[place]
        model = MODELS[record.noun]
        row = model.history.filter(id=record.key).latest()

        answer = self.send(who, "post", f"/review/deleted/{record.noun}/{row.pk}/restore/")

        if not self.in_scope(who, record.fields):
            assert answer.status_code == 404
        elif who != "rita":
            assert answer.status_code == 403
        elif record.code in self.records[record.noun] or self.has_lost_its_lead(record):
            assert answer.status_code == 400
        else:
            assert answer.status_code == 302
            record.version += 1
            record.rows += 1
            record.contributors |= {who} if record.state == "draft" else set()
            self.records[record.noun][record.code] = self.deleted.pop(place)


@pytest.mark.django_db
def test_after_any_steps_all_users_see_what_they_may_see(rounds):
    run_state_machine_as_test(
        Office,
        settings=settings(
            max_examples=rounds(5, 300), stateful_step_count=rounds(15, 30), deadline=None
        ),
    )
