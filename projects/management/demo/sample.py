"""The sample data: what was published about the Kashi Area in November 2023 (`sample.toml`)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from projects import serializers

FILE = Path(__file__).with_name("sample.toml")


@dataclass
class Loaded:
    """The numbers of sample records written, and of those that existed before."""

    new: int = 0
    kept: int = 0


def load() -> Loaded:
    """Write the sample records that do not exist yet, through the API's serializers.

    Existing records stay as they are, as somebody may have edited them.
    """
    loaded = Loaded()
    with FILE.open("rb") as file, transaction.atomic():
        for model_name, records in tomllib.load(file).items():
            for record in records:
                if _write(serializers.BY_MODEL_NAME[model_name], record):
                    loaded.new += 1
                else:
                    loaded.kept += 1
    return loaded


def _write(serializer_class: Any, record: dict[str, Any]) -> bool:
    if serializer_class.Meta.model.objects.filter(code__iexact=record["code"]).exists():
        return False
    serializer = serializer_class(data=record)
    serializer.is_valid(raise_exception=True)
    serializer.save()
    return True
