"""Base of the state machine of review: users, HTTP clients, and what must hold after each step."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.test import Client
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant

from tests.factories import make_area, make_user
from tests.helpers.reference_model import FIELDS, MODELS, Model


class OfficeBase(Model, RuleBasedStateMachine):
    """A register with its users and their clients; the invariants compare it with the model."""

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

    @invariant()
    def users_see_what_they_may_see(self) -> None:
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
                    code: (one.state, one.version, one.fields)
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
            area = one.fields["area"]
            sums[area] = sums.get(area, Decimal()) + Decimal(one.fields["amount"] or 0)

        table = client.get("/api/v1/totals/?by=area").json()

        assert {row["area"]: Decimal(row["amount"]) for row in table["rows"]} == sums, who
        assert table["total"]["projects"] == len(seen)
        assert Decimal(table["total"]["amount"]) == sum(sums.values())

    @invariant()
    def proposals_have_their_state(self) -> None:
        if not hasattr(self, "proposals"):
            return
        for who in self.users:
            answer = self.clients[who].get("/api/v1/proposals/?page_size=1000").json()
            found = {
                one["id"]: (one["kind"], one["state"], one["changes"], one["before"])
                for one in answer["results"]
            }
            assert found == {
                key: (one.kind, one.state, one.changes, one.before)
                for key, one in self.proposals.items()
                if self.sees_proposal(who, one)
            }, who

    @invariant()
    def each_write_has_one_row_of_history(self) -> None:
        if not hasattr(self, "records"):
            return
        for noun, model in MODELS.items():
            everything = [*self.records[noun].values(), *self.deleted]
            counted = {one.key: one.rows for one in everything if one.noun == noun}
            kept = list(model.history.values_list("id", flat=True))
            assert {key: kept.count(key) for key in set(kept)} == counted
