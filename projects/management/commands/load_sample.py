from typing import Any

from django.core.management.base import BaseCommand

from projects.management.demo import sample


class Command(BaseCommand):
    help = (
        "Loads the sample: what was published about the Kashi area in November 2023. "
        "What is there already stays as it is, so that a second run changes nothing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        loaded = sample.load()
        self.stdout.write(f"The sample: {loaded.new} new, {loaded.kept} there already.")
