"""Every address of the site, each with a record behind it.

For tests that ask all of them: what the resolver knows is asked, so that no page
is forgotten. A new kind of address needs its values in `Register`, as a test says.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group
from django.contrib.auth.tokens import default_token_generator
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from projects import review
from projects.accounts import audit_log
from projects.models import (
    ApiToken,
    AuditEntry,
    BatchState,
    ErrorReport,
    ImportBatch,
    Project,
    Proposal,
    ReturnedDraft,
    SavedView,
    User,
)
from projects.review import merge
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
    make_zone,
)
from tests.helpers.import_pages import send_mapping
from tests.helpers.url_patterns import every_address

ROWS = """code,name,area,stage,amount,remark
new,A new one,kashi,signed,100,some words
project,Renamed,kashi,operating,200,more words
wrong,A wrong one,nowhere,finished,much,
"""
# A parameter in a pattern: `<int:pk>` or `(?P<code>…)`.
PART = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")
# Catch-all patterns.
NOWHERE = ("admin/(?P<url>.*)$", "api/")


@dataclass
class Register:
    """One record of everything, and the values of its address."""

    user: User
    records: dict[str, Any]
    drafts: dict[str, Any]
    proposal: Proposal
    batch: ImportBatch
    more: dict[str, Any] = field(default_factory=dict)

    def value(self, route: str, name: str) -> Any:
        """The value of the parameter `name` in an address of the pattern `route`."""
        parts = route.replace("^", "").split("/")
        match name:
            case "format":
                return "csv"
            case "model_name":
                return "projects"
            case "url":
                return "nothing"
            case "app_label":
                return "projects"
            case "one" | "other":
                return self.more[name].pk
            case "object_id":
                return self._in_admin(parts[2])
            case "code":
                return self.records[next(part for part in parts if part in self.records)].code
            case "content_type_id":
                return ContentType.objects.get_for_model(Project).pk
            case "uidb64":
                return urlsafe_base64_encode(force_bytes(self.user.pk))
            case "token":
                return default_token_generator.make_token(self.user)
        if "import" in parts or "imports" in parts:
            return self.batch.pk
        if "proposals" in parts:
            return self.proposal.pk
        if "drafts" in parts:
            return self.drafts["projects"].pk
        if "deleted" in parts:
            return self.more["deleted"]
        if "reports" in parts:
            return self.more["report"].pk
        if "keys" in parts:
            return self.more["apitoken"].pk
        if "views" in parts:
            return self.more["savedview"].pk
        if "user" in parts:
            return self.user.pk
        if name == "id":
            return self.records[parts[2]].pk
        raise LookupError(f"Say in tests/helpers/site_urls.py what {name} is in {route}.")

    def _in_admin(self, model: str) -> Any:
        others = {"user": self.user, "importbatch": self.batch, **self.more}
        # A redirect to the page of a record of any model.
        others["<path:content_type_id>"] = self.records["projects"]
        others |= {one._meta.model_name: one for one in self.records.values()}
        return others[model].pk


def make_register() -> Register:
    """One record of each model that refers to the others, a draft of each, and related records.

    Proposals, returned drafts, rows of history, an uploaded and
    checked, a key, an entry of the audit log, a deleted record.
    """
    user = make_user("superuser", username="office", first_name="Some", last_name="Body")
    clerk = make_user("clerk", username="clerk", first_name="Any", last_name="Body")
    source = make_source(
        code="press", publisher="A paper", url="https://example.org/a", quote="Words", note="Words"
    )
    said = {"aliases": "One\nAnother", "note": "Words", "sources": [source]}
    zone = make_zone(code="zone", name_zh="区", **said)
    area = make_area(code="kashi", zone=zone, name_zh="片区", **said)
    sector = make_sector(code="trade", **said)
    enterprise, partner = (
        make_enterprise(code=code, area=area, name_zh="企业", **said)
        for code in ("lead", "partner")
    )
    drafts = {}
    records = {}
    for state, code, found in (("published", "project", records), ("draft", "draft", drafts)):
        project = make_project(
            code=code,
            area=area,
            enterprise=enterprise,
            partners=[partner],
            sectors=[sector, make_sector()],
            amount_text="a million",
            description="Words",
            state=state,
            **said,
        )
        found["projects"] = project
        found["receipts"] = make_receipt(
            project, source=source, amount_text="Words", note="Words", state=state
        )
        found["headlines"] = make_headline(
            code=code, area=area, source=source, quote="Words", note="Words", state=state
        )
        found["enterprises"] = make_enterprise(code=f"{code}-enterprise", state=state)
        found["sources"] = make_source(code=f"{code}-source", state=state)
    make_headline(scope="A scope", scope_zh="范围", source=source)
    records |= {
        "zones": zone,
        "areas": area,
        "sectors": sector,
        "enterprises": enterprise,
        "sources": source,
        "rates": make_rate(quoted_on=date(2023, 11, 11), source=source),
    }
    project = Project.objects.get(code="project")
    project.name, project.note = "Proposed", "Other words"
    proposal = review.submit(clerk, project).proposal
    returned = review.submit(make_user("clerk", username="other"), project).proposal
    review.return_proposal(user, returned, "A reason")
    for noun, draft in drafts.items():
        ReturnedDraft.objects.create(
            model_name=noun,
            record_id=draft.pk,
            version=draft.version,
            reason="Words",
            reviewer=user,
        )
    gone = make_project(code="gone", **said)
    key = gone.pk
    review.remove(user, gone)
    deleted = Project.history.filter(id=key).latest("history_id").history_id
    merge.merge(make_enterprise(code="former"), enterprise, user)
    token, _key = ApiToken.objects.issue(user, "A key")
    LogEntry.objects.create(
        user=user,
        content_type=ContentType.objects.get_for_model(Project),
        object_id=project.pk,
        object_repr="Words",
        action_flag=CHANGE,
        change_message="Words",
    )
    client = Client()
    client.force_login(user)
    audit_log.log(audit_log.Action.PROPOSED, user=clerk, subject="A subject", reason="Words")
    return Register(
        user,
        records,
        drafts,
        proposal,
        upload(client),
        {
            "one": enterprise,
            "other": partner,
            "deleted": deleted,
            "group": Group.objects.first(),
            "apitoken": token,
            "report": ErrorReport.objects.create(
                model_name="projects",
                code="project",
                wrong="Words",
                right="Words",
                email="a@example.org",
            ),
            "savedview": SavedView.objects.create(
                user=user, listed="projects", name="A view", name_key="a view", query="stage=signed"
            ),
            "auditentry": AuditEntry.objects.latest("pk"),
        },
    )


def upload(client: Client, content: str = ROWS, name: str = "rows.csv") -> ImportBatch:
    """An uploaded file; its rows are checked, if it can be read, and not written."""
    file = SimpleUploadedFile(name, content.encode())
    client.post("/import/", {"file": file, "noun": "projects"})
    batch = ImportBatch.objects.latest("pk")
    if batch.state != BatchState.UNREADABLE:
        send_mapping(client, batch)
    return batch


def routes() -> list[str]:
    """The patterns of all addresses, each from the root."""
    return [one.route for one in every_address()]


def addresses(register: Register) -> dict[str, str]:
    """Every address of the site by its pattern, with values that lead to a record."""
    return {route: filled(route, partial(register.value, route)) for route in routes()}


def filled(route: str, value: Callable[[str], Any]) -> str:
    path = PART.sub(lambda found: str(value(found[1] or found[2])), route)
    return "/" + re.sub(r"\^|\$|\\Z|\\(?=\.)", "", path)
