"""The admin of what is reviewed: a save becomes a publication, a draft, or a proposal."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from projects import review
from projects.models import Proposal, permissions
from projects.models.base import ReviewedModel

from .sector_shares import SharesFormSet
from .versioned import VersionedRecordAdmin


class ReviewingAdmin(VersionedRecordAdmin):
    """What somebody saves whose word needs review is kept as a draft, or beside what is published.

    What becomes of a page stands in `request.submitted`, so that the answer says it.
    """

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_form(request, obj, **kwargs).of_user(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self._is_in_reach(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self._is_in_reach(request, obj)

    @staticmethod
    def _is_in_reach(request: HttpRequest, record: Any) -> bool:
        # Of a form that was sent the record is as typed; what it was, the form asks.
        return record is None or record.pk is None or permissions.in_scope(request.user, record)

    # Writing

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not review.is_proposal(request.user, obj):
            super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        record = form.instance
        if not review.is_proposal(request.user, record):
            super().save_related(request, form, formsets, change)
            request.submitted = review.Submitted(record)
            return
        links = {
            field.name: form.cleaned_data[field.name]
            for field in record._meta.many_to_many
            if field.name in form.cleaned_data
        }
        for formset in formsets:
            if isinstance(formset, SharesFormSet):
                links["sectors"] = formset.shares()
            else:
                # Records of their own.
                self.save_formset(request, form, formset, change)
        request.submitted = review.submit(request.user, record, **links)

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        if getattr(request, "submitted", None) and request.submitted.is_proposal:
            return "proposed"
        return super().construct_change_message(request, form, formsets, add)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        request.submitted = review.remove(request.user, obj)

    def message_user(
        self,
        request: HttpRequest,
        message: Any,
        level: Any = messages.INFO,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        submitted = getattr(request, "submitted", None)
        if submitted is not None and level == messages.SUCCESS:
            message, level = self._said_of(submitted, message)
        super().message_user(request, message, level, *args, **kwargs)
        if any(
            (part.record.pk and part.record.is_draft) or part.proposal
            for part in self.parts_of(request)
        ):
            sentence = _("The rows that you entered or changed below are waiting for review.")
            super().message_user(request, sentence, messages.WARNING, *args, **kwargs)

    @staticmethod
    def parts_of(request: HttpRequest) -> list[review.Submitted]:
        """What became of records that were saved on the page of another one."""
        if not hasattr(request, "submitted_parts"):
            request.submitted_parts = []
        return request.submitted_parts

    @staticmethod
    def _said_of(submitted: review.Submitted, message: Any) -> tuple[Any, Any]:
        if submitted.is_proposal:
            if submitted.proposal is None:
                return _("What is published here was not changed."), messages.INFO
            return (
                format_html(
                    '{} <a href="{}">{}</a>',
                    _(
                        "This is waiting for review. The published version stays until it is "
                        "accepted."
                    ),
                    submitted.proposal.get_absolute_url(),
                    _("The proposal"),
                ),
                messages.WARNING,
            )
        record = submitted.record
        if isinstance(record, ReviewedModel) and record.is_draft and record.pk is not None:
            return (
                format_html("{} {}", message, _("It is a draft until somebody else publishes it.")),
                messages.SUCCESS,
            )
        return message, messages.SUCCESS

    # Showing

    def render_change_form(
        self,
        request: HttpRequest,
        context: Any,
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        if obj is not None and review.is_proposal(request.user, obj):
            context["is_proposal"] = self.has_change_permission(request, obj)
            context["open_proposal"] = (
                Proposal.objects.open().of(obj).filter(user=request.user).first()
            )
        return super().render_change_form(request, context, add, change, form_url, obj)
