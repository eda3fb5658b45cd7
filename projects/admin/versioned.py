"""The admin's pages that write: of the version that they show, or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.checks import ModelAdminChecks
from django.contrib.admin.utils import unquote
from django.core import checks
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext

from projects import history

from .edit_conflicts import (
    SEEN,
    MeetingForm,
    PartsFormSet,
    RecordsFormSet,
    number_of_rows,
    said,
    said_at,
    said_by,
)


class MeetingChecks(ModelAdminChecks):
    """Nothing of a record is written by a form that does not know which version was seen."""

    def check(self, admin_obj: Any, **kwargs: Any) -> list[Any]:
        return [*super().check(admin_obj, **kwargs), *self._check_versions(admin_obj)]

    @staticmethod
    def _check_versions(admin_obj: Any) -> Iterable[checks.CheckMessage]:
        if admin_obj.list_editable:
            yield checks.Error(
                "The rows of a list carry no version: 'list_editable' would write over what "
                "somebody else wrote.",
                obj=admin_obj.__class__,
                id="projects.E001",
            )
        if not issubclass(admin_obj.form, MeetingForm):
            yield checks.Error(
                "'form' must be a MeetingForm, which carries the version that it shows.",
                obj=admin_obj.__class__,
                id="projects.E002",
            )
        # Of what has no version, the form's digest knows the rows as well.
        inlines = admin_obj.inlines if hasattr(admin_obj.model, "version") else ()
        for inline in inlines:
            kind = RecordsFormSet if hasattr(inline.model, "history") else PartsFormSet
            if not issubclass(inline.formset, kind):
                yield checks.Error(
                    f"'formset' must be a {kind.__name__}, which carries versions.",
                    obj=inline,
                    id="projects.E003",
                )


class MeetingPages(admin.ModelAdmin):
    """An admin whose pages hold the record while they compare and write.

    What `MeetingForm` and its formsets compare cannot change until the
    transaction of the page ends.
    """

    checks_class = MeetingChecks
    form = MeetingForm
    change_form_template = "admin/projects/change_form.html"

    # What another write took or deleted meanwhile, the form says when it is asked again.
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
            self.hold(object_id)
            return super().changeform_view(request, object_id, form_url, extra_context)

    def hold(self, object_id: str, *, to_delete: bool = False) -> None:
        """Hold the record of an address until the transaction ends, if there is one."""
        try:
            key = self.opts.pk.to_python(unquote(object_id))
        except ValidationError:
            return
        history.lock(self.model._base_manager.filter(pk=key), to_delete=to_delete)

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponse:
        """What was typed into the page of a record that is gone, so that it can be copied."""
        if request.method != "POST" or not self.has_view_or_change_permission(request):
            return super()._get_obj_does_not_exist_redirect(request, opts, object_id)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Not saved: this does not stand any more"),
            "opts": opts,
            "typed": list(self._typed(request)),
            "last": self._last_of(request, object_id),
        }
        return TemplateResponse(request, "admin/projects/gone.html", context, status=410)

    def _typed(self, request: HttpRequest) -> Iterable[tuple[str, str]]:
        """What was sent of each field, and of each row below, in words; what is empty is left out.

        A query for each link that was chosen.
        """
        sent = [("", self.get_form(request, None, change=True), "")]
        for rows, inline in self.get_formsets_with_inlines(request):
            prefix = rows.get_default_prefix()
            title = capfirst(str(inline.model._meta.verbose_name))
            sent += [
                (f"{prefix}-{index}-", rows.form, f"{title} {index + 1}: ")
                for index in range(number_of_rows(request.POST, prefix))
            ]
        for prefix, form, title in sent:
            blank = form()
            for name, one in blank.fields.items():
                value = one.widget.value_from_datadict(request.POST, {}, prefix + name)
                # An empty row is sent with what its fields begin with.
                is_typed = value and not (title and value == blank[name].initial)
                words = said(one, value) if is_typed else "—"
                if words != "—" and not one.widget.is_hidden:
                    yield f"{title}{capfirst(str(one.label))}", words

    def _last_of(self, request: HttpRequest, object_id: str) -> Any:
        try:
            key = self.opts.pk.to_python(unquote(object_id))
        except ValidationError:
            return None
        return self.deletion_of(request, key)

    def deletion_of(self, request: HttpRequest, key: Any) -> Any:
        """The row of history that says who deleted a record, where the person may know it."""
        return None


class MeetingAdmin(MeetingPages):
    """The same of records with a version, whose saves and deletions are rows of their history."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        # Its links are saved after it: the row of history waits for them, in `save_related`.
        form.finish_recording = history.defer_history(obj)
        history.write(obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        form.finish_recording()
        if connection.features.has_select_for_update:
            # That what is referred to is still there is asked here, and not at the end of the
            # transaction, when the page has been told that all is saved.
            connection.check_constraints()

    # Deleting

    @history.retry_on_deadlock()
    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        if request.method != "POST":
            return super().delete_view(request, object_id, extra_context)
        with transaction.atomic():
            self.hold(object_id, to_delete=True)
            record = self.get_object(request, unquote(object_id))
            if (
                record is not None
                and self.has_delete_permission(request, record)
                and request.POST.get(SEEN) != str(record.version)
            ):
                last = self.model.history.filter(id=record.pk).select_related("history_user")
                by, at = said_by(last.first())
                sentence = gettext(
                    "Not deleted: this was changed after you opened the page, last by %(who)s at "
                    "%(when)s. Look at it again."
                )
                messages.error(request, sentence % {"who": by, "when": said_at(at)})
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
                "page. Look at them again."
            )
            messages.error(request, sentence)
            # Without the word that it is meant, the same page asks once more.
            asked = request.POST.copy()
            asked.pop("post", None)
            request.POST = asked
            return super().response_action(request, queryset)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        seen = set(request.POST.get(SEEN, "").split())
        rows = self.model._base_manager.filter(pk__in=[record.pk for record in queryset])
        records = history.lock(rows, to_delete=True)
        if {f"{record.pk}:{record.version}" for record in records} != seen:
            raise history.ConflictError
        for record in records:
            self.delete_model(request, record)
