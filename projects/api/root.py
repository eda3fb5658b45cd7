"""The API root, its schema and documentation, and unknown addresses."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponsePermanentRedirect
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from projects.filters.fields import ChoiceField
from projects.filters.parameters import ApiForm, ParameterForm
from projects.models.registry import register_models

from .formats import WITHOUT_TOKEN, Negotiation
from .schema import RegisterSchema

LISTS = {
    model.register.plural: f"{model.register.singular}-list" for model in register_models()
} | {"totals": "totals"}
# Not shown to visitors.
FOR_THE_SIGNED_IN = {"imports": "import-list", "proposals": "proposal-list"}


class RootView(APIView):
    """The investment register of free trade zones: the available resources."""

    content_negotiation_class = Negotiation
    schema = RegisterSchema()

    @extend_schema(
        operation_id="root",
        responses={
            200: {"type": "object", "additionalProperties": {"type": "string", "format": "uri"}}
        },
    )
    def get(self, request: Any) -> Response:
        lists = LISTS | (FOR_THE_SIGNED_IN if request.user.is_authenticated else {})
        return Response(
            {name: reverse(f"api:{route}", request=request) for name, route in lists.items()}
        )

    def get_view_name(self) -> str:
        return "API"


class LanguageForm(ParameterForm):
    lang = ChoiceField(choices=dict(settings.LANGUAGES))


class SchemaForm(LanguageForm, ApiForm):
    """The parameters of the schema."""


class DocsForm(LanguageForm):
    """The parameters of the Swagger page."""

    script = forms.Field(required=False)


class OnlyKnownParameters:
    """Refuses invalid and unknown parameters; `query` is the form that has read them."""

    parameters: type[ParameterForm] = SchemaForm

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.query = self.parameters(request.query_params)
        if errors := self.query.messages():
            raise ValidationError(errors)


@extend_schema_view(get=extend_schema(exclude=True))
class SchemaView(OnlyKnownParameters, SpectacularAPIView):
    """The OpenAPI schema."""

    content_negotiation_class = Negotiation


class DocsView(OnlyKnownParameters, SpectacularSwaggerSplitView):
    """The Swagger page for reading the schema and trying requests; its script is separate."""

    parameters = DocsForm

    @extend_schema(exclude=True)
    def get(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        response = super().get(request, *args, **kwargs)
        if not request.user.is_authenticated:
            response.data |= WITHOUT_TOKEN
        return response


class UnknownAddressView(APIView):
    """Any other address below `/api/`: 404, or a redirect if only the final slash is missing."""

    authentication_classes = ()
    permission_classes = ()
    schema = None

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.missing_slash(request):
            if request.method in ("GET", "HEAD"):
                return
            raise NotFound(_("Addresses end with a slash here."))
        raise NotFound(_("There is nothing at this address."))

    def get(self, request: Any) -> HttpResponsePermanentRedirect:
        return HttpResponsePermanentRedirect(
            request._request.get_full_path(force_append_slash=True)
        )

    @staticmethod
    def missing_slash(request: Any) -> bool:
        if request.path_info.endswith("/"):
            return False
        try:
            found = resolve(f"{request.path_info}/")
        except Resolver404:
            return False
        return getattr(found.func, "cls", None) is not UnknownAddressView and (
            getattr(found.func, "view_class", None) is not UnknownAddressView
        )
