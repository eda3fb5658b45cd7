"""The admin of the models of the register: review, history, deletion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import QuerySet
from django.forms import Media
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, URLPattern, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from simple_history.admin import SimpleHistoryAdmin

from projects import history, review
from projects.history.diff import changes
from projects.models import Proposal, permissions
from projects.models.base import ReviewedModel

from .add_another import keep_values
from .deletion import delete_selected, named_references
from .edit_conflicts import VERSION, last_change
from .forms import RegisterForm
from .live_checks import LiveCheck
from .sector_shares import SharesFormSet
from .versioned import VersionedAdmin


class RegisterAdmin(VersionedAdmin, SimpleHistoryAdmin):
    """The admin of a model of the register.

    A save publishes a record or makes a draft or a proposal, as `review.submit` decides by the
    user. Each save or deletion leaves one row of history.
    """

    form = RegisterForm
    # In place of Django's action of this name.
    actions = [delete_selected]
    object_history_list_template = "admin/projects/history_list.html"
    # The fields with whose values the next form begins after “Save and add another”.
    kept_for_another: Sequence[str] = ()
    live_checks: Sequence[LiveCheck] = ()

    @property
    def media(self) -> Media:
        own = Media(css={"screen": ["projects/admin_forms.css"]}, js=["projects/admin_rows.js"])
        return sum((check.media for check in self.live_checks), super().media + own)

    def get_urls(self) -> list[URLPattern]:
        checks = [check.url(self) for check in self.live_checks]
        # Without the library's page of one version: it shows the present links with the columns of
        # that version, and would restore the columns without their links.
        urls = [url for url in super().get_urls() if not str(url.name).endswith("_simple_history")]
        return checks + urls

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        ordering = self.get_ordering(request) or self.model._meta.ordering
        return self.model.objects.visible_to(request.user).order_by(*ordering)

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_form(request, obj, **kwargs).of_user(request.user)

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        """The address of the record's page: Django's redirect to it costs a query."""
        try:
            return obj.get_absolute_url() if hasattr(obj, "get_absolute_url") else None
        except NoReverseMatch:
            # In a form with errors, the record has the code that was typed.
            return None

    # Permissions

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self._in_scope(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self._in_scope(request, obj)

    @staticmethod
    def _in_scope(request: HttpRequest, record: Any) -> bool:
        return record is None or record.pk is None or permissions.in_scope(request.user, record)

    # Saving

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Do nothing: `save_related` writes the record with its links."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        links = form.chosen_links()
        records = []
        for formset in formsets:
            if isinstance(formset, SharesFormSet):
                links["sectors"] = formset.shares()
                formset.save()
            else:
                records.append(formset)
        form.submission = review.submit(request.user, form.instance, **links)
        self.report(request, form.submission)
        for formset in records:
            self.save_formset(request, form, formset, change)
        if connection.features.has_select_for_update:
            # Otherwise PostgreSQL checks references at the end of the transaction, when the
            # answer has been given already.
            connection.check_constraints()

    def report(self, request: HttpRequest, submission: review.Submitted) -> None:
        """Tell the user what became of a change that is not simply published."""
        if submission.proposal is not None:
            sentence = _(
                "This is waiting for review. The published version stays until it is accepted."
            )
            link = submission.proposal.get_absolute_url(), _("The proposal")
            messages.warning(request, format_html('{} <a href="{}">{}</a>', sentence, *link))
        elif submission.is_proposal:
            messages.info(request, _("You changed nothing in the published record."))
        elif isinstance(submission.record, ReviewedModel) and submission.record.is_draft:
            messages.info(request, _("It is a draft until somebody else publishes it."))

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        if form.submission.is_proposal:
            return "proposed"
        return super().construct_change_message(request, form, formsets, add)

    def response_add(self, request: HttpRequest, obj: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().response_add(request, obj, *args, **kwargs)
        return keep_values(request, response, self.get_form(request), self.kept_for_another)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        if IS_POPUP_VAR in request.POST or not review.is_proposal(request.user, obj):
            response = super().response_change(request, obj)
        # Django's message would be that the record was changed.
        elif "_continue" in request.POST:
            response = HttpResponseRedirect(request.get_full_path())
        elif "_addanother" in request.POST:
            response = HttpResponseRedirect(reverse(self._url_name("add")))
        else:
            response = self.response_post_save_change(request, obj)
        return keep_values(request, response, self.get_form(request, obj), self.kept_for_another)

    def _url_name(self, page: str) -> str:
        return f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}"

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        formsets = [inline.formset for inline in context["inline_admin_formsets"]]
        forms = [context["adminform"].form, *(form for rows in formsets for form in rows.forms)]
        context["confirmations"] = [
            form.confirmation for form in forms if getattr(form, "confirmation", "")
        ]
        if obj is not None and review.is_proposal(request.user, obj):
            context["is_proposal"] = self.has_change_permission(request, obj)
            proposals = Proposal.objects.open().of(obj)
            context["open_proposal"] = proposals.filter(user=request.user).first()
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    # Deleting

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What would be deleted, and what refers to it. Its parts are kept in its history."""
        found, counts, lacking, _protected = super().get_deleted_objects(objs, request)
        return found, counts, lacking, named_references(list(objs), request.user)

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
                sentence = _(
                    "Not deleted: %(who)s changed this at %(when)s, after you opened the page. "
                    "Check it again."
                )
                messages.error(request, sentence % last_change(self.model, record.pk))
                return HttpResponseRedirect(request.get_full_path())
            return super().delete_view(request, object_id, extra_context)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        submission = review.remove(request.user, obj)
        if submission.is_proposal:
            self.report(request, submission)

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: Any) -> HttpResponse:
        is_proposed = self.model._base_manager.filter(pk=obj_id).exists()
        if is_proposed and IS_POPUP_VAR not in request.POST:
            # Django's message would be that the record was deleted.
            return HttpResponseRedirect(reverse(self._url_name("changelist")))
        return super().response_delete(request, obj_display, obj_id)

    # History

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        key = unquote(object_id)
        self.check_key(key)
        is_visible = (
            not issubclass(self.model, ReviewedModel)
            or self.get_queryset(request).filter(pk=key).exists()
        )
        if not is_visible and self.last_deletion(request, key) is None:
            raise Http404
        return super().history_view(request, object_id, extra_context)

    def last_deletion(self, request: HttpRequest, key: str) -> dict[str, str] | None:
        if issubclass(self.model, ReviewedModel):
            rows = review.deleted(request.user, self.model)
        else:
            rows = self.model.history.filter(history_type="-")
        try:
            is_deleted = rows.filter(id=self.opts.pk.to_python(key)).exists()
        except ValidationError:
            return None
        return last_change(self.model, key) if is_deleted else None

    def set_history_delta_changes(
        self, request: HttpRequest, historical_records: Any, foreign_keys_are_objs: bool = True
    ) -> None:
        """Changes with their links, at a cost that does not grow with the rows of the page."""
        rows = list(historical_records)
        for row, changed in zip(rows, changes(self.model, rows), strict=True):
            row.history_delta_changes = changed
