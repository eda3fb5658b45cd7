from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.data_quality import report

# How many findings of each kind are shown; the others are only counted.
SHOWN = 20


class Command(BaseCommand):
    help = (
        "Report errors and warnings in the data. Changes nothing. Exits with 1 if there are "
        "errors, not for warnings."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--format",
            choices=["text", "json"],
            default="text",
            help=f"text: the first {SHOWN} of each kind; json: all of them",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.errors = self.warnings = 0
        found = self._counted(report.findings())
        if options["format"] == "json":
            self._write_json(found)
        else:
            self._write_text(found)
        if self.errors:
            raise CommandError(
                ngettext(
                    "There is %(count)s error in the register.",
                    "There are %(count)s errors in the register.",
                    self.errors,
                )
                % {"count": f"{self.errors:,}"}
            )

    def _counted(self, found: Iterator[report.Finding]) -> Iterator[report.Finding]:
        for finding in found:
            if finding.is_error:
                self.errors += 1
            else:
                self.warnings += 1
            yield finding

    def _write_json(self, found: Iterator[report.Finding]) -> None:
        """Write a JSON list one finding at a time, in constant memory."""
        separator = "["
        for finding in found:
            row = {
                "severity": "error" if finding.is_error else "warning",
                "rule": finding.rule.value,
                "noun": finding.model_name,
                "code": finding.code,
                "field": finding.field,
                "sentence": finding.sentence,
            }
            self.stdout.write(f"{separator}\n{json.dumps(row, ensure_ascii=False)}", ending="")
            separator = ","
        self.stdout.write("\n]" if separator == "," else "[]")

    def _write_text(self, found: Iterator[report.Finding]) -> None:
        counts = dict.fromkeys(report.Rule, 0)
        shown: dict[report.Rule, list[report.Finding]] = {rule: [] for rule in report.Rule}
        for finding in found:
            counts[finding.rule] += 1
            if len(shown[finding.rule]) < SHOWN:
                shown[finding.rule].append(finding)
        for heading, count, are_errors in (
            (_("Errors"), self.errors, True),
            (_("Warnings"), self.warnings, False),
        ):
            self.stdout.write(f"{heading}: {count:,}")
            for rule, findings in shown.items():
                if findings and (rule in report.ERRORS) == are_errors:
                    self._write_rule(rule, counts[rule], findings)

    def _write_rule(self, rule: report.Rule, count: int, findings: list[report.Finding]) -> None:
        self.stdout.write(f"  {capfirst(rule.label)}: {count:,}")
        for finding in findings:
            at = f"{finding.model_name} {finding.code}"
            if finding.field:
                at = f"{at}, {finding.field}"
            self.stdout.write(f"    {at}: {finding.sentence}")
        if count > len(findings):
            more = f"{count - len(findings):,}"
            self.stdout.write("    " + _("and %(count)s more") % {"count": more})
