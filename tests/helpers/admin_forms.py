"""What a browser would send from the admin's forms."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.forms import BoundField
from django.test import Client
from django.urls import reverse

from projects.models import AuditEntry, ImportBatch

# Models without forms in the admin.
READ_ONLY = {AuditEntry, ImportBatch}


def sent(response: Any, **changes: Any) -> dict[str, Any]:
    """The data of the form on the page of `response`, with `changes`.

    A change of None leaves the field empty. Rows of inlines are named by their
    prefix: `**{"shares-0-sector": 1}`.
    """
    forms = [response.context["adminform"].form]
    for inline in response.context.get("inline_admin_formsets", []):
        forms += [inline.formset.management_form, *inline.formset.forms]
    data: dict[str, Any] = {}
    for form in forms:
        for name in form.fields:
            data |= _of(form[name])
    return {name: value for name, value in (data | changes).items() if value is not None}


def page_of(record: Any, page: str = "change") -> str:
    return reverse(f"admin:projects_{record._meta.model_name}_{page}", args=[record.pk])


def hidden(page: Any) -> dict[str, list[str]]:
    """The values of the page's hidden inputs, by name."""
    inputs = re.findall(
        r'<input type="hidden" name="([^"]*)" value="([^"]*)"', page.content.decode()
    )
    data: dict[str, list[str]] = {}
    for name, value in inputs:
        data.setdefault(name, []).append(unescape(value))
    return data


def delete(client: Client, record: Any) -> Any:
    """Open the confirmation page for deleting `record`, and confirm."""
    address = page_of(record, "delete")
    return client.post(address, hidden(client.get(address)))


def delete_selected(client: Client, records: Any, **changes: Any) -> Any:
    """Open the confirmation page for deleting `records` of one model, and confirm."""
    address = reverse(f"admin:projects_{records[0]._meta.model_name}_changelist")
    chosen = {"action": "delete_selected", "_selected_action": [record.pk for record in records]}
    return client.post(address, hidden(client.post(address, chosen)) | changes)


def _of(field: BoundField) -> dict[str, Any]:
    value = field.field.prepare_value(field.value())
    data = {field.html_name: value if value is not False else None}
    if field.field.show_hidden_initial:
        data[field.html_initial_name] = field.field.prepare_value(field.initial)
    if hasattr(field.field.widget, "reading"):
        reading = field.field.widget.reading
        data[f"{field.html_name}-shown"] = reading.key if reading else ""
    return data


def errors(response: Any) -> dict[str, list[str]]:
    """The errors of the form on the page, by field as it is named there."""
    form = response.context["adminform"].form
    found = {name: list(messages) for name, messages in form.errors.items()}
    for inline in response.context["inline_admin_formsets"]:
        formset = inline.formset
        for row in formset.forms:
            found |= {row.add_prefix(name): list(said) for name, said in row.errors.items()}
        if formset.non_form_errors():
            found[formset.prefix] = list(formset.non_form_errors())
    return found


def confirmations(response: Any) -> str:
    """What the page asks the user to confirm."""
    return " ".join(response.context["confirmations"])
