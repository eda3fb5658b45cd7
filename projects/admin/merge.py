"""The page that merges two enterprises: both side by side, and the result of the merge."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from projects.i18n.languages import join_list
from projects.models import Enterprise, Project, Source
from projects.models.display import display_field, display_value
from projects.review import merge as merging

PERMISSIONS = (
    "projects.change_enterprise",
    "projects.delete_enterprise",
    # A merge is published at once.
    "projects.publish_enterprise",
    "projects.change_project",
)
COMPARED = (
    "code",
    "name",
    "name_zh",
    "aliases",
    "uscc",
    "kind",
    "origin",
    "area",
    "settled_on",
    "note",
)


@dataclass(frozen=True)
class Compared:
    """One row of the page: the values of both, in the order of their keys, and of the result."""

    label: str
    both: Sequence[str]
    result: str = ""

    @property
    def differs(self) -> bool:
        return len(set(self.both)) > 1


@admin.action(description=_("Merge two enterprises"), permissions=["merge"])
def merge_two(model_admin: Any, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
    keys = list(queryset.order_by("pk").values_list("pk", flat=True)[:3])
    if len(keys) == 2:
        return redirect("admin:projects_enterprise_merge", *keys)
    sentence = gettext("Merging takes two enterprises: select exactly two.")
    messages.error(request, sentence)
    return None


def merge_view(model_admin: Any, request: HttpRequest, one: int, other: int) -> HttpResponse:
    """Both side by side, and what a merge will do once `keep` names the one that stays.

    A POST merges them. About fifteen queries to show, however many records refer to them.
    """
    if not request.user.has_perms(PERMISSIONS):
        raise PermissionDenied
    both = _both(model_admin, request, one, other)
    is_sent = request.method == "POST"
    keep = (request.POST if is_sent else request.GET).get("keep")
    kept = next((record for record in both if str(record.pk) == keep), None)
    old = None if kept is None else both[1 - both.index(kept)]
    problems: list[str] = []
    if kept is None or old is None:
        if is_sent or keep is not None:
            problems = [gettext("Choose which of the two stays.")]
    else:
        try:
            if is_sent:
                return _merge(model_admin, request, old, kept, both)
            merging.check(old, kept)
        except ValidationError as error:
            problems = error.messages
    context = {
        **model_admin.admin_site.each_context(request),
        "title": gettext("Merge two enterprises"),
        "opts": model_admin.opts,
        "both": both,
        "versions": _versions(both),
        "kept": kept,
        "old": old,
        "problems": problems,
        "rows": list(_rows(both, old, kept)),
    }
    return TemplateResponse(request, "admin/projects/enterprise/merge.html", context)


def _both(model_admin: Any, request: HttpRequest, one: int, other: int) -> list[Enterprise]:
    for key in (one, other):
        model_admin.check_key(str(key))
    records = model_admin.get_queryset(request).select_related("area").prefetch_related("sources")
    both = list(records.filter(pk__in={one, other}).order_by("pk"))
    if len(both) != 2:
        raise Http404
    return both


def _merge(
    model_admin: Any,
    request: HttpRequest,
    old: Enterprise,
    kept: Enterprise,
    both: list[Enterprise],
) -> HttpResponse:
    if request.POST.get("versions") != _versions(both):
        raise ValidationError(
            gettext("One of them has changed since this page was shown: check both again.")
        )
    with transaction.atomic():
        model_admin.log_deletions(request, model_admin.get_queryset(request).filter(pk=old.pk))
        merged = merging.merge(old, kept, request.user)
        sentence = gettext("Merged “%(old)s” into “%(into)s”.") % {
            "old": old.code,
            "into": kept.code,
        }
        model_admin.log_change(request, merged.into, sentence)
    messages.success(request, sentence)
    return redirect("admin:projects_enterprise_change", merged.into.pk)


def _versions(both: Sequence[Enterprise]) -> str:
    """The versions of both, which the form sends back."""
    return " ".join(str(record.version) for record in both)


def _rows(
    both: Sequence[Enterprise], old: Enterprise | None, kept: Enterprise | None
) -> Iterator[Compared]:
    result: Enterprise | None = None
    sources: Sequence[Source] = ()
    if old is not None and kept is not None:
        result, sources = merging.united(old, kept)
    for name in COMPARED:
        values = [display_field(record, name) for record in both]
        yield Compared(_label(name), values, display_field(result, name) if result else "")
    values = [join_list(record.sources.all()) for record in both]
    yield Compared(_label("sources"), values, join_list(sources))
    for label, column in ((_("projects led"), "enterprise"), (_("partner in"), "partners")):
        named = [Project.objects.filter(**{column: record}) for record in both]
        # A project in which both take part counts once, and its lead is no partner as well.
        all_named = Project.objects.filter(**{f"{column}__in": both}).distinct()
        if column == "partners":
            all_named = all_named.exclude(enterprise__in=both)
        counts = [display_value(found.count()) for found in named]
        after = display_value(all_named.count()) if result else ""
        yield Compared(capfirst(str(label)), counts, after)
    values = [display_value(record.updated_at) for record in both]
    yield Compared(_label("updated_at"), values)


def _label(name: str) -> str:
    return capfirst(str(Enterprise._meta.get_field(name).verbose_name))
