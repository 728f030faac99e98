"""Rows and findings as people and programs see them."""

from __future__ import annotations

import csv
import io
import json
import os
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb import ids, vocab
from kb.errors import Fault, InputError
from kb.model import Finding
from kb.rows import Result, Term, literal, read_json
from kb.show import FINDING_FORMATS, ROW_FORMATS, looked_line, show_answer, show_findings, show_result, show_rows
from kb.show.terminal import safe, width

B = ids.DEFAULT_BASE
XSD = vocab.PREFIXES["xsd"]


def iri(value: str) -> Term:
    return Term("iri", value)


def shown(columns, rows, format, **options) -> str:
    out = io.StringIO(newline="")
    assert show_rows(columns, rows, format, out, **options) == len(rows)
    return out.getvalue()


COLUMNS = ("claim", "polarity", "label", "start")
ROWS = [
    (
        iri(f"{B}id/claim/harbour-evacuated/governor-orders"),
        iri(f"{ids.NS}polarity/not-observed"),
        literal("Governor\nspoke", lang="en"),
        literal("17", f"{XSD}nonNegativeInteger"),
    ),
    (iri("https://example.org/x?y=z"), None, literal("=1+1"), literal("1204", f"{XSD}integer")),
    (Term("blank", "b0"), iri(f"{B}id/entity/olaf"), literal("港\x1b[31m \u202egnp.exe"), None),
]


def test_a_table_in_a_pipe_is_aligned_and_shortens_what_is_ours():
    assert shown(COLUMNS, ROWS, "table").splitlines() == [
        "claim                              polarity               label                     start",
        "---------------------------------  ---------------------  ------------------------  -----",
        "harbour-evacuated/governor-orders  polarity:not-observed  Governor spoke               17",
        "https://example.org/x?y=z                                 =1+1                       1204",
        "_:b0                               olaf                   港\\x1b[31m \\u202egnp.exe",
    ]


def test_a_table_knows_the_base_of_the_corpus():
    rows = [(iri("https://example.org/kb/id/event/harbour-evacuation"),)]
    assert shown(["event"], rows, "table", base="https://example.org/kb/").splitlines()[-1] == "harbour-evacuation"


def test_one_long_cell_does_not_push_the_others_away():
    text = shown(["a", "b"], [(literal("x" * 500), literal("y")), (literal("x"), literal("y"))], "table")
    assert text.splitlines()[2] == "x" * 500 + "  y"
    assert text.splitlines()[3] == "x" + " " * 59 + "  y"


def test_a_table_of_many_rows_is_written_as_they_come():
    rows = iter([(literal(str(number)),) for number in range(2500)])
    out = io.StringIO()
    assert show_rows(["n"], rows, "table", out) == 2500
    assert out.getvalue().splitlines()[-1] == "2499"


