from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from projects import conversion
from projects.models import base_currency


class Command(BaseCommand):
    help = (
        "Recompute derived data: amounts in the base currency, their parts by sector, and search "
        "keys. Prints what differed; a second run finds nothing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            result = conversion.rebuild()
        except (ArithmeticError, TypeError, ValueError) as error:
            raise CommandError(
                _(
                    "A record cannot be read (%(error)s): run manage.py check_data to find it. The "
                    "records before it were recomputed."
                )
                % {"error": error}
            ) from error
        self.stdout.write(
            _("Projects checked, in %(currency)s: %(count)s")
            % {"count": f"{result.projects:,}", "currency": base_currency()}
        )
        self._print(_("Derived figures that differed"), result.projects_differing, result.differing)
        self._print(_("Search keys that differed"), result.search_keys, result.searched)

    def _print(self, what: str, count: int, codes: list[str]) -> None:
        self.stdout.write(f"{what}: {count:,}")
        if codes:
            more = count - len(codes)
            named = ", ".join(codes)
            self.stdout.write(
                "  "
                + (_("%(codes)s and %(more)s more") if more else "%(codes)s")
                % {"codes": named, "more": f"{more:,}"}
            )
