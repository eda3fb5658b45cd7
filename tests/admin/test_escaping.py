"""Typed values are escaped on the admin's pages and in its messages."""

import pytest
from django.contrib import admin
from django.forms import CharField, URLField
from django.urls import reverse

from projects.models import Source
from tests.factories import make_source
from tests.helpers.admin_forms import READ_ONLY, delete, errors, page_of, sent
from tests.helpers.html_structure import check_escaped, check_same
from tests.helpers.injection import harmless
from tests.helpers.selection import every_nth
from tests.helpers.site_urls import make_register
from tests.helpers.xss_texts import ADDRESSES, SCRIPTS

pytestmark = pytest.mark.django_db

MODELS = [
    model
    for model in admin.site._registry
    if model._meta.app_label == "projects" and model not in READ_ONLY
]


@pytest.fixture
def scripts(rounds):
    return SCRIPTS[:: len(SCRIPTS) // rounds(3, len(SCRIPTS))]


def typed(page, text):
    """The form of a page as it stands, with `text` in each of its fields of text."""
    fields = page.context["adminform"].form.fields
    texts = {
        name: text[: field.max_length]
        for name, field in fields.items()
        if isinstance(field, CharField) and not isinstance(field, URLField)
    }
    for name in texts.keys() & {"code", "username"}:
        # Of letters alone it would be valid.
        texts[name] = f"no {name} {text}"[: fields[name].max_length]
    return sent(page, **texts)


@pytest.fixture(scope="module")
def register(module_db):
    return make_register()


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize("model", MODELS)
def test_what_is_typed_is_text_where_it_is_saved_and_where_it_is_refused(office, scripts, model):
    name = model._meta.model_name
    add = reverse(f"admin:projects_{name}_add")
    change = page_of(model._default_manager.order_by("pk").first())

    for script in every_nth(scripts, 3, MODELS.index(model)):
        for address, more in (
            (add, {}),
            (change, {}),
            (change, {"code": "again", "currency": "CNY"}),
        ):
            found = {}
            for text in (script, harmless(script)):
                data = typed(office.get(address), text) | more
                found[text] = office.post(address, data, follow=True)
            check_same(found[script], found[harmless(script)], f"{address}: {script}")
            check_escaped(found[script], [script])


def test_a_message_names_what_was_saved_or_deleted_as_text(office, scripts):
    for number, script in enumerate(scripts):
        source = make_source(code=f"s-{number}")
        Source.objects.filter(pk=source.pk).update(title=script)
        address = page_of(source)

        saved = office.post(address, sent(office.get(address), note="Words"), follow=True)
        deleted = office.get(delete(office, source)["Location"])

        for page in (saved, deleted):
            assert page.context["messages"]
            check_escaped(page, [script])


@pytest.mark.parametrize("address", [one for one in ADDRESSES if not one.startswith("//")])
def test_a_source_has_a_web_address(office, address):
    page = page_of(make_source())

    answer = office.post(page, sent(office.get(page), url=address))

    assert errors(answer).keys() == {"url"}