@pytest.mark.parametrize("terminal", [True, False])
def test_a_table_without_rows_says_so(terminal):
    out = Terminal() if terminal else io.StringIO()
    assert show_rows(COLUMNS, [], "table", out) == 0
    assert out.getvalue() == "no rows\n"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch) -> Terminal:
    """A terminal of 80 columns with colours."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    return Terminal()


def test_a_table_in_a_terminal_fits_and_steers_nothing(terminal):
    show_rows(COLUMNS, [*ROWS, (literal("[bold red]x[/]"), None, None, None)], "table", terminal)
    text = re.sub(r"\x1b\[[01]m", "", terminal.getvalue())  # bold, for the names of the columns
    assert "─" in text
    assert max(width(line) for line in text.splitlines()) <= 80
    assert "[bold red]x[/]" in text
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_a_table_too_wide_for_the_terminal_becomes_a_block_a_row(terminal, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    show_rows(COLUMNS, ROWS, "table", terminal)
    assert terminal.getvalue().split("\n\n")[1].splitlines() == [
        "claim     https://example.org/x?y=z",
        "label     =1+1",
        "start     1204",
    ]


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_a_terminal_that_wants_no_colour_gets_plain_text(terminal, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    show_rows(COLUMNS, ROWS, "table", terminal)
    show_findings(FINDINGS, {"files": 2}, "table", terminal)
    assert terminal.getvalue().startswith("claim  ")
    assert "\x1b" not in terminal.getvalue()


def test_csv_follows_rfc_4180_and_runs_no_formula():
    assert shown(COLUMNS[2:], [row[2:] for row in ROWS], "csv").split("\r\n") == [
        "label,start",
        '"Governor\nspoke",17',
        "'=1+1,1204",
        "港\x1b[31m \u202egnp.exe,",
        "",
    ]


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1", "'=1"), ("+x", "'+x"), ("-x", "'-x"), ("@x", "'@x"), ("\tx", "'\tx"), ("\rx", "'\rx"), ("\nx", "'\nx"), ("＝1", "'＝1"),
        ("'=1", "''=1"), ("-5", "-5"), ("+1.50", "+1.50"), ("-5+cmd", "'-5+cmd"), ("x=1", "x=1"), ("'tis", "'tis"), ("", ""),
    ],
)  # fmt: skip
def test_the_guard_stands_before_what_begins_like_a_formula(cell, written):
    read = list(csv.reader(io.StringIO(shown(["a", "b"], [(literal(cell), None)], "csv"), newline="")))
    assert read[1] == [written, ""]
    read = list(csv.reader(io.StringIO(shown(["a", "b"], [(literal(cell), None)], "csv", guard=False), newline="")))
    assert read[1] == [cell, ""]


def test_tsv_writes_terms_as_sparql_does():
    assert shown(COLUMNS[1:], [row[1:] for row in ROWS], "tsv").splitlines()[:3] == [
        "?polarity\t?label\t?start",
        f'<{ids.NS}polarity/not-observed>\t"Governor\\nspoke"@en\t"17"^^<{XSD}nonNegativeInteger>',
        f'\t"=1+1"\t"1204"^^<{XSD}integer>',
    ]


def test_jsonl_gives_plain_values():
    lines = [json.loads(line) for line in shown(COLUMNS, ROWS, "jsonl").split("\n")[:-1]]
    assert lines[0]["start"] == 17
    assert lines[1] == {"claim": "https://example.org/x?y=z", "polarity": None, "label": "=1+1", "start": 1204}
    assert lines[2]["claim"] == "_:b0"


@pytest.mark.parametrize(
    ("text", "datatype", "value"),
    [
        ("7", "integer", 7), ("007", "integer", "007"), ("9" * 20, "integer", "9" * 20), ("true", "boolean", True),
        ("1", "boolean", "1"), ("0.90", "decimal", "0.90"), ("7", "string", "7"),
    ],
)  # fmt: skip
def test_jsonl_makes_a_number_only_of_what_json_keeps(text, datatype, value):
    assert json.loads(shown(["n"], [(literal(text, f"{XSD}{datatype}"),)], "jsonl")) == {"n": value}


TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.text("='\",;+-@\t\r\n\\ 1\u2028\x00\x1b", max_size=6)
TERMS = st.none() | st.one_of(
    TEXTS.map(literal),
    st.builds(literal, TEXTS, lang=st.sampled_from(["en", "zh-hans"])),
    st.builds(literal, TEXTS, st.sampled_from([f"{XSD}integer", f"{XSD}boolean", vocab.EDTF])),
    st.sampled_from([iri(f"{B}id/entity/x"), iri("urn:x:ü"), Term("blank", "b1")]),
)
TABLES = st.integers(1, 3).flatmap(lambda wide: st.lists(st.tuples(*[TERMS] * wide), max_size=4))


@given(rows=TABLES)
def test_json_results_come_back_as_the_same_terms(rows):
    columns = tuple("abc"[: len(rows[0])]) if rows else ("a",)
    result = read_json(shown(columns, rows, "json").encode())
    assert (result.columns, list(result.rows)) == (columns, rows)


@given(rows=TABLES)
def test_csv_comes_back_as_the_same_values(rows):
    columns = tuple("abc"[: len(rows[0])]) if rows else ("a",)
    values = [
        ["" if term is None else f"_:{term.value}" if term.kind == "blank" else term.value for term in row] for row in rows
    ]
    plain = list(csv.reader(io.StringIO(shown(columns, rows, "csv", guard=False), newline="")))
    assert plain == [list(columns), *values]
    guarded = list(csv.reader(io.StringIO(shown(columns, rows, "csv"), newline="")))[1:]
    assert [
        [cell[1:] if cell[:1] == "'" and cell.lstrip("'")[:1] in tuple("=+-@\t\r\n＝＋－＠") else cell for cell in row]
        for row in guarded
    ] == values


@given(rows=TABLES)
def test_jsonl_tsv_and_tables_keep_one_row_a_line(rows):
    columns = tuple("abc"[: len(rows[0])]) if rows else ("a",)
    assert shown(columns, rows, "jsonl").count("\n") == len(rows)
    assert shown(columns, rows, "tsv").count("\n") == len(rows) + 1
    assert shown(columns, rows, "table").count("\n") == len(rows) + (2 if rows else 1)


@given(text=st.text())
def test_a_safe_text_holds_nothing_that_steers_a_terminal(text):
    assert not [
        sign for sign in safe(text) if not sign.isprintable() and sign not in "\u200c\u200d\u00a0\u3000" and not sign.isspace()
    ]
    assert len(safe(text).splitlines()) <= 1


@pytest.mark.parametrize(
    ("format", "yes", "no"),
    [
        ("table", "yes\n", "no\n"), ("csv", "true\n", "false\n"), ("tsv", "true\n", "false\n"),
        ("json", '{"head": {}, "boolean": true}\n', '{"head": {}, "boolean": false}\n'), ("jsonl", '{"boolean": true}\n', '{"boolean": false}\n'),
    ],
)  # fmt: skip
def test_an_answer_is_said_in_every_format(format, yes, no):
    for answer, text in ((True, yes), (False, no)):
        out = io.StringIO()
        show_answer(answer, format, out)
        assert out.getvalue() == text


def test_a_result_is_shown_as_its_rows_or_its_answer():
    out = io.StringIO(newline="")
    assert show_result(Result("select", ("a",), ((literal("x"),),)), "csv", out) == 1
    assert show_result(Result("ask", boolean=False), "csv", out) == 1
    assert out.getvalue() == "a\r\nx\r\nfalse\n"


# --- findings --------------------------------------------------------------------------------------------------------

FINDINGS = [
    Finding(
        severity="warning",
        rule="claims-without-time",
        message="no time",
        path="corpus/b c.yaml",
        line=9,
        claim="governor-orders",
    ),
    Finding.of_fault(Fault("corpus/a.yaml", 14, "no entity 'govenor'", "did you mean 'governor'?")),
    Finding(
        severity="error",
        rule="shape:Claim-evidence",
        message="no evidence\x1b",
        path="corpus/a.yaml",
        line=3,
        focus=f"{B}id/claim/a/x",
        value="0",
    ),
    Finding(severity="info", rule="expected-counts", message="few claims"),
]
LOOKED = {"files": 2, "claims": 1, "focus nodes": 1200, "queries": 1}


def found(format: str, findings=FINDINGS) -> str:
    out = io.StringIO()
    assert show_findings(findings, LOOKED, format, out) == len(findings)
    return out.getvalue()


def test_findings_stand_by_file_and_line_with_their_cure():
    assert found("table") == (
        "info: few claims (expected-counts)\n"
        "\n"
        "corpus/a.yaml:3: error: no evidence\\x1b (shape:Claim-evidence)\n"
        "corpus/a.yaml:14: error: no entity 'govenor' (fact-file)\n"
        "  did you mean 'governor'?\n"
        "\n"
        "corpus/b c.yaml:9: warning: no time (claim governor-orders, claims-without-time)\n"
        "\n"
        "looked at 2 files, 1 claim, 1,200 focus nodes, 1 query\n"
        "2 errors, 1 warning, 1 info\n"
    )


def test_a_clean_check_says_what_it_looked_at():
    assert found("table", []) == "looked at 2 files, 1 claim, 1,200 focus nodes, 1 query\nnothing found\n"
    assert looked_line({}) == "looked at nothing"


def test_severity_is_coloured_in_a_terminal(terminal):
    show_findings(FINDINGS, LOOKED, "table", terminal)
    assert "corpus/a.yaml:14: \x1b[31merror\x1b[0m: no entity" in terminal.getvalue()


def test_findings_as_json_carry_every_field_and_what_was_looked_at():
    report = json.loads(found("json"))
    assert report["looked_at"] == LOOKED
    assert report["counts"] == {"error": 2, "warning": 1, "info": 1}
    assert [Finding(**finding) for finding in report["findings"]] == [FINDINGS[3], FINDINGS[2], FINDINGS[1], FINDINGS[0]]


def test_findings_as_jsonl_are_a_line_each():
    assert {Finding(**json.loads(line)) for line in found("jsonl").splitlines()} == set(FINDINGS)
    assert found("jsonl", []) == ""


def test_sarif_names_rules_places_and_levels():
    report = json.loads(found("sarif"))
    assert report["version"] == "2.1.0"
    (run,) = report["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == sorted(finding.rule for finding in FINDINGS)
    assert [result["level"] for result in run["results"]] == ["note", "error", "error", "warning"]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert len(result["partialFingerprints"]["kb/v1"]) == 64
    assert run["results"][0]["locations"] == []
    assert run["results"][2]["message"]["text"] == "no entity 'govenor'\ndid you mean 'governor'?"
    assert run["results"][3]["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "corpus/b%20c.yaml", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 9},
            },
            "logicalLocations": [{"fullyQualifiedName": "governor-orders", "kind": "member"}],
        }
    ]
    assert run["properties"]["lookedAt"] == LOOKED


def test_a_sarif_fingerprint_outlives_a_moved_line():
    moved = [Finding(severity="error", rule="r", message="m", path="a.yaml", line=line) for line in (3, 30)]
    prints = {result["partialFingerprints"]["kb/v1"] for result in json.loads(found("sarif", moved))["runs"][0]["results"]}
    assert len(prints) == 1


@pytest.mark.parametrize("format", FINDING_FORMATS)
def test_the_order_findings_come_in_changes_nothing(format):
    assert found(format, FINDINGS) == found(format, FINDINGS[::-1])


def test_an_unknown_format_is_refused_with_the_nearest():
    with pytest.raises(InputError, match="no format 'jsnl'\n  did you mean 'jsonl'"):
        show_rows(["a"], [], "jsnl", io.StringIO())
    with pytest.raises(InputError, match="take one of table, json, jsonl, sarif"):
        show_findings([], {}, "turtle", io.StringIO())
    assert set(FINDING_FORMATS) - set(ROW_FORMATS) == {"sarif"}


@pytest.mark.skipif("KB_SARIF_SCHEMA" not in os.environ, reason="KB_SARIF_SCHEMA names no copy of the SARIF 2.1.0 JSON Schema")
@pytest.mark.parametrize("findings", [FINDINGS, []])
def test_sarif_keeps_its_schema(findings):
    import jsonschema

    with open(os.environ["KB_SARIF_SCHEMA"], encoding="utf-8") as file:
        jsonschema.Draft7Validator(json.load(file)).validate(json.loads(found("sarif", findings)))
