"""Files that were published, which are not part of the project, and their import.

The quick suite imports a part of each kind of file and compares it with the same rows, added up
without the register; CHAOS=1 imports the whole files. Without the files their tests are skipped.
"""

import csv
import re
from io import StringIO
from pathlib import Path

from django.core.management import CommandError, call_command

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
MAPPINGS = ROOT / "docs" / "mappings"
# Warnings are on standard error as well as errors.
WARNING = re.compile(r"^row .+ (times|more than).* Did you mean .+\? ")


def part(file, directory, keep):
    """A copy of the file with its heading and the rows for which `keep(number, row)` is true."""
    with file.open(encoding="utf-8", newline="") as source:
        heading, *rows = csv.reader(source)
    kept = [row for number, row in enumerate(rows) if keep(number, row)]
    copy = directory / file.name
    with copy.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target).writerows([heading, *kept])
    return copy


def load(command, *files, mapping, **options):
    """The command's standard output, and its errors without the warnings about outliers."""
    output, errors = StringIO(), StringIO()
    paths = [str(file) for file in files]
    options = {"mapping": MAPPINGS / mapping, "stdout": output, "stderr": errors} | options
    try:
        call_command(command, *paths, **options, verbosity=0)
    except CommandError as error:
        errors.write(f"{error}\n")
    lines = errors.getvalue().splitlines(keepends=True)
    warnings = [line for line in lines if WARNING.match(line)]
    # Few of the real amounts are outliers.
    assert len(warnings) == counts(output.getvalue(), "warnings")
    assert len(warnings) <= max(10, counts(output.getvalue(), "new") // 30)
    return output.getvalue(), "".join(line for line in lines if not WARNING.match(line))


def counts(output, status):
    """How many rows of all files had this status."""
    return sum(int(number) for number in re.findall(rf"^{status}: (\d+)$", output, re.MULTILINE))


def answer(client, address):
    response = client.get(address)
    assert response.status_code == 200, response.content
    return response.json()
