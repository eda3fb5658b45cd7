"""Admin pages that save the version of a record that they showed, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext

from projects import history

from .edit_conflicts import VERSION, VersionedModelForm, last_change, sent_in_words


class VersionedAdmin(admin.ModelAdmin):
    """An admin whose pages lock the record from comparing versions until it is written."""

    form = VersionedModelForm
    change_form_template = "admin/projects/change_form.html"

    # On the second attempt the form explains what another write has taken or deleted meanwhile.
    @history.retry_on_deadlock(IntegrityError)
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
            noun = capfirst(str(inline.model._meta.verbose_name))
            for index, row in enumerate(formset.forms, 1):
                # An empty row is submitted with the initial values of its fields.
                if row.has_changed():
                    words = sent_in_words(row.fields, formset.data, f"{row.prefix}-")
                    yield from ((f"{noun} {index}: {label}", word) for label, word in words)

    def last_deletion(self, request: HttpRequest, key: str) -> dict[str, str] | None:
        """Who deleted a record and when, as in `last_change`; None where the user may not know."""
        return None


class VersionedRecordAdmin(VersionedAdmin):
    """The same for records with a version, whose saves and deletions leave rows of history."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        # Its links are saved after it: the row of history waits for them, in `save_related`.
        form.finish_recording = history.defer_history(obj)
        history.write(obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        form.finish_recording()
        if connection.features.has_select_for_update:
            # Otherwise PostgreSQL checks references at the end of the transaction, when the
            # answer has been given already.
            connection.check_constraints()

    # Deleting

    @history.retry_on_deadlock()
    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        if request.method != "POST":
            return super().delete_view(request, object_id, extra_context)
        with transaction.atomic():
            self.lock(object_id, to_delete=True)
            record = self.get_object(request, unquote(object_id))
            if (
                record is not None
                and self.has_delete_permission(request, record)
                and request.POST.get(VERSION) != str(record.version)
            ):
                sentence = gettext(
                    "Not deleted: %(who)s changed this at %(when)s, after you opened the page. "
                    "Check it again."
                )
                messages.error(request, sentence % last_change(self.model, record.pk))
                return HttpResponseRedirect(request.get_full_path())
            return super().delete_view(request, object_id, extra_context)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        obj._history_user = request.user
        history.delete(obj)

    @history.retry_on_deadlock()
    def response_action(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        try:
            with transaction.atomic():
                return super().response_action(request, queryset)
        except (history.ConflictError, history.StillReferencedError):
            sentence = gettext(
                "Nothing was deleted: some of these were changed or deleted after you opened the "
                "page. Select them again."
            )
            messages.error(request, sentence)
            return HttpResponseRedirect(request.get_full_path())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        shown = set(request.POST.get(VERSION, "").split())
        rows = self.model._base_manager.filter(pk__in=[record.pk for record in queryset])
        records = history.lock(rows, to_delete=True)
        if {f"{record.pk}:{record.version}" for record in records} != shown:
            raise history.ConflictError
        for record in records:
            self.delete_model(request, record)
