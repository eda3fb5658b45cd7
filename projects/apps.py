from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from projects import catalogues


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = _("investment register")

    def ready(self) -> None:
        catalogues.compile_what_changed()

        # Its receivers follow what happens to users and groups.
        from projects.accounts import ending  # noqa: F401

        # Models can be imported from here on only.
        from .account_names import watch

        watch()
