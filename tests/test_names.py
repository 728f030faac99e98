"""What a person types for a parameter, and the one thing it means: ids, labels, variants, concepts, IRIs."""

from __future__ import annotations

import pytest

from kb.errors import BadDate, UnknownName
from kb.ids import NS, Mint
from kb.query import Param, read_value, resolve_name
from kb.store import LocalStore, open_store

BASE = "https://example.org/kb/"
MINT = Mint(BASE)


@pytest.fixture(scope="module")
def store() -> LocalStore:
    skos, label = "http://www.w3.org/2004/02/skos/core#", "http://www.w3.org/2000/01/rdf-schema#label"
    kinds = {
        "entity": f"{NS}Entity",
        "event": f"{NS}Event",
        "question": f"{NS}Question",
        "article": "https://schema.org/NewsArticle",
    }
    things = [
        (
            "entity",
            "zoe-oneil",
            [(label, "Zoë O’Neil"), (f"{skos}altLabel", "the mayor"), (f"{skos}hiddenLabel", "Zoe Oneill")],
        ),
        ("entity", "port-city", [(label, "Port City"), (f"{skos}altLabel", "the port")]),
        ("entity", "port-government", [(label, "Government of the port"), (f"{skos}altLabel", "The Port")]),
        ("entity", "withdrawal", [(label, "Withdrawal (a rock band)")]),
        ("event", "harbour-closed", [(label, "Closing of the harbour")]),
        ("question", "harbour-closed", [(label, "Was the harbour closed?")]),
        ("article", "harbour-news", [(label, "Harbour closes")]),
    ]
    store = open_store(":memory:")
    rdf_type = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    for kind, name, names in things:
        thing = f"<{BASE}id/{kind}/{name}>"
        store.load([f"{thing} {rdf_type} <{kinds[kind]}> ."])
        store.load([f'{thing} <{property_}> "{text}"@en .' for property_, text in names])
    claim = MINT.claim("harbour-news", "it-is-shut")
    store.load([f"<{claim}> {rdf_type} <{NS}Claim> .", f"<{claim}> <{NS}speaker> <{MINT.entity('zoe-oneil')}> ."])
    return store


@pytest.mark.parametrize(
    ("word", "type", "meant"),
    [
        ("zoe-oneil", "entity", MINT.entity("zoe-oneil")),
        ("entity/zoe-oneil", "iri", MINT.entity("zoe-oneil")),
        ("Zoë O’Neil", "entity", MINT.entity("zoe-oneil")),
        ("  zoe   o'neil ", "iri", MINT.entity("zoe-oneil")),
        ("ZOE ONEILL", "entity", MINT.entity("zoe-oneil")),
        ("the mayor", "entity", MINT.entity("zoe-oneil")),
        (MINT.entity("zoe-oneil"), "iri", MINT.entity("zoe-oneil")),
        (f"<{MINT.entity('zoe-oneil')}>", "entity", MINT.entity("zoe-oneil")),
        ("harbour-closed", "event", MINT.event("harbour-closed")),
        ("question/harbour-closed", "iri", MINT.question("harbour-closed")),
        ("was the harbour closed?", "iri", MINT.question("harbour-closed")),
        ("harbour closes", "article", MINT.article("harbour-news")),
        ("harbour-news/it-is-shut", "claim", MINT.claim("harbour-news", "it-is-shut")),
        ("claim:harbour-news/it-is-shut", "iri", MINT.claim("harbour-news", "it-is-shut")),
        ("withdrawal", "concept", f"{NS}event-type/withdrawal"),
        ("Not observed", "concept", f"{NS}polarity/not-observed"),
        ("type:withdrawal", "iri", f"{NS}event-type/withdrawal"),
        ("event-type/withdrawal", "iri", f"{NS}event-type/withdrawal"),
        ("modality:possible", "concept", f"{NS}modality/possible"),
    ],
)
def test_a_word_means_one_thing(store: LocalStore, word: str, type: str, meant: str) -> None:
    assert resolve_name(store, word, type) == meant


@pytest.mark.parametrize(
    ("word", "type", "cure"),
    [
        ("zoe-oniel", "entity", "did you mean 'zoe-oneil'"),
        ("the major", "entity", "did you mean 'the mayor'"),
        ("withdrawl", "concept", "did you mean 'withdrawal'"),
        ("type:withdrawl", "iri", "'withdrawal'"),
        ("zoe-oneil", "event", ""),
        ("qqqqqq", "iri", ""),
        ("", "iri", ""),
        ("harbour-news/nothing", "claim", ""),
        (MINT.entity("nobody"), "iri", "look at its spelling"),
        ('") } INSERT', "entity", ""),
        ("the port", "entity", "write one of entity/port-city, entity/port-government"),
        ("harbour-closed", "iri", "write one of event/harbour-closed, question/harbour-closed"),
        ("withdrawal", "iri", "write one of entity/withdrawal, event-type/withdrawal"),
        ("possible", "concept", "write one of certainty/possible, event-status/possible, modality/possible"),
    ],
)
def test_a_word_that_means_nothing_or_several_things_is_told(store: LocalStore, word: str, type: str, cure: str) -> None:
    with pytest.raises(UnknownName) as error:
        resolve_name(store, word, type)
    assert cure in error.value.cure


def test_the_name_of_the_parameter_settles_a_word_of_several_schemes(store: LocalStore) -> None:
    param = Param("certainty", "concept")
    assert read_value(store, param, "possible") == f"{NS}certainty/possible"
    assert read_value(store, Param("status", "concept"), "possible") == f"{NS}event-status/possible"


def test_plain_values_are_checked_and_kept(store: LocalStore) -> None:
    assert read_value(store, Param("day", "date"), "2031-05-04") == "2031-05-04"
    with pytest.raises(BadDate, match="day: '4 May' is not a day"):
        read_value(store, Param("day", "date"), "4 May")
