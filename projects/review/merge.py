"""Two enterprises that turn out to be one: what is said of either is said of one."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.utils import formats
from django.utils.translation import gettext as _

from projects import history, review
from projects.models import Enterprise, FormerCode, Project, Source, chunking, permissions
from projects.models.permissions import SYSTEM_USER
from projects.names import credit_codes

# Of each of these an enterprise has one: two that differ are for a person to decide between.
CLAIMS = ("uscc", "kind", "origin", "area", "settled_on")
# Of a code in a reason of history, whose column is short; in full it stands in the record.
LONGEST_SHOWN = 40


@dataclass(frozen=True)
class Merged:
    """A merge that was made: `into` as it stands now, and the projects that it got of `code`."""

    code: str
    into: Enterprise
    led: int
    partnered: int


def merge(old: Enterprise, into: Enterprise, user: Any = None) -> Merged:
    """Have `into` stand for `old` everywhere, and delete `old`; its code leads to `into` from now.

    One transaction, and one row of history for each record that changes: the
    projects that `old` led or took part in, `into`, and `old`, whose last row
    keeps what it was. Neither argument is changed. Raises ValidationError, by
    field, where the two contradict each other or what is made of them breaks a
    rule, and where one was changed since it was read; PermissionDenied where
    `user` may not write all that changes; then nothing is written.
    About thirty queries for each 500 projects.
    """
    with transaction.atomic():
        reader = SYSTEM_USER if user is None else user
        old, into = _locked(old, into, reader)
        _check_rights(reader, old, into)
        check(old, into)
        reason = f"merged {_shown(old.code)} into {_shown(into.code)}"
        record, sources = united(old, into)
        _note(user, reason, old, record)
        led, partnered = _move_projects(old, record, user, reason)
        _move_codes(old, record, user)
        # First, since no two enterprises have one social credit code.
        history.delete(old)
        history.save(record, sources=sources)
        del record._change_reason
    return Merged(old.code, record, led, partnered)


def check(old: Enterprise, into: Enterprise) -> None:
    """Raise a ValidationError, by field, for what a person has to settle before."""
    if old.pk == into.pk:
        raise ValidationError(_("An enterprise cannot be merged into itself: choose two."))
    if into.is_draft and not old.is_draft:
        # What is published would stand under a code that the public does not know.
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
                "one": _in_words(old, name),
                "into": into.code,
                "other": _in_words(into, name),
            },
        )
        for name in CLAIMS
        if _claim(old, name) and _claim(into, name) and _claim(old, name) != _claim(into, name)
    }
    if problems:
        raise ValidationError(problems)


def united(old: Enterprise, into: Enterprise) -> tuple[Enterprise, list[Source]]:
    """`into` with what `old` adds to it, unsaved, and the sources of both."""
    record = copy.copy(into)
    for name in CLAIMS:
        if not _claim(record, name) and _claim(old, name):
            setattr(record, name, getattr(old, name))
    record.name = record.name or old.name
    record.name_zh = record.name_zh or old.name_zh
    called = [record.name, record.name_zh, *record.alias_list()]
    names = (" ".join(name.split()) for name in (old.name, old.name_zh, *old.alias_list()))
    more = [name for name in dict.fromkeys(names) if name and name not in called]
    if more:
        record.aliases = "\n".join([*record.alias_list(), *more])
    if (note := old.note.strip()) and note not in record.note:
        record.note = f"{record.note.rstrip()}\n{note}".lstrip()
    return record, list(dict.fromkeys([*into.sources.all(), *old.sources.all()]))


def _check_rights(user: Any, old: Enterprise, into: Enterprise) -> None:
    """Raise PermissionDenied unless `user` may have all written that a merge changes.

    What a draft says is published by merging it into something published: so
    that takes whoever might publish the draft itself.
    """
    if not permissions.has_permission(user, "publish", Enterprise):
        raise PermissionDenied(_("Only a reviewer merges enterprises."))
    moved = Project.objects.with_enterprise([old])
    if not all(permissions.in_scope(user, record) for record in (old, into)) or not (
        permissions.all_in_scope(user, moved)
    ):
        raise PermissionDenied(permissions.out_of_scope(user))
    if old.is_draft and not into.is_draft:
        review.check_may_decide(user, old, review.authors_of([old])[old.pk])


def _locked(old: Enterprise, into: Enterprise, user: Any) -> tuple[Enterprise, Enterprise]:
    """Both as they stand, held until the transaction ends: no project can name one meanwhile."""
    rows = Enterprise.objects.select_for_update().filter(pk__in=[old.pk, into.pk]).order_by("pk")
    standing = {row.pk: row for row in rows}
    for one in (old, into):
        row = standing.get(one.pk)
        if row is None or row.version != one.version:
            raise ValidationError(history.ConflictError(one).sentence(user), "stale")
    return standing[old.pk], standing[into.pk]


def _note(user: Any, reason: str, *records: Any) -> None:
    """Who made the change and why, for the row of history of each."""
    for record in records:
        record._change_reason = reason
        if user is not None:
            record._history_user = user


def _move_projects(old: Enterprise, into: Enterprise, user: Any, reason: str) -> tuple[int, int]:
    """Have `into` lead what `old` led and take part where it did; how many of either."""
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
        _note(user, reason, *batch)
        history.bulk_save(written)
    return led, partnered


def _partners(
    project: Project, partners: Sequence[Enterprise], old: Enterprise, into: Enterprise
) -> Iterator[Enterprise]:
    """Each partner once, with `into` for `old`; who leads is no partner as well."""
    for partner in dict.fromkeys(into if one == old else one for one in partners):
        if partner.pk != project.enterprise_id:
            yield partner


def _move_codes(old: Enterprise, into: Enterprise, user: Any) -> None:
    """All codes that led to `old`, and its own, lead straight to `into`.

    But for the code of a draft: nobody outside has ever known it.
    """
    FormerCode.objects.filter(enterprise=old).update(enterprise=into)
    if old.is_draft:
        return
    # One that `old` had taken back: it is former once more, and written as it was last.
    FormerCode.objects.filter(code__iexact=old.code).delete()
    FormerCode.objects.create(code=old.code, enterprise=into, user=user)


def _claim(record: Enterprise, name: str) -> Any:
    """What a record says in one of CLAIMS; a code that fails its check says nothing."""
    if name != "uscc":
        return getattr(record, Enterprise._meta.get_field(name).attname)
    code = credit_codes.read_uscc(record.uscc)
    problem = credit_codes.uscc_problem(code)
    return code if problem is None or problem.is_warning else ""


def _in_words(record: Enterprise, name: str) -> str:
    column: models.Field = Enterprise._meta.get_field(name)
    if column.choices:
        return str(dict(column.flatchoices).get(getattr(record, name)))
    return str(formats.localize(getattr(record, name)))


def _shown(code: str) -> str:
    return code if len(code) <= LONGEST_SHOWN else f"{code[: LONGEST_SHOWN - 1]}…"
