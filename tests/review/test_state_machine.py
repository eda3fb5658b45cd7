"""People who enter, review, import, delete and bring back, one step after another.

Two clerks (one of them limited to an area) and a reviewer use the API and the
pages in any order; beside them a plain model says what each of them, and the
public, must see. After each step all of them look.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from projects.models import ImportBatch
from tests.factories import make_area, make_user
from tests.helpers.import_pages import previewed, step
from tests.helpers.reference_model import FIELDS, MODELS, Asked, Model, Record

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


class Office(Model, RuleBasedStateMachine):
    """Every rule is one step over HTTP, and says what must come of it."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @initialize()
    def open_the_office(self) -> None:
        here = make_area(code="here")
        make_area(code="there")
        users = {
            "anna": make_user("clerk"),
            "bela": make_user("clerk", areas=[here]),
            "rita": make_user("reviewer"),
        }
        self.clients = {"visitor": Client()}
        for who, user in users.items():
            self.clients[who] = Client()
            self.clients[who].force_login(user)
        self.users = users
        self.open()
        self.seen: list[tuple[str, str, str, str, tuple[int, int]]] = []

    # --- Over HTTP --------------------------------------------------------------------

    def send(self, who: str, method: str, address: str, data: Any = None, **headers: Any) -> Any:
        body = {} if data is None else {"data": json.dumps(data)}
        kind = {} if data is None else {"content_type": "application/json"}
        return getattr(self.clients[who], method)(address, **body, **kind, headers=headers)

    def address(self, noun: str, code: str, path: str = "") -> str:
        return f"/api/v1/{noun}/{code}/{path}"

    # --- Entering -----------------------------------------------------------------------

    def sent(self, data: st.DataObject, noun: str, *, all_of: bool) -> dict[str, Any]:
        chosen = FIELDS[noun]
        if not all_of:
            chosen = data.draw(st.lists(st.sampled_from(chosen), min_size=1, unique=True))
        return {name: data.draw(values[name], label=name) for name in chosen}

    @rule(data=st.data(), who=people, noun=nouns)
    def enter(self, data: st.DataObject, who: str, noun: str) -> None:
        code = data.draw(codes[noun])
        said = self.sent(data, noun, all_of=True)

        answer = self.send(who, "post", f"/api/v1/{noun}/", {"code": code, **said})

        if self.is_wrong(who, said) or not self.reaches(who, said):
            assert answer.status_code == 400
        elif code in self.records[noun]:
            assert answer.status_code == 409
        else:
            assert (answer.status_code, answer.json()["state"]) == (201, "draft")
            self.make(who, noun, code, said)

    @rule(data=st.data(), who=people, noun=nouns)
    def look(self, data: st.DataObject, who: str, noun: str) -> None:
        """Read one, and keep its ETag for a write that may come too late."""
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
    def edit_what_was_seen(self, data: st.DataObject) -> None:
        who, noun, code, etag, state = data.draw(st.sampled_from(self.seen))
        record = self.find(noun, code)
        is_as_seen = record is not None and (record.key, record.version) == state
        said = self.sent(data, noun, all_of=False)

        if is_as_seen or not self.sees(who, record):
            self.patch(who, noun, code, said, etag)
            return
        answer = self.send(who, "patch", self.address(noun, code), said, **{"If-Match": etag})
        assert answer.status_code == 412

    def patch(self, who: str, noun: str, code: str, said: dict[str, Any], match: str) -> None:
        record = self.find(noun, code)

        answer = self.send(who, "patch", self.address(noun, code), said, **{"If-Match": match})

        if record is None or not self.sees(who, record):
            assert answer.status_code == 404
        elif self.is_wrong(who, said):
            assert answer.status_code == 400
        elif not self.reaches(who, record.said):
            assert answer.status_code == 403
        elif not self.reaches(who, {**record.said, **said}):
            assert answer.status_code == 400
        elif record.state == "draft":
            assert answer.status_code == 200
            self.change(who, record, said)
        elif (proposed := self.propose(who, record, said)) is None:
            assert answer.status_code == 200
        else:
            assert answer.status_code == 202
            proposed.key = answer.json()["id"]
            self.asked[proposed.key] = proposed

    @rule(data=st.data(), who=people)
    def send_many(self, data: st.DataObject, who: str) -> None:
        """The bulk address: all of them, or none."""
        some = data.draw(st.lists(codes["projects"], min_size=1, max_size=2, unique=True))
        rows = {code: self.sent(data, "projects", all_of=True) for code in some}
        refused = [code for code, said in rows.items() if not self.may_write(who, code, said)]

        answer = self.send(
            who, "post", "/api/v1/projects/bulk/", [{"code": c, **s} for c, s in rows.items()]
        )

        if refused:
            assert answer.status_code in (400, 409)
            return
        assert answer.status_code == 200
        counted = answer.json()
        fates = [self.write_row(who, code, said)[0] for code, said in rows.items()]
        assert (counted["created"], counted["updated"], counted["proposed"]) == tuple(
            fates.count(fate) for fate in ("new", "changed", "proposed")
        )

    # --- Files ------------------------------------------------------------------------------

    @rule(data=st.data(), who=people)
    def bring_a_file(self, data: st.DataObject, who: str) -> None:
        """Through its pages: brought in, checked, approved with its good rows alone."""
        some = data.draw(st.lists(codes["projects"], min_size=1, max_size=3, unique=True))
        columns = ("name", "amount", "area")
        drawn = {code: {name: data.draw(values[name]) for name in columns} for code in some}
        lines = [[code, *(value or "" for value in said.values())] for code, said in drawn.items()]
        text = "".join(f"{','.join(line)}\n" for line in (["code", *columns], *lines))
        # What an empty cell is about stays as it is.
        rows = {code: {n: v for n, v in said.items() if v} for code, said in drawn.items()}
        good = [code for code, said in rows.items() if self.may_write(who, code, said)]

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
    def take_a_file_back(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.files)))
        who, rows = self.files.pop(key)

        step(self.clients[who], ImportBatch.objects.get(pk=key), "undo")

        for row in rows:
            record = self.of_key("projects", row.record)
            if record is None or (record.version, record.state) != (row.version, "draft"):
                continue
            if not self.reaches(who, record.said):
                continue
            if row.before is None:
                self.remove(record)
            else:
                self.change(who, record, row.before)
        for one in self.asked.values():
            if (one.batch, one.state) == (key, "open"):
                one.state = "withdrawn"

    # --- Reviewing ----------------------------------------------------------------------------

    @rule(data=st.data(), who=people, noun=nouns, looked=st.booleans())
    def publish(self, data: st.DataObject, who: str, noun: str, looked: bool) -> None:
        code = data.draw(codes[noun])
        record = self.find(noun, code)
        version = record.version - (not looked) if record is not None else 1

        answer = self.send(
            who, "post", self.address(noun, code, "publish/"), {"version": max(version, 1)}
        )

        if who != "rita":
            assert answer.status_code == 403
        elif record is None:
            assert answer.status_code == 404
        elif record.state == "published":
            assert answer.status_code == 200
        elif "rita" in record.authors:
            assert answer.status_code == 403
        elif max(version, 1) != record.version or self.rests_on_a_draft(record.said):
            assert answer.status_code == 409
        else:
            assert answer.status_code == 200
            record.state = "published"
            record.version += 1
            record.rows += 1

    @rule(data=st.data(), who=people, noun=nouns)
    def send_back(self, data: st.DataObject, who: str, noun: str) -> None:
        code = data.draw(codes[noun])
        record = self.find(noun, code)

        answer = self.send(who, "post", self.address(noun, code, "return/"), {"reason": "Why?"})

        if who != "rita":
            assert answer.status_code == 403
        elif record is None:
            assert answer.status_code == 404
        else:
            assert answer.status_code == (204 if record.state == "draft" else 409)

    @precondition(lambda self: self.asked)
    @rule(data=st.data(), who=people, looked=st.booleans())
    def accept(self, data: st.DataObject, who: str, looked: bool) -> None:
        asked = self.asked[data.draw(st.sampled_from(sorted(self.asked)))]
        record = self.of_key(asked.noun, asked.record)
        seen = {"version": record.version} if record is not None and looked else {}

        answer = self.send(who, "post", f"/api/v1/proposals/{asked.key}/accept/", seen)

        if not self.sees_proposal(who, asked):
            assert answer.status_code == 404
        elif asked.state != "open" or record is None:
            assert answer.status_code == 409
        elif who != "rita" or asked.who == "rita":
            assert answer.status_code == 403
        elif not looked and self.is_overtaken(asked, record):
            assert answer.status_code == 409
        elif asked.kind == "deletion":
            self.accept_deletion(answer, asked, record)
        else:
            self.accept_change(answer, asked, record)

    def accept_deletion(self, answer: Any, asked: Asked, record: Record) -> None:
        if record.noun == "enterprises" and self.refers_to(record):
            assert answer.status_code == 409
            return
        assert answer.status_code == 200
        self.remove(record)
        asked.state = "accepted"

    def accept_change(self, answer: Any, asked: Asked, record: Record) -> None:
        after = {**record.said, **asked.changes}
        lead = after.get("enterprise")
        if self.is_wrong("rita", asked.changes) or (lead and self.rests_on_a_draft(after)):
            assert answer.status_code == 400
            return
        assert answer.status_code == 200
        if after != record.said:
            record.said = after
            record.version += 1
            record.rows += 1
        asked.state = "accepted"

    @precondition(lambda self: self.asked)
    @rule(data=st.data(), who=people)
    def return_a_proposal(self, data: st.DataObject, who: str) -> None:
        asked = self.asked[data.draw(st.sampled_from(sorted(self.asked)))]

        answer = self.send(
            who, "post", f"/api/v1/proposals/{asked.key}/return/", {"reason": "Why?"}
        )

        record = self.of_key(asked.noun, asked.record)
        if not self.sees_proposal(who, asked):
            assert answer.status_code == 404
        elif asked.state != "open":
            assert answer.status_code == 409
        elif who != "rita" or (asked.who == "rita" and record is not None):
            assert answer.status_code == 403
        else:
            assert answer.status_code == 200
            asked.state = "returned"

    @precondition(lambda self: self.asked)
    @rule(data=st.data(), who=people, again=st.booleans())
    def withdraw_or_hand_in_again(self, data: st.DataObject, who: str, again: bool) -> None:
        asked = self.asked[data.draw(st.sampled_from(sorted(self.asked)))]
        record = self.of_key(asked.noun, asked.record)
        name = "hand-in-again" if again else "withdraw"
        may_be = ("returned", "withdrawn") if again else ("open",)

        answer = self.send(who, "post", f"/api/v1/proposals/{asked.key}/{name}/")

        if not self.sees_proposal(who, asked):
            assert answer.status_code == 404
        elif asked.state not in may_be:
            assert answer.status_code == 409
        elif who != asked.who:
            assert answer.status_code == 403
        elif not again:
            assert answer.status_code == 200
            asked.state = "withdrawn"
        elif record is None:
            assert answer.status_code == 409
        elif not self.reaches(who, record.said):
            assert answer.status_code == 403
        elif self.open_one(who, record) is not None:
            assert answer.status_code == 409
        else:
            assert answer.status_code == 200
            asked.state = "open"
            asked.before = {name: record.said[name] for name in asked.changes}

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
        if not self.reaches(who, record.said):
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
            self.asked[key] = Asked(key, noun, record.key, who, "deletion", {}, {}, batch=batch)

    @precondition(lambda self: self.gone)
    @rule(data=st.data(), who=people)
    def bring_back(self, data: st.DataObject, who: str) -> None:
        place = data.draw(st.integers(0, len(self.gone) - 1))
        record = self.gone[place]
        model = MODELS[record.noun]
        row = model.history.filter(id=record.key).latest()

        answer = self.send(who, "post", f"/review/deleted/{record.noun}/{row.pk}/restore/")

        if not self.reaches(who, record.said):
            assert answer.status_code == 404
        elif who != "rita":
            assert answer.status_code == 403
        elif record.code in self.records[record.noun] or self.has_lost_its_lead(record):
            assert answer.status_code == 400
        else:
            assert answer.status_code == 302
            record.version += 1
            record.rows += 1
            record.authors |= {who} if record.state == "draft" else set()
            self.records[record.noun][record.code] = self.gone.pop(place)

    # --- What everybody sees -------------------------------------------------------------------

    @invariant()
    def everybody_sees_what_is_theirs(self) -> None:
        if not hasattr(self, "records"):
            return
        for who, client in self.clients.items():
            for noun in FIELDS:
                answer = client.get(f"/api/v1/{noun}/?page_size=1000").json()
                found = {
                    one["code"]: (one["state"], one["version"], self.of_answer(noun, one))
                    for one in answer["results"]
                }
                assert found == {
                    code: (one.state, one.version, one.said)
                    for code, one in self.records[noun].items()
                    if self.sees(who, one)
                }, (who, noun)
            self.check_totals(who, client)

    def of_answer(self, noun: str, answer: dict[str, Any]) -> dict[str, Any]:
        return {name: answer[name] for name in FIELDS[noun]}

    def check_totals(self, who: str, client: Client) -> None:
        seen = [one for one in self.records["projects"].values() if self.sees(who, one)]
        sums: dict[str | None, Decimal] = {}
        for one in seen:
            area = one.said["area"]
            sums[area] = sums.get(area, Decimal()) + Decimal(one.said["amount"] or 0)

        table = client.get("/api/v1/totals/?by=area").json()

        assert {row["area"]: Decimal(row["amount"]) for row in table["rows"]} == sums, who
        assert table["total"]["projects"] == len(seen)
        assert Decimal(table["total"]["amount"]) == sum(sums.values())

    @invariant()
    def proposals_are_as_they_were_decided(self) -> None:
        if not hasattr(self, "asked"):
            return
        for who in self.users:
            answer = self.clients[who].get("/api/v1/proposals/?page_size=1000").json()
            found = {
                one["id"]: (one["kind"], one["state"], one["changes"], one["before"])
                for one in answer["results"]
            }
            assert found == {
                key: (one.kind, one.state, one.changes, one.before)
                for key, one in self.asked.items()
                if self.sees_proposal(who, one)
            }, who

    @invariant()
    def each_write_left_one_row_of_history(self) -> None:
        if not hasattr(self, "records"):
            return
        for noun, model in MODELS.items():
            everything = [*self.records[noun].values(), *self.gone]
            counted = {one.key: one.rows for one in everything if one.noun == noun}
            kept = list(model.history.values_list("id", flat=True))
            assert {key: kept.count(key) for key in set(kept)} == counted


@pytest.mark.django_db
def test_whatever_people_do_everybody_sees_what_is_theirs(rounds):
    run_state_machine_as_test(
        Office,
        settings=settings(
            max_examples=rounds(8, 300), stateful_step_count=rounds(15, 30), deadline=None
        ),
    )
