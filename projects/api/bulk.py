"""Create or change many projects in one request: all of them or none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from projects import history
from projects.accounts import audit_log
from projects.filters.fields import BooleanField, ChoiceField
from projects.filters.parameters import ApiForm
from projects.imports import Mode, Report, import_table
from projects.imports.lookup import RecordLookup
from projects.imports.natural_keys import keys_of
from projects.models import Project, RowStatus
from projects.serializers import ProjectSerializer
from projects.serializers.cells import headings
from projects.spreadsheets.reading import Row, Table

from .formats import BodyTooLarge, LargeJSONParser, Negotiation
from .idempotency import idempotent
from .root import OnlyKnownParameters
from .schema import ERRORS_BY_INDEX, RegisterSchema

MOST_RECORDS = 10_000

Errors = dict[int, dict[str, list[str]]]


class BulkAnswerSerializer(serializers.Serializer):
    """The numbers of new, changed and unchanged projects; `codes` in the order of the body."""

    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    proposed = serializers.IntegerField(
        help_text="Changes of published projects, which wait for review."
    )
    unchanged = serializers.IntegerField()
    codes = serializers.ListField(child=serializers.CharField())
    dry_run = serializers.BooleanField(help_text="Whether the request was only validated.")


class BulkForm(ApiForm):
    """The parameters of a bulk request."""

    mode = ChoiceField(choices=[Mode.CREATE, Mode.UPDATE])
    dry_run = BooleanField()


class BulkView(OnlyKnownParameters, APIView):
    """Create or change up to 10,000 projects by their codes: all of them or none.

    A new code creates a project, like a POST; an existing one changes it, like a
    PATCH: fields that are not sent stay. All errors are returned at once, by the
    index in the list, counted from 0.
    """

    model = Project
    # One of them is required for the request; each record is checked by its code later.
    actions = {"POST": ("add", "change")}
    parser_classes = [LargeJSONParser]
    content_negotiation_class = Negotiation
    schema = RegisterSchema()
    parameters = BulkForm

    @extend_schema(
        operation_id="projects_bulk",
        request=ProjectSerializer(many=True),
        parameters=[
            OpenApiParameter(
                "mode",
                {"type": "string", "enum": [Mode.CREATE.value, Mode.UPDATE.value]},
                description=(
                    "Only create projects, or only change existing ones: a record that "
                    "would do the other is an error."
                ),
            ),
            OpenApiParameter("dry_run", bool, description="`true`: validate without writing."),
        ],
        responses={
            200: BulkAnswerSerializer,
            400: OpenApiResponse(ERRORS_BY_INDEX, "The request cannot be read, or is invalid."),
            409: OpenApiResponse(
                ERRORS_BY_INDEX, "Another user saved a change at the same time. Try again."
            ),
        },
    )
    @history.retry_on_deadlock()
    @idempotent
    def post(self, request: Any) -> Response:
        options = self.query.cleaned_data
        dry_run = bool(options["dry_run"])
        records, errors = listed(request.data)
        mode = self.permitted(request.user, records, Mode(options["mode"] or Mode.UPSERT))
        report = import_table(
            "projects",
            Table(
                headings(ProjectSerializer),
                [Row(index, record) for index, record in records.items()],
                is_json=True,
            ),
            user=request.user,
            mode=mode,
            dry_run=dry_run or bool(errors),
        )
        errors |= by_index(report)
        if errors:
            # Returned, not raised: errors of a list have another format than those of a record.
            content = {str(index): errors[index] for index in sorted(errors)}
            return Response(content, status=409 if report.conflict else 400)
        if not dry_run:
            audit_log.log(
                audit_log.Action.IMPORTED,
                request,
                subject="projects/bulk",
                **{str(status): count for status, count in report.counts.items()},
            )
        return Response(
            {
                "created": report.counts[RowStatus.NEW],
                "updated": report.counts[RowStatus.CHANGED],
                "proposed": report.counts[RowStatus.PROPOSED],
                "unchanged": report.counts[RowStatus.UNCHANGED],
                "codes": [str(record["code"]).strip() for record in records.values()],
                "dry_run": dry_run,
            }
        )

    def permitted(self, user: Any, records: Mapping[int, Any], mode: Mode) -> Mode:
        """The mode that the user's permissions allow. Raises PermissionDenied, by index.

        No queries of records if the user may both add and change.
        """
        may_add, may_change = (user.has_perm(f"projects.{a}_project") for a in ("add", "change"))
        if may_add and may_change:
            return mode
        found = keys_of(Project, RecordLookup(user)).match(list(records.values()), by_name=False)
        refused = [
            index
            for index, about in zip(records, found, strict=True)
            if (about.record is not None) != may_change
        ]
        if refused:
            lacking = "change_project" if may_add else "add_project"
            raise exceptions.PermissionDenied(
                _("You lack the permission “%(name)s”, which these records need: %(indexes)s.")
                % {"name": lacking, "indexes": ", ".join(map(str, refused))}
            )
        # Even if another write creates or deletes records in between.
        return Mode.CREATE if may_add else Mode.UPDATE

    def get_view_name(self) -> str:
        return "Bulk"


def listed(data: Any) -> tuple[dict[int, dict[str, Any]], Errors]:
    """The records of a body by index, and errors for items that are no records. Raises if the body
    is not a list."""
    if not isinstance(data, list) or not data:
        raise exceptions.ParseError(
            _('Send a list of projects, with at least one in it: [{"code": …}, …].')
        )
    if len(data) > MOST_RECORDS:
        raise BodyTooLarge(
            _(
                "The list has %(count)s records, and at most %(most)s are accepted at once: split "
                "it."
            )
            % {"count": len(data), "most": MOST_RECORDS}
        )
    records = {index: one for index, one in enumerate(data) if isinstance(one, dict)}
    wrong = _('A project is an object: {"code": …}.')
    errors: Errors = {
        index: {api_settings.NON_FIELD_ERRORS_KEY: [wrong]}
        for index in range(len(data))
        if index not in records
    }
    return records, errors


def by_index(report: Report) -> Errors:
    found: Errors = defaultdict(lambda: defaultdict(list))
    for error in report.errors:
        name = error.column or api_settings.NON_FIELD_ERRORS_KEY
        found[error.row][name].append(error.reason)
    return found
