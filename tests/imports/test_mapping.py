from datetime import date
from pathlib import Path

import pytest

from projects import serializers
from projects.imports.mapping import CellError, Column, MappingError, mapping_of, read_mapping

NOUNS = list(serializers.BY_MODEL_NAME)
MAPPINGS = Path(__file__).resolve().parents[2] / "docs" / "mappings"


@pytest.mark.parametrize("file", sorted(MAPPINGS.glob("*.toml")), ids=lambda file: file.name)
def test_each_mapping_in_the_documentation_can_be_read(file):
    assert read_mapping(file).columns


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            {"colums": {}},
            "no key “colums”: its keys are columns, constants, decisions, ignored, records",
        ),
        ({"columns": {"A": 5}}, "“columns.A” must be the name of a field, or a table"),
        ({"columns": {"A": {}}}, "“columns.A” must name its field"),
        ({"columns": {"A": {"field": "name", "rund": 2}}}, "no key “columns.A.rund”"),
        (
            {"columns": {"A": {"field": "amount", "round": "2"}}},
            "“columns.A.round” must be a number",
        ),
        ({"columns": {"A": {"field": "amount", "round": -1}}}, "“columns.A.round” is out of range"),
        ({"columns": {"A": {"field": "a", "round": True}}}, "“columns.A.round” must be a number"),
        (
            {"columns": {"A": {"field": "name", "unit": 10}}},
            "“columns.A.unit” is only for the amount",
        ),
        ({"columns": {"A": {"field": "area", "make": {}}}}, "“columns.A.make” creates records"),
        ({"columns": {"A": {"field": "area", "others": "drop"}}}, "must be “refuse”, “keep” or"),
        (
            {"columns": {"A": {"field": "stage", "values": {"x": 5}}}},
            "“columns.A.values” may contain",
        ),
        (
            {"columns": {"A": {"field": "name", "also": "B"}}},
            "“columns.A.also” may contain texts only",
        ),
        (
            {"columns": {"A": {"field": "name", "also": ["B"]}, "B": "code"}},
            "“columns.A.also” repeats the heading “B”",
        ),
        (
            {"columns": {"A": {"field": "name", "required": "yes"}}},
            "“columns.A.required” must be true or false",
        ),
        ({"ignored": "A"}, "“ignored” may contain texts only"),
        ({"records": {"countries": []}}, "no key “records.countries”"),
        ({"records": {"zones": {"code": "z"}}}, "“records.zones” must be a list of tables"),
        ({"records": {"zones": [{"name": "Z"}]}}, "Each record under “records.zones” needs a code"),
    ],
)
def test_an_invalid_mapping_is_refused_with_its_key(given, sentence):
    with pytest.raises(MappingError, match=sentence):
        mapping_of(given)


def test_invalid_toml_is_refused(tmp_path):
    file = tmp_path / "mapping.toml"
    file.write_text("columns = {")

    with pytest.raises(MappingError, match="The mapping is not valid TOML"):
        read_mapping(file)
    with pytest.raises(MappingError, match="cannot be read: No such file"):
        read_mapping(tmp_path / "missing.toml")


def test_toml_dates_become_iso_texts():
    mapping = mapping_of({"constants": {"signed_on": date(2023, 1, 2)}})

    assert mapping.constants == {"signed_on": "2023-01-02"}


def test_values_are_replaced():
    column = Column("Status", "stage", values={"Done": "operating"})

    assert column.texts("Done") == ["operating"]
    assert column.texts("") == []
    with pytest.raises(CellError, match="does not say what “Dropped” means"):
        column.texts("Dropped")


def test_other_values_can_be_kept_or_leave_out_their_row():
    assert Column("A", "stage", values={}, others="keep").texts("signed") == ["signed"]
    assert Column("A", "stage", values={}, others="leave out").texts("signed") is None
    assert Column("A", "stage", leave_out=("Dropped",)).texts("Dropped") is None


def test_one_cell_can_hold_several_values():
    column = Column("Sectors", "sectors", split="|", sentence_case=True)

    assert column.texts("ENERGY | WATER SUPPLY|") == ["Energy", "Water supply"]


@pytest.mark.parametrize(
    ("text", "rounded"),
    [
        ("1.005", "1.01"),
        ("1.004", "1.00"),
        ("-1.005", "-1.01"),
        ("1,234.5678", "1234.57"),
        ("1.50", "1.50"),
        ("1", "1"),
        ("about 1.005 yuan", "about 1.005 yuan"),
    ],
)
def test_longer_numbers_are_rounded_half_up_on_request(text, rounded):
    assert Column("A", "amount", round=2).rounded(text) == rounded
    assert Column("A", "amount").rounded(text) == text


@pytest.mark.parametrize("text", ["2023-11-05", "2023/11/5", "2023.11.05", "2023年11月5日"])
def test_dates_with_the_year_first_are_read(text):
    assert Column("A", "signed_on").day(text) == "2023-11-05"


def test_other_date_formats_are_those_of_the_mapping():
    assert Column("A", "signed_on").day("11/05/2023") == "11/05/2023"
    assert Column("A", "signed_on", dates=("%m/%d/%Y",)).day("11/05/2023") == "2023-11-05"


@pytest.mark.parametrize("file", sorted(MAPPINGS.glob("*.toml")), ids=lambda file: file.name)
def test_a_mapping_survives_being_stored(file):
    mapping = read_mapping(file)

    assert mapping_of(mapping.as_data()) == mapping


def test_date_formats_apply_to_any_field_and_refuse_other_text():
    column = Column("Closed", "note", prefix="Closed: ", dates=("%m/%d/%Y %I:%M:%S %p",))

    assert column.texts("6/30/2011 12:00:00 AM") == ["Closed: 2011-06-30"]
    assert column.texts("") == []
    for text in ("30/6/2011 12:00:00 AM", "soon", "6/31/2011 12:00:00 AM"):
        with pytest.raises(CellError, match=f"“{text}” is not a date in the format .*%m/%d/%Y"):
            column.texts(text)


def test_a_required_column_refuses_blank_cells():
    column = Column("Status", "stage", required=True, values={"Active": "signed"})

    assert column.texts("Active") == ["signed"]
    with pytest.raises(CellError, match="requires a value here"):
        column.texts("")


def test_a_column_takes_the_heading_that_the_file_has():
    given = {"columns": {"Net": {"field": "amount", "also": ["Amount", "Net  Amount"]}, "Id": "id"}}
    mapping = mapping_of(given)

    assert mapping.headings == {"Net", "Amount", "Net Amount", "Id"}
    assert mapping.of_file(["Id", "Net Amount"]).headings == {"Id", "Net Amount"}
    assert mapping.of_file(["Id", "Amount"]).column_of("amount") == "Amount"
    # What the file has besides is left to be refused, as any heading that nobody knows.
    assert mapping.of_file(["Net", "Amount"]).headings == {"Net", "Id"}
    assert mapping.of_file(["Id"]).column_of("amount") == "Net"
