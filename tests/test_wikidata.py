"""The small Wikidata of the tests: legal RDF in Wikidata's shape, sourced facts only, and really served."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pyoxigraph
import pytest
from wikidata.extract import extract, rows

from kb.endpoint import ask
from kb.link.extracts import items

SHARED = Path(__file__).parent.parent.parent / "shared" / "wikidata"
PREFIXES = """
PREFIX wd: <http://www.wikidata.org/entity/> PREFIX wdt: <http://www.wikidata.org/prop/direct/>
PREFIX p: <http://www.wikidata.org/prop/> PREFIX ps: <http://www.wikidata.org/prop/statement/>
PREFIX pq: <http://www.wikidata.org/prop/qualifier/> PREFIX schema: <http://schema.org/>
PREFIX owl: <http://www.w3.org/2002/07/owl#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
"""


def test_every_line_is_a_triple_and_stands_once() -> None:
    lines = extract().splitlines()
    parsed = list(pyoxigraph.parse(extract().encode(), format=pyoxigraph.RdfFormat.N_TRIPLES))
    assert len(lines) == len(parsed) > 2000
    values = [line for line in lines if line.startswith("<http://www.wikidata.org/value/")]  # shared by equal dates
    assert len(set(lines)) - len(set(values)) == len(lines) - len(values)


def test_every_fact_has_a_source_and_an_invented_id_says_so() -> None:
    for row in rows("items.tsv") + rows("statements.tsv"):
        assert row["source"], row
        if row["source"].startswith("made up"):
            assert row["item"].startswith("Q999000"), row
        else:
            assert re.fullmatch("[QP][1-9][0-9]*", row["item"]) and not row["item"].startswith("Q999000"), row


def in_words(figure: str) -> str:
    """`2022-02-24` → `24 Feb 2022`, as one source writes it."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", figure):
        return figure
    day = date.fromisoformat(figure)
    return f"{day.day} {day:%b} {day.year}"


def test_every_id_and_date_stands_in_its_source() -> None:
    if not SHARED.is_dir():
        pytest.skip("the collection of ids is not at hand (../shared/wikidata)")
    entries = {name: dict(line.partition("\t")[::2] for line in (SHARED / name).read_text("utf-8").splitlines()) for name in ("ids.tsv", "places.tsv")}
    ids = set(re.findall(r"\b[QP][1-9][0-9]*\b", "".join((SHARED / name).read_text("utf-8") for name in ("ids.tsv", "README.md"))))
    looked_at = 0
    for row in rows("items.tsv") + rows("statements.tsv"):
        if row["source"].startswith("made up"):
            continue
        assert row["item"] in ids, row
        for name, key in re.findall(r"\b(ids\.tsv|places\.tsv) ([a-z0-9-]+)", row["source"], re.IGNORECASE):
            entry = entries[name].get(key) or entries[name].get(f"p-{key}")
            assert entry is not None, row
            figures = [row.get("start"), row.get("end"), *(row.get("value", "").split() if row.get("property") in ("P569", "P580", "P582", "P585", "P625", "P1566") else [])]
            assert all(figure in entry or in_words(figure) in entry for figure in figures if figure), (row, entry)
            looked_at += 1
    assert looked_at > 300


def test_every_value_that_is_an_item_is_in_the_extract() -> None:
    known = {row["item"] for row in rows("items.tsv")}
    for row in rows("statements.tsv"):
        assert row["property"] == "redirect" or {row["item"], row["property"]} <= known, row
        assert not re.fullmatch("Q[0-9]+", row["value"]) or row["value"] in known, row


def test_the_index_of_names_reads_it(wikidata_extract: Path) -> None:
    found = {one.number: one for one in items(wikidata_extract)}
    assert len(found) == sum(row["item"][0] == "Q" for row in rows("items.tsv"))
    assert found[42308].point == (49.98081, 36.25272) and "Харків" in found[42308].names


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("wd:Q7747 wdt:P39 wd:Q218295", True),
        ("wd:Q7747 p:P39 [ ps:P39 wd:Q218295 ; pq:P582 ?end ] FILTER(YEAR(?end) = 2008)", True),
        ("wd:Q999000013 p:P39 [ ps:P39 wd:Q999000019 ; pq:P582 ?end ] FILTER(YEAR(?end) = 2026)", True),
        ("wd:Q999000901 owl:sameAs wd:Q159 ; rdfs:label ?label", False),
        ("wd:Q999000901 owl:sameAs wd:Q159", True),
        ("?data schema:about wd:Q159 ; schema:version ?revision . wd:Q159 schema:version ?revision", True),
        ('wd:Q499927 rdfs:label "Moscow"@en . wd:Q649 rdfs:label "Moscow"@en', True),
    ],
)
def test_the_server_answers_what_wikidata_would(wikidata_server: str, pattern: str, expected: bool) -> None:
    assert ask(wikidata_server, f"{PREFIXES} ASK {{ {pattern} }}").boolean is expected
