from projects import exports
from projects.management.export_command import ExportCommand


class Command(ExportCommand):
    help = (
        "Writes projects as CSV, XLSX or JSON, to standard output or a file: those that the "
        "page of the list would find, with the fields of the API."
    )
    export = exports.RECORDS["projects"]
