from django.urls import include, path, re_path
from rest_framework.routers import SimpleRouter

from . import viewsets
from .bulk import BulkView
from .imports import ImportViewSet
from .proposals import ProposalViewSet
from .root import DocsView, RootView, SchemaView, UnknownAddressView
from .totals import TotalsView

app_name = "api"

router = SimpleRouter()
for one in viewsets.RegisterViewSet.__subclasses__():
    options = one.serializer_class.Meta.model.register
    router.register(options.plural, one, basename=options.singular)
router.register("imports", ImportViewSet, basename="import")
router.register("proposals", ProposalViewSet, basename="proposal")

v1 = [
    path("", RootView.as_view(), name="root"),
    path("totals/", TotalsView.as_view(), name="totals"),
    # Before the projects: `bulk` is a reserved code.
    path("projects/bulk/", BulkView.as_view(), name="project-bulk"),
    *router.urls,
]

urlpatterns = [
    path("v1/", include(v1)),
    path("schema/", SchemaView.as_view(), name="schema"),
    path("docs/", DocsView.as_view(url_name="api:schema"), name="docs"),
    # Everything else, so that the error is JSON.
    re_path("", UnknownAddressView.as_view()),
]
