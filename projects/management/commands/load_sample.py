from typing import Any

from django.core.management.base import BaseCommand

from projects.management.demo import sample


class Command(BaseCommand):
    help = (
        "Load the sample data: what was published about the Kashi Area in November 2023. "
        "Existing records stay as they are, so a second run changes nothing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        loaded = sample.load()
        self.stdout.write(f"The sample: {loaded.new} new, {loaded.kept} there already.")
