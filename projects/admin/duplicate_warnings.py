"""Warnings for possible duplicates, while a name is typed and after it was saved."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import Media
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, pgettext

from projects.data_quality.duplicates import PossibleDuplicate, possible_duplicates

from .forms import DUPLICATE_FIELDS
from .live_checks import LiveCheck, read_key, read_text

# As long as a name may be.
MAX_LENGTH = 500
MEDIA = Media(
    css={"screen": ["projects/admin_duplicates.css"]},
    js=["projects/admin_requests.js", "projects/admin_duplicates.js"],
)


def _answer(model_admin: Any, request: HttpRequest) -> dict[str, Any]:
    """The records that the typed names and social credit code may mean."""
    typed = {name: read_text(request.GET, name, MAX_LENGTH) for name in DUPLICATE_FIELDS}
    found = possible_duplicates(
        request.user,
        model_admin.model,
        [typed["name"], typed["name_zh"]],
        code=typed["uscc"],
        exclude=read_key(request.GET, "exclude"),
    )
    rows = [{"label": _label(one), "address": _address(one)} for one in found]
    return {"sentence": _sentence(found) if found else "", "found": rows}


DUPLICATES = LiveCheck("duplicates", _answer, MEDIA)


def warn_of_duplicates(request: HttpRequest, form: Any) -> None:
    """Warn if the saved record resembles others, where a name or code was typed."""
    record = form.instance
    if not set(form.changed_data).intersection(DUPLICATE_FIELDS):
        return
    found = possible_duplicates(
        request.user,
        type(record),
        [record.name, record.name_zh],
        code=getattr(record, "uscc", ""),
        exclude=record.pk,
    )
    if found:
        parting = pgettext("between clauses", "; ")
        addresses = ((_address(one), _label(one)) for one in found)
        links = format_html_join(parting, '<a href="{}" target="_blank">{}</a>', addresses)
        messages.warning(request, format_html("{} {}", _sentence(found), links))


def _address(one: PossibleDuplicate) -> str:
    model = one.record._meta.model_name
    return reverse(f"admin:projects_{model}_change", args=[one.record.pk])


def _label(one: PossibleDuplicate) -> str:
    record = one.record
    both = " ".join(dict.fromkeys(filter(None, (record.name, record.name_zh))))
    return both + pgettext("in passing", " (%(text)s)") % {"text": record.code}


def _sentence(found: list[PossibleDuplicate]) -> str:
    if found[0].has_same_code:
        return gettext("This social credit code is in the register already:")
    return gettext("Is it already in the register? Similar names:")
