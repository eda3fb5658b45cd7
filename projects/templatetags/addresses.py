"""Links that keep the active filters, and the navigation of the site."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import QueryDict
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from projects.i18n import amount_units, languages
from projects.models.registry import listed_models
from projects.review import queue

register = template.Library()

# Pages in the menu besides the lists, by menu position.
SECTIONS = {4: ("totals", _("Totals"))}
# In the menu of staff only.
STAFF_SECTIONS = (("imports", _("Import")),)


@register.simple_tag(takes_context=True)
def sections(context: Any) -> list[dict[str, Any]]:
    """The main menu. `current` is for aria-current: "page", or "true" for a page below it.

    Error pages are rendered without a request; then none is current. For staff who see
    drafts, Review has the number of waiting items: at most four queries, none for visitors.
    """
    path = context["request"].path if "request" in context else ""
    found = []
    user = context.get("user")
    places = SECTIONS | {
        model.register.menu_position: (model.register.plural, model._meta.verbose_name_plural)
        for model in listed_models()
    }
    staff = STAFF_SECTIONS if getattr(user, "is_staff", False) else ()
    for name, label in [*(places[place] for place in sorted(places)), *staff]:
        found.append(_section(path, name, label))
    if queue.model_names_of(user):
        found.append({**_section(path, "review", _("Review")), "waiting": queue.count(user)})
    return found


def _section(path: str, name: str, label: Any) -> dict[str, Any]:
    href = reverse(name)
    current = "page" if path == href else "true" if path.startswith(href) else ""
    return {"href": href, "label": capfirst(str(label)), "current": current}


@register.simple_tag(takes_context=True)
def versions(context: Any) -> list[languages.LanguageVersion]:
    """The page in each language. Error pages, rendered without a request, provide them."""
    if "versions" in context:
        return context["versions"]
    return languages.language_versions(context["request"]) if "request" in context else []


@register.simple_tag(takes_context=True)
def choices_of_units(context: Any) -> list[dict[str, Any]]:
    """Links to the same page with other units of amounts; empty if it has no amounts."""
    request = context.get("request")
    match = getattr(request, "resolver_match", None)
    if match is None or match.view_name not in amount_units.WITH_AMOUNTS or request.method != "GET":
        return []
    if request.GET and not languages.query_string(request):
        return []
    return [
        {
            "label": label,
            "href": query_with(context, units=choice),
            "is_current": choice == amount_units.current(),
        }
        for choice, label in amount_units.CHOICES.items()
    ]


@register.simple_tag
def language_tag() -> str:
    """The language of the page, for `lang`."""
    return languages.language_tag()


@register.simple_tag(takes_context=True)
def query_with(context: Any, **changes: Any) -> str:
    """The address of the same page with other parameters, on the first page of its list."""
    query = QueryDict(mutable=True)
    for name, values in context["request"].GET.lists():
        if name not in changes and name not in ("page", "facet", "facet_search"):
            query.setlist(name, [value for value in values if value.strip()])
    for name, value in changes.items():
        query[name] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag
def list_with(href: str, **changes: str) -> str:
    """The address of a list with some parameters replaced."""
    path, _mark, query_string = href.partition("?")
    query = QueryDict(query_string, mutable=True)
    for name, value in changes.items():
        query[name] = value
    return f"{path}?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def sorting(context: Any, column: str, first: str = "") -> dict[str, str]:
    """For a column heading: how the column is sorted, and the address that sorts by it.

    `first` is "-" for columns that are sorted descending first. The address is empty if the
    list cannot be sorted by this column.
    """
    filterset = context["filterset"]
    default = filterset.DEFAULT_ORDERING
    now = context["request"].GET.get("ordering", "").strip() or default
    state = {column: "ascending", f"-{column}": "descending"}.get(now, "none")
    turned = {"ascending": f"-{column}", "descending": column}
    return {
        "column": column,
        "state": state,
        "href": query_with(context, ordering=turned.get(state, f"{first}{column}"))
        if column in filterset.filters["ordering"].extra["choices"]
        else "",
    }
