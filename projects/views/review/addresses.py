"""Addresses of records: public page, review page, admin."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from projects.models import Headline, Receipt


def page_of(record: Any) -> str:
    """The address of the public page that shows a record; empty for models without one.

    Receipts are on the page of their project, headlines on that of their source: a
    query if that has not been read.
    """
    if isinstance(record, Receipt):
        return f"{record.project.get_absolute_url()}#received"
    if isinstance(record, Headline):
        return f"{record.source.get_absolute_url()}#headline-{record.pk}"
    return record.get_absolute_url() if hasattr(record, "get_absolute_url") else ""


def review_of(record: Any) -> str:
    """The address of the review page of a draft."""
    return reverse("review-draft", args=[record.register.plural, record.pk])


def admin_of(record: Any, action: str = "change") -> str:
    return reverse(f"admin:projects_{record._meta.model_name}_{action}", args=[record.pk])
