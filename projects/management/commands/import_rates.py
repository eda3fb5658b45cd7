from projects.management.import_command import ImportCommand


class Command(ImportCommand):
    help = "Imports exchange rates from CSV, XLSX, XLS, ODS or JSON files: whole or not at all."
    model_name = "rates"
