"""What a form keeps for the next one: a list of signings has one area and one source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.contrib import admin
from django.http import HttpRequest, HttpResponse


class KeepingAdmin(admin.ModelAdmin):
    """“Save and add another” leads to a form that begins with `kept_for_another`.

    What is kept stands in the address, as the admin takes initial values: it
    needs no script, outlives a reload, and is nothing that anybody else sees.
    """

    kept_for_another: Sequence[str] = ()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        # As it was chosen: what waits for review is not what the record says.
        request.kept_for_another = {
            name: _key_of(form.cleaned_data[name])
            for name in self.kept_for_another
            if form.cleaned_data.get(name)
        }

    def response_add(self, request: HttpRequest, obj: Any, *args: Any, **kwargs: Any) -> Any:
        return self._with_kept(request, super().response_add(request, obj, *args, **kwargs))

    def response_change(self, request: HttpRequest, obj: Any) -> Any:
        return self._with_kept(request, super().response_change(request, obj))

    def _with_kept(self, request: HttpRequest, answer: HttpResponse) -> HttpResponse:
        if "_addanother" not in request.POST or "Location" not in answer.headers:
            return answer
        parts = urlsplit(answer.headers["Location"])
        # Django leaves in it what the form itself began with.
        others = [pair for pair in parse_qsl(parts.query) if pair[0] not in self.kept_for_another]
        query = urlencode([*others, *request.kept_for_another.items()], safe=",")
        answer.headers["Location"] = urlunsplit(parts._replace(query=query))
        return answer


def _key_of(chosen: Any) -> str:
    """A record, or several, as an address of the admin names them; other values as they are."""
    if hasattr(chosen, "pk"):
        return str(chosen.pk)
    if isinstance(chosen, str):
        return chosen
    return ",".join(str(one.pk) for one in chosen)
