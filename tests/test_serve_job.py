"""Which queries count as alike, and what is remembered of them."""

from __future__ import annotations

import json
import time

import pytest

from kb.serve.job import Remembered, shape_of


def shape(query: str) -> int:
    return shape_of(json.dumps({"query": query, "graphs": []}).encode())


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("SELECT * { <a:a> ?p ?o }", "SELECT * { <a:b#c> ?p ?o }", True),
        ("ASK { ?s ?p 'x' } LIMIT 5", "ASK { ?s ?p 'x' } LIMIT 700", True),
        ('ASK { ?s ?p "x" }', 'ASK { ?s ?p "longer, with \\" in it" }', True),
        ("ASK {} # one", "ASK {} # another", True),
        ("SELECT * { <a:a> ?p ?o }", "SELECT * { ?s ?p ?o }", False),
        ("ASK { ?s ?p ?o }", "SELECT * { ?s ?p ?o }", False),
    ],
)
def test_queries_that_differ_in_names_texts_numbers_and_remarks_are_alike(one: str, other: str, alike: bool) -> None:
    assert (shape(one) == shape(other)) is alike


def test_what_was_met_longest_ago_is_forgotten() -> None:
    known = Remembered(2)
    for thing in ("a", "b", "a", "c"):
        known.add(thing)
    assert "a" in known and "c" in known and "b" not in known
    known.drop("a")
    known.drop("never there")
    assert "a" not in known


@pytest.mark.parametrize("query", ['"' * 60_000, '\\"' * 30_000, '"\\' * 30_000, "<a" * 30_000, "#\n" * 30_000, "'\"" * 30_000])
def test_no_query_makes_looking_at_it_slow(query: str) -> None:
    start = time.process_time()
    shape(query)
    assert time.process_time() - start < 0.5
