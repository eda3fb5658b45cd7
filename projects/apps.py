from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from projects.i18n import compile_catalogues


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = _("investment register")

    def ready(self) -> None:
        compile_catalogues.compile_catalogues()
