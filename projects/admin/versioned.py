"""Admin pages that save the version of a record that they showed, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext

from projects import history

from .base import BaseAdmin
from .edit_conflicts import VersionedModelForm, sent_in_words


class VersionedAdmin(BaseAdmin):
    """An admin whose pages lock the record from comparing versions until it is written."""

    form = VersionedModelForm
    change_form_template = "admin/projects/change_form.html"

    # On the next attempt the form reports what another request has changed or deleted meanwhile.
    @history.retry_on_deadlock(IntegrityError, ValidationError)
    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        if request.method != "POST" or object_id is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic():
            self.lock(object_id)
            return super().changeform_view(request, object_id, form_url, extra_context)

    def lock(self, object_id: str, *, to_delete: bool = False) -> None:
        """Lock the record with this key until the transaction ends, if there is one."""
        try:
            key = self.opts.pk.to_python(unquote(object_id))
        except ValidationError:
            return
        history.lock(self.model._base_manager.filter(pk=key), to_delete=to_delete)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        formsets = [inline.formset for inline in context["inline_admin_formsets"]]
        context["differences"] = [
            one
            for form in (context["adminform"].form, *formsets)
            for one in getattr(form, "differences", ())
        ]
        return super().render_change_form(request, context, *args, **kwargs)

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponse:
        """For a form of a record that was deleted: what was typed, to be copied."""
        if request.method != "POST" or not self.has_view_or_change_permission(request):
            return super()._get_obj_does_not_exist_redirect(request, opts, object_id)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Not saved: this record no longer exists"),
            "opts": opts,
            "typed": list(self._typed(request)),
            "deletion": self.last_deletion(request, unquote(object_id)),
        }
        return TemplateResponse(request, "admin/projects/gone.html", context, status=410)

    def _typed(self, request: HttpRequest) -> Iterator[tuple[str, str]]:
        form = self.get_form(request, None, change=True)
        yield from sent_in_words(form.base_fields, request.POST)
        for formset_class, inline in self.get_formsets_with_inlines(request):
            formset = formset_class(request.POST, prefix=formset_class.get_default_prefix())
            label = capfirst(str(inline.model._meta.verbose_name))
            for index, row in enumerate(formset.forms, 1):
                # An empty row is submitted with the initial values of its fields.
                if row.has_changed():
                    words = sent_in_words(row.fields, formset.data, f"{row.prefix}-")
                    yield from ((f"{label} {index}: {name}", word) for name, word in words)

    def last_deletion(self, request: HttpRequest, key: str) -> dict[str, str] | None:
        """Who deleted a record and when, as in `last_change`; None where the user may not know."""
        return None
