"""What is known of one thing, as triples."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_world import built, says, world

from kb.errors import BadIri
from kb.export import serialize_triples
from kb.pages.describe import describe
from kb.store import LocalStore, open_store

BASE = "https://example.org/kb/id/"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> LocalStore:
    home = world(tmp_path_factory.mktemp("described"), {"one": [says("a", "ada", "emptied"), says("b", "wim", "unseen")], "two": [says("a", "sol", "emptied")]})
    built(home)
    return open_store(home.store)


def subjects(triples: str) -> set[str]:
    return {line.split(" ")[0][1:-1].removeprefix(BASE) for line in triples.splitlines()}


def test_a_claim_comes_with_the_nodes_below_it_and_the_names_of_what_it_names(store: LocalStore) -> None:
    found = describe(store, f"{BASE}claim/one/a")
    assert {"claim/one/a", "claim/one/a/evidence/1", "claim/one/a/attribution/0", "entity/ada", "article/one"} <= subjects(found)
    assert f'<{BASE}entity/ada> <http://www.w3.org/2000/01/rdf-schema#label> "Ada Brink"' in found
    assert "claim/one/b" not in subjects(found)


def test_a_question_comes_with_its_answers(store: LocalStore) -> None:
    found = describe(store, f"{BASE}question/was-it-emptied")
    assert {f"question/was-it-emptied{rest}" for rest in ("", "/emptied", "/not-emptied", "/unseen", "/in-part")} <= subjects(found)


def test_a_name_that_begins_alike_is_another_thing(store: LocalStore) -> None:
    assert "entity/premier-of-northland" not in subjects(describe(store, f"{BASE}entity/premier"))


def test_nothing_is_said_of_what_is_not_there(store: LocalStore) -> None:
    assert describe(store, f"{BASE}entity/nobody") == ""


def test_what_is_no_iri_is_refused(store: LocalStore) -> None:
    with pytest.raises(BadIri):
        describe(store, "a:b> ?p ?o } #")


def test_it_is_whole_triples_in_one_order(store: LocalStore) -> None:
    found = describe(store, f"{BASE}claim/one/a")
    assert found.splitlines() == sorted(found.splitlines())
    assert "kb:speaker <entity/ada>" in serialize_triples(found, "turtle", base="https://example.org/kb/")


def test_the_world_is_not_empty(tmp_path: Path, store: LocalStore) -> None:
    assert len(describe(store, f"{BASE}claim/two/a").splitlines()) > 20
