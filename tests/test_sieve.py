"""The sieve and pySHACL on the same cases: what pySHACL finds, the sieve never lets pass."""

from __future__ import annotations

import pytest
from test_shapes import CASES, changed, world

from kb.check import shacl
from kb.check.sieve import Lines, Sieve, token
from kb.home import shipped

SHAPES = shacl.load_shapes(tuple(sorted((shipped("ontology") / "shapes").glob("*.ttl"))))
SIEVE = Sieve(SHAPES.graph)


def lines(graph) -> list[str]:
    return [f"{token(subject)} {token(property_)} {token(value)} <urn:g> ." for subject, property_, value in graph]


def test_a_world_that_conforms_passes() -> None:
    found = lines(world())
    assert len(found) > 100 and SIEVE.passes(Lines(found)) and shacl.validate(found, (), SHAPES) == []


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_what_a_rule_catches_does_not_pass(rule: str, case: object) -> None:
    graph, _ = changed(case)
    assert not SIEVE.passes(Lines(lines(graph)))


def test_faults_of_what_an_article_names_are_not_its_own() -> None:
    own = ["<urn:c> <https://w3id.org/conflict-kb/ns/unheard> <urn:e> <urn:g> ."]
    bad = ["<urn:e> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/conflict-kb/ns/Entity> <urn:g> ."]
    assert SIEVE.passes(Lines(own, bad)) and not SIEVE.passes(Lines(bad))


def test_a_constraint_it_does_not_know_is_left_to_pyshacl() -> None:
    from rdflib import Graph

    turtle = """@prefix sh: <http://www.w3.org/ns/shacl#> . <urn:s> a sh:NodeShape ; sh:targetClass <urn:T> ; sh:property <urn:p> .
        <urn:p> sh:path <urn:q> ; sh:qualifiedMinCount 1 ; sh:qualifiedValueShape <urn:v> ."""
    type_ = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    sieve = Sieve(Graph().parse(data=turtle, format="turtle"))
    assert not sieve.passes(Lines([f"<urn:x> {type_} <urn:T> <urn:g> .", "<urn:x> <urn:q> <urn:y> <urn:g> ."]))
