from projects.management.import_command import ImportCommand


class Command(ImportCommand):
    help = "Import enterprises from CSV, XLSX, XLS, ODS or JSON files, each whole or not at all."
    model_name = "enterprises"
