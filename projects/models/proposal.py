"""Proposed changes to published records, and returned drafts."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from . import permissions
from .fields import user_field
from .import_batch import ImportBatch
from .registry import REVIEWED, plurals, reviewed_models

Reviewed = plurals("Reviewed", reviewed_models())


class ProposalKind(models.TextChoices):
    CHANGE = "change", pgettext_lazy("proposal", "change")
    DELETION = "deletion", pgettext_lazy("proposal", "deletion")


class ProposalState(models.TextChoices):
    OPEN = "open", pgettext_lazy("state of a proposal", "waits for review")
    ACCEPTED = "accepted", pgettext_lazy("state of a proposal", "accepted")
    RETURNED = "returned", pgettext_lazy("state of a proposal", "returned")
    WITHDRAWN = "withdrawn", pgettext_lazy("state of a proposal", "withdrawn")


class ProposalQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """The user's own proposals, and those about records whose drafts the user may see."""
        if permissions.has_full_access(user):
            return self.all()
        if user is None or not user.is_authenticated:
            return self.none()
        seen = Q(user=user)
        for model_name, model in REVIEWED.items():
            if not permissions.can_see_drafts(user, model):
                continue
            of_model = Q(model_name=model_name)
            if limit := permissions.in_allowed_areas(model, user):
                of_model &= Q(record_id__in=model._base_manager.filter(limit).values("pk"))
            seen |= of_model
        return self.filter(seen)

    def open(self) -> Self:
        return self.filter(state=ProposalState.OPEN)

    def of(self, record: Any) -> Self:
        return self.filter(model_name=record.register.plural, record_id=record.pk)


class Proposal(models.Model):
    """One row is a change or deletion of one published record that a user proposes.

    `changes` and `before` are fields in the API's format: the proposed values, and the
    values of `version`, when it was proposed. The record is not changed until somebody
    else accepts. A user has at most one open proposal about a record; further changes
    are added to it. `key` names the record in case it is deleted.
    """

    model_name = models.CharField(_("kind of record"), max_length=20, choices=Reviewed)
    record_id = models.BigIntegerField()
    key = models.CharField(_("record"), max_length=600)
    kind = models.CharField(_("kind"), max_length=10, choices=ProposalKind)
    changes = models.JSONField(default=dict, blank=True)
    before = models.JSONField(default=dict, blank=True)
    version = models.PositiveIntegerField()
    state = models.CharField(
        _("state"), max_length=10, choices=ProposalState, default=ProposalState.OPEN
    )
    user = user_field(_("proposed by"), related_name="proposals")
    batch = models.ForeignKey(
        ImportBatch, models.SET_NULL, null=True, related_name="proposals", verbose_name=_("import")
    )
    reviewer = user_field(_("reviewer"))
    reason = models.TextField(_("reason"), blank=True)
    created_at = models.DateTimeField(_("proposed at"), default=timezone.now)
    updated_at = models.DateTimeField(_("updated at"), default=timezone.now)
    decided_at = models.DateTimeField(_("decided at"), null=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ["-pk"]
        # Users who may write the record may propose changes.
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["model_name", "record_id", "user"],
                condition=Q(state="open"),
                name="proposal_open_once",
                violation_error_message=_("This person has an open proposal about this record."),
            )
        ]
        indexes = [
            models.Index(fields=["model_name", "record_id", "state"], name="proposal_record")
        ]

    def __str__(self) -> str:
        return self.key

    def get_absolute_url(self) -> str:
        return reverse("proposal", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state == ProposalState.OPEN

    @property
    def model(self) -> Any:
        return REVIEWED[self.model_name]

    @property
    def code(self) -> str:
        """The code of the record; empty for receipts, which have none."""
        return self.key.partition(": ")[0] if hasattr(self.model, "code") else ""

    @property
    def name(self) -> str:
        """The name of the record when the change was proposed."""
        return self.key.removeprefix(f"{self.code}: ")


class ReturnedDraft(models.Model):
    """One row is the return of one version of a draft to its author, with the reason.

    An edited draft has another version, and waits for review again.
    """

    model_name = models.CharField(max_length=20, choices=Reviewed)
    record_id = models.BigIntegerField()
    version = models.PositiveIntegerField()
    reason = models.TextField(_("reason"))
    reviewer = user_field(_("reviewer"))
    returned_at = models.DateTimeField(_("returned at"), default=timezone.now)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["model_name", "record_id", "version"],
                name="returneddraft_once",
                violation_error_message=_("This version of the draft has already been returned."),
            )
        ]

    def __str__(self) -> str:
        return self.reason
