"""The Chinese catalogue says all that the code says, and is what is read."""

import gettext
import html
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings

from projects.i18n import compile_catalogues

ROOT = Path(settings.BASE_DIR)
CATALOGUE = Path("projects/locale/zh_Hans/LC_MESSAGES/django.po")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|</?\w+|\bhref=\"[^\"]*\"")
# Text between tags in which a letter stands, when all that the templates compute is taken out.
TAGS = re.compile(
    r"{#.*?#}|{% comment %}.*?{% endcomment %}|{% blocktranslate.*?{% endblocktranslate %}"
    r"|{%.*?%}|{{.*?}}|<!--.*?-->|<[^>]*>",
    re.S,
)
ATTRIBUTES = re.compile(r'\b(?:title|alt|aria-label|placeholder)="([^"]*)"')
# What is no word of a language: a format, a command, an example.
AS_IT_STANDS = {"CSV", "XLSX", "JSON", "manage.py work", "km²"}


def messages(file):
    with file.open("rb") as content:
        found = read_po(content, abort_invalid=True)
    return {(one.context, one.id): one for one in found if one.id}


@pytest.fixture(scope="module")
def catalogue():
    return messages(ROOT / CATALOGUE)


def pairs(message):
    """Each form that is translated with the one that it stands for."""
    if isinstance(message.id, str):
        return [(message.id, message.string)]
    return [(message.id[-1], string) for string in message.string]


def test_nothing_is_left_untranslated_or_uncertain(catalogue):
    assert len(catalogue) > 1000
    assert not [one.id for one in catalogue.values() if one.fuzzy]
    assert not [one.id for one in catalogue.values() if not all(text for _id, text in pairs(one))]


def test_every_placeholder_of_a_message_is_in_its_translation(catalogue):
    for message in catalogue.values():
        for said, translated in pairs(message):
            assert sorted(set(PLACEHOLDER.findall(said))) == (
                sorted(set(PLACEHOLDER.findall(translated)))
            ), said


def test_the_catalogue_has_exactly_the_messages_of_the_code(catalogue, tmp_path):
    if not shutil.which("xgettext"):
        pytest.skip("xgettext is not installed, so that what the code says cannot be collected")
    for folder in ("ftz_site", "projects", "templates"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    for file in ("manage.py", "pyproject.toml"):
        shutil.copy(ROOT / file, tmp_path)
    subprocess.run(
        [sys.executable, "manage.py", "makemessages", "--locale=zh_Hans", "--no-obsolete"],
        cwd=tmp_path,
        env={**os.environ, "DEBUG": "true", "DJANGO_SETTINGS_MODULE": "ftz_site.settings"},
        check=True,
        capture_output=True,
    )
    said = messages(tmp_path / CATALOGUE)

    assert sorted(map(str, said.keys() - catalogue.keys())) == []
    assert sorted(map(str, catalogue.keys() - said.keys())) == []
    assert not [one.id for one in said.values() if one.fuzzy]


def test_what_is_compiled_says_what_is_written(catalogue):
    compiled = (ROOT / CATALOGUE).with_suffix(".mo")
    with compiled.open("rb") as content:
        read = gettext.GNUTranslations(content)

    for message in catalogue.values():
        if message.context:
            assert read.pgettext(message.context, message.id) == message.string
        elif isinstance(message.id, str):
            assert read.gettext(message.id) == message.string
        else:
            assert read.ngettext(*message.id, 5) == message.string[0]


def test_an_outdated_compiled_file_is_compiled_again(tmp_path, settings):
    settings.LOCALE_PATHS = [tmp_path]
    source = tmp_path / "zh_Hans" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        'msgid "Area"\nmsgstr "片区"\n'
    )
    target = source.with_suffix(".mo")

    assert compile_catalogues.compile_catalogues() == [target]
    assert compile_catalogues.compile_catalogues() == []
    os.utime(target, (0, 0))
    assert compile_catalogues.compile_catalogues() == [target]
    assert [file.name for file in sorted(source.parent.iterdir())] == ["django.mo", "django.po"]


@pytest.mark.parametrize(
    "template", sorted(ROOT.glob("templates/**/*.html")), ids=lambda found: found.name
)
def test_templates_have_no_untranslated_words(template):
    text = template.read_text()
    words = [part.strip() for part in html.unescape(TAGS.sub("\n", text)).splitlines()]
    words += [TAGS.sub("", value).strip() for value in ATTRIBUTES.findall(text)]

    assert [one for one in words if re.search("[a-z]{2,}", one) and one not in AS_IT_STANDS] == []
