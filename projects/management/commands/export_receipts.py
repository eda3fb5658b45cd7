from projects import exports
from projects.management.export_command import ExportCommand


class Command(ExportCommand):
    help = (
        "Export funds received as CSV, XLSX or JSON, to standard output or a file, with the "
        "fields of the API. import_receipts reads it back: each row is found by its id."
    )
    export = exports.RECORDS["receipts"]
