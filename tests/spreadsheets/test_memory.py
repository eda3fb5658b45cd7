"""Hostile files are refused without much memory."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = [
    "bomb_of_ten_gigabytes.xlsx",
    "bomb_that_says_it_is_small.xlsx",
    "bomb_in_a_single_tag.xlsx",
    "cell_in_the_last_corner_and_none_else.xlsx",
    "cells_in_the_corners_of_all_that_can_be_read.xlsx",
    "one_text_in_a_hundred_thousand_cells.xlsx",
    "row_repeated_a_hundred_million_times.ods",
    "stream_that_says_it_has_four_gigabytes.xls",
    "cell_in_the_last_corner.xls",
]
# Prints the peak of memory for each file, in kilobytes, measured in a process forked for it.
MEASURE = """
import django, os, sys
django.setup()
from projects.spreadsheets.reading import FileError, read
from tests.helpers.files import hostile
from tests.helpers.files.raw_bytes import FILES
for name in sys.argv[1:]:
    if os.fork():
        os.wait()
        continue
    content = FILES[name]()
    open("/proc/self/clear_refs", "w").write("5")
    try:
        read(content)
    except FileError:
        pass
    peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
    print(name, peak.split()[1], flush=True)
    os._exit(0)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the peak of memory")
def test_each_takes_less_than_three_hundred_megabytes():
    run = subprocess.run(
        [sys.executable, "-c", MEASURE, *FILES],
        cwd=ROOT,
        env={"DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )

    peaks = {name: int(peak) for name, peak in map(str.split, run.stdout.splitlines())}
    assert set(peaks) == set(FILES)
    assert {name: peak for name, peak in peaks.items() if peak >= 300 * 1024} == {}
