from projects import exports
from projects.management.export_command import ExportCommand


class Command(ExportCommand):
    help = (
        "Export enterprises as CSV, XLSX or JSON, to standard output or a file: the records of "
        "the list page, with the fields of the API."
    )
    export = exports.RECORDS["enterprises"]
