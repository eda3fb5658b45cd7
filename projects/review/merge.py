"""Merge two records of the same enterprise."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from projects import history, review
from projects.models import Enterprise, FormerCode, Project, Source, chunking, permissions
from projects.models.display import display_field
from projects.models.permissions import SYSTEM_USER
from projects.names import credit_codes

from .permissions import set_author

# Fields with a single value: if both have one and they differ, a person must decide.
CLAIMS = ("uscc", "kind", "origin", "area", "settled_on")
# Codes are truncated in the change reason, whose column is short.
LONGEST_SHOWN = 40


@dataclass(frozen=True)
class Merged:
    """The result of a merge: the kept enterprise, and how many projects it took over."""

    code: str
    into: Enterprise
    led: int
    partnered: int


def merge(old: Enterprise, into: Enterprise, user: Any = None) -> Merged:
    """Replace `old` by `into` everywhere and delete `old`; its code leads to `into` from then on.

    One transaction, with one row of history for each record that changes: the
    projects of `old`, `into`, and `old`. The arguments are not changed. Raises
    ValidationError, by field, if the two contradict each other, if the result
    breaks a rule, or if one has changed since it was read, and PermissionDenied if
    `user` may not write everything that changes; then nothing is written. About
    thirty queries for each 500 projects.
    """
    with transaction.atomic():
        reader = SYSTEM_USER if user is None else user
        old, into = _locked(old, into, reader)
        _check_rights(reader, old, into)
        check(old, into)
        reason = f"merged {_shown(old.code)} into {_shown(into.code)}"
        record, sources = united(old, into)
        set_author(reader, old, record, reason=reason)
        led, partnered = _move_projects(old, record, user, reason)
        _move_codes(old, record, user)
        # Deleted first, as two enterprises cannot have the same social credit code.
        history.delete(old)
        history.save(record, sources=sources)
        del record._change_reason
    return Merged(old.code, record, led, partnered)


def check(old: Enterprise, into: Enterprise) -> None:
    """Raise ValidationError, by field, for contradictions that a person must resolve."""
    if old.pk == into.pk:
        raise ValidationError(_("An enterprise cannot be merged into itself: choose two."))
    if into.is_draft and not old.is_draft:
        # A published enterprise would get a code that the public does not know.
        raise ValidationError(
            _(
                "“%(old)s” is published and “%(into)s” is a draft: publish that first, or merge "
                "the draft into the published one."
            ),
            "draft",
            {"old": old.code, "into": into.code},
        )
    problems = {
        name: ValidationError(
            _(
                "%(field)s: “%(old)s” has “%(one)s”, and “%(into)s” has “%(other)s”. Correct or "
                "clear one of them first."
            ),
            "contradiction",
            {
                "field": Enterprise._meta.get_field(name).verbose_name,
                "old": old.code,
                "one": display_field(old, name),
                "into": into.code,
                "other": display_field(into, name),
            },
        )
        for name in CLAIMS
        if _comparable(old, name)
        and _comparable(into, name)
        and _comparable(old, name) != _comparable(into, name)
    }
    if problems:
        raise ValidationError(problems)


def united(old: Enterprise, into: Enterprise) -> tuple[Enterprise, list[Source]]:
    """`into` with the values it takes over from `old`, unsaved, and the sources of both."""
    record = copy.copy(into)
    for name in CLAIMS:
        if not _comparable(record, name) and _comparable(old, name):
            setattr(record, name, getattr(old, name))
    record.name = record.name or old.name
    record.name_zh = record.name_zh or old.name_zh
    known = [record.name, record.name_zh, *record.alias_list()]
    names = (" ".join(name.split()) for name in (old.name, old.name_zh, *old.alias_list()))
    more = [name for name in dict.fromkeys(names) if name and name not in known]
    if more:
        record.aliases = "\n".join([*record.alias_list(), *more])
    if (note := old.note.strip()) and note not in record.note:
        record.note = f"{record.note.rstrip()}\n{note}".lstrip()
    return record, list(dict.fromkeys([*into.sources.all(), *old.sources.all()]))


def _check_rights(user: Any, old: Enterprise, into: Enterprise) -> None:
    """Raise PermissionDenied unless `user` may write everything that the merge changes.

    Merging a draft into a published enterprise publishes its content, so the user
    must be allowed to publish the draft.
    """
    if not permissions.has_permission(user, "publish", Enterprise):
        raise PermissionDenied(_("Only reviewers can merge enterprises."))
    moved = Project.objects.with_enterprise([old])
    if not all(permissions.in_scope(user, record) for record in (old, into)) or not (
        permissions.all_in_scope(user, moved)
    ):
        raise PermissionDenied(permissions.out_of_scope(user))
    if old.is_draft and not into.is_draft:
        review.check_may_decide(user, old, review.contributors_of([old])[old.pk])


def _locked(old: Enterprise, into: Enterprise, user: Any) -> tuple[Enterprise, Enterprise]:
    """The current rows of both, locked, so that no project can start to refer to them."""
    rows = Enterprise.objects.select_for_update().filter(pk__in=[old.pk, into.pk]).order_by("pk")
    current = {row.pk: row for row in rows}
    for one in (old, into):
        row = current.get(one.pk)
        if row is None or row.version != one.version:
            raise ValidationError(history.ConflictError(one).sentence(user), "stale")
    return current[old.pk], current[into.pk]


def _move_projects(old: Enterprise, into: Enterprise, user: Any, reason: str) -> tuple[int, int]:
    """Replace `old` by `into` as lead and partner; returns the numbers of projects of each kind."""
    led = partnered = 0
    projects = Project.objects.with_enterprise([old]).prefetch_related("partners")
    for batch in chunking.batches_by_pk(projects.select_for_update()):
        written = []
        for project in batch:
            partners = list(project.partners.all())
            if project.enterprise_id == old.pk:
                project.enterprise = into
                led += 1
            if old in partners:
                partnered += 1
            written.append((project, {"partners": list(_partners(project, partners, old, into))}))
        set_author(user, *batch, reason=reason)
        history.bulk_save(written)
    return led, partnered


def _partners(
    project: Project, partners: Sequence[Enterprise], old: Enterprise, into: Enterprise
) -> Iterator[Enterprise]:
    """The partners without duplicates, with `into` instead of `old`, and without the lead."""
    for partner in dict.fromkeys(into if one == old else one for one in partners):
        if partner.pk != project.enterprise_id:
            yield partner


def _move_codes(old: Enterprise, into: Enterprise, user: Any) -> None:
    """Let all former codes of `old`, and its own, lead to `into`.

    The code of a draft is not kept, as nobody outside knows it.
    """
    FormerCode.objects.filter(enterprise=old).update(enterprise=into)
    if old.is_draft:
        return
    # It may be a former code that `old` used again.
    FormerCode.objects.filter(code__iexact=old.code).delete()
    FormerCode.objects.create(code=old.code, enterprise=into, user=user)


def _comparable(record: Enterprise, name: str) -> Any:
    """The value of one of CLAIMS; empty for an invalid social credit code."""
    if name != "uscc":
        return getattr(record, Enterprise._meta.get_field(name).attname)
    code = credit_codes.read_uscc(record.uscc)
    problem = credit_codes.uscc_problem(code)
    return code if problem is None or problem.is_warning else ""


def _shown(code: str) -> str:
    return code if len(code) <= LONGEST_SHOWN else f"{code[: LONGEST_SHOWN - 1]}…"
