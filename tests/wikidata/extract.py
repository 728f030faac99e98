"""A small extract of Wikidata as N-Triples, in the shape of its own RDF, from items.tsv and statements.tsv beside this file.

Shape: https://www.mediawiki.org/wiki/Wikibase/Indexing/RDF_Dump_Format. What the query service keeps on the item itself
(revision, date of change) stands both there and on its data node.
"""

from __future__ import annotations

import csv
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
WD, DATA = "http://www.wikidata.org/entity/", "https://www.wikidata.org/wiki/Special:EntityData/"
WDS, VALUE, PROP = f"{WD}statement/", "http://www.wikidata.org/value/", "http://www.wikidata.org/prop/"
WIKIBASE, SCHEMA, OWL = "http://wikiba.se/ontology#", "http://schema.org/", "http://www.w3.org/2002/07/owl#"
RDF, RDFS = "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "http://www.w3.org/2000/01/rdf-schema#"
SKOS, XSD = "http://www.w3.org/2004/02/skos/core#", "http://www.w3.org/2001/XMLSchema#"
WKT = "http://www.opengis.net/ont/geosparql#wktLiteral"
DATES = frozenset({"P569", "P571", "P576", "P577", "P580", "P582", "P585"})
POINTS = frozenset({"P625"})
CHANGED = "2026-01-01T00:00:00Z"  # made up, as are the revisions
FIRST_REVISION = 1_000_000
Triple = tuple[str, str, str]


def extract() -> str:
    """Return the whole extract as N-Triples; the triples of one item follow each other."""
    return "".join(f"{subject} {predicate} {value} .\n" for subject, predicate, value in triples())


def triples() -> Iterator[Triple]:
    """Yield the triples, each term as N-Triples writes it."""
    statements: dict[str, list[dict[str, str]]] = {}
    for row in rows("statements.tsv"):
        statements.setdefault(row["item"], []).append(row)
    for number, row in enumerate(rows("items.tsv")):
        me = iri(WD + row["item"])
        of_one = [*item(row, FIRST_REVISION + number), *said_of(row["item"], statements.pop(row["item"], []))]
        yield from sorted(of_one, key=lambda triple: triple[0] != me)
    for old, (row,) in statements.items():
        yield iri(WD + old), iri(f"{OWL}sameAs"), iri(WD + row["value"])


def rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def item(row: dict[str, str], revision: int) -> Iterator[Triple]:
    """Yield type, names and revision of an item or property."""
    me, data = iri(WD + row["item"]), iri(DATA + row["item"])
    version, changed = literal(str(revision), f"{XSD}integer"), literal(CHANGED, f"{XSD}dateTime")
    yield me, iri(f"{RDF}type"), iri(f"{WIKIBASE}{'Item' if row['item'][0] == 'Q' else 'Property'}")
    for column, predicate in (("labels", f"{RDFS}label"), ("aliases", f"{SKOS}altLabel")):
        for name in filter(None, row[column].split("|")):
            language, _, text = name.partition("=")
            yield me, iri(predicate), literal(text, lang=language)
    if row["description"]:
        yield me, iri(f"{SCHEMA}description"), literal(row["description"], lang="en")
    for node in (me, data):
        yield node, iri(f"{SCHEMA}version"), version
        yield node, iri(f"{SCHEMA}dateModified"), changed
    yield data, iri(f"{SCHEMA}about"), me
    yield data, iri(f"{RDF}type"), iri(f"{SCHEMA}Dataset")


def said_of(subject: str, statements: list[dict[str, str]]) -> Iterator[Triple]:
    """Yield the statements of an item: direct ones for those of the best rank, and their nodes with qualifiers."""
    nodes: list[Triple] = []
    preferred = {row["property"] for row in statements if row["rank"] == "preferred"}
    me = iri(WD + subject)
    for number, row in enumerate(statements):
        what, value, rank = row["property"], term(row["property"], row["value"]), row["rank"] or "normal"
        best = rank != "deprecated" and (rank == "preferred" or what not in preferred)
        node = iri(f"{WDS}{subject}-{uuid.uuid5(uuid.NAMESPACE_URL, f'{WD}{subject}#{number}')}")
        if best:
            yield me, iri(f"{PROP}direct/{what}"), value
            nodes.append((node, iri(f"{RDF}type"), iri(f"{WIKIBASE}BestRank")))
        yield me, iri(f"{PROP}{what}"), node
        nodes += [
            (node, iri(f"{RDF}type"), iri(f"{WIKIBASE}Statement")),
            (node, iri(f"{WIKIBASE}rank"), iri(f"{WIKIBASE}{rank.capitalize()}Rank")),
            (node, iri(f"{PROP}statement/{what}"), value),
        ]
        if what in DATES:
            nodes += moment(node, f"{PROP}statement/value/{what}", row["value"])
        for qualifier, day in (("P580", row["start"]), ("P582", row["end"])):
            if day:
                nodes.append((node, iri(f"{PROP}qualifier/{qualifier}"), term(qualifier, day)))
                nodes += moment(node, f"{PROP}qualifier/value/{qualifier}", day)
    yield from nodes


def moment(node: str, predicate: str, day: str) -> list[Triple]:
    """Return the full value of a date: its precision (9 a year, 10 a month, 11 a day) stands beside its time."""
    value = iri(VALUE + uuid.uuid5(uuid.NAMESPACE_URL, day).hex)
    precision = literal(str(9 + day.count("-")), f"{XSD}integer")
    return [
        (node, iri(predicate), value),
        (value, iri(f"{RDF}type"), iri(f"{WIKIBASE}TimeValue")),
        (value, iri(f"{WIKIBASE}timeValue"), term("P585", day)),
        (value, iri(f"{WIKIBASE}timePrecision"), precision),
    ]


def term(what: str, value: str) -> str:
    if what in DATES:
        return literal(f"{value}{'-01' * (2 - value.count('-'))}T00:00:00Z", f"{XSD}dateTime")
    if what in POINTS:
        latitude, longitude = value.split()
        return literal(f"Point({longitude} {latitude})", WKT)
    return iri(WD + value) if value[0] == "Q" and value[1:].isdigit() else literal(value)


def iri(value: str) -> str:
    return f"<{value}>"


def literal(value: str, datatype: str = "", lang: str = "") -> str:
    text = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"{f"@{lang}" if lang else f"^^<{datatype}>" if datatype else ""}'


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    sys.stdout.write(extract())
