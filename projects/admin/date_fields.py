"""Dates in forms, read as in imports."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from projects.models.date_parsing import read_date
from projects.names.messages import truncate_for_display


class DateField(forms.DateField):
    """A date as people write it: 2023-11-11, 2023年11月11日, 11 November 2023.

    Raises ValidationError for what is no date, or could be two.
    """

    def to_python(self, value: Any) -> date | None:
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        if (day := read_date(value)) is not None:
            return day
        sentence = _("“%(value)s” is not a date: write 2023-11-11.")
        if re.fullmatch(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}", value.strip()):
            sentence = _(
                "“%(value)s” could be two different days: write the year first, such as 2023-11-05."
            )
        raise ValidationError(sentence, "invalid", {"value": truncate_for_display(value)})
