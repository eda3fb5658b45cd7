from projects import exporting
from projects.management.exports import ExportCommand


class Command(ExportCommand):
    help = (
        "Writes enterprises as CSV, XLSX or JSON, to standard output or a file: those that the "
        "page of the list would find, with the fields of the API."
    )
    export = exporting.ENTERPRISES
