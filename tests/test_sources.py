"""Online sources of candidates over real HTTP on this machine: what they ask, what they give, and every way they fail."""

from __future__ import annotations

import copy
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from http.server import ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest
from faulty_endpoint import JSON, PLAIN, at, faulty_endpoint
from hypothesis import given
from hypothesis import strategies as st
from wikibase import entity, wikibase

from kb.cli import _run
from kb.endpoint import Client
from kb.errors import RemoteError
from kb.home import Home
from kb.ids import Mint
from kb.judgement import WIKIDATA
from kb.link import Api, Reconcile, Source, Sparql, judgement_of, read_answer, read_file
from kb.link.gates import is_inner
from kb.link.heard import Heard
from kb.link.items import Entry, Item, Office
from kb.link.sources import written
from kb.link.suggest import known, ranked
from kb.model import Entity, Event
from kb.rows import Result, Term

WORLD = {
    one["id"]: one
    for one in (
        entity("Q99900001", "Northport", "Nordhafen", title="Northport", P31="Q515", P17="Q99900002", P625=(54.1, -7.25), P571="1402"),
        entity("Q99900002", "Northland", title="Northland", P31="Q6256"),
        entity("Q99900003", "Northport", description="Wikimedia disambiguation page", P31="Q4167410"),
        entity("Q99900010", "Ada Lind", P31="Q5", P569="1954-07-28", P39=[("Q99900030", "2030-03", ""), ("Q99900031", "2019", "2021-05-01")]),
        entity("Q99900012", "Siege of Northport", title="Siege of Northport", P31="Q178561", P580="2031-05-01", P582="2031-05-09"),
    )
}
PORT = Entity(id="northport", kind="place", label="Northport", labels={"uk": "Нортпорт"})
LAND = Entity(id="northland", kind="state", label="northland")
ADA = Entity(id="ada", kind="person", label="Ada Lind", aliases=("Governor Lind",))
NOBODY = Entity(id="nobody", kind="person", label="Cy Marsh", aliases=("Marsh",))
SIEGE = Event(id="siege", label="Siege of Northport (2031)", type="attack")
THINGS = (PORT, LAND, ADA, NOBODY, SIEGE)
LIND = Entry(
    99900010, "Ada Lind", classes=("Q5",), names=("ada lind",), born="1954-07-28", sources=("api",), version="7",
    offices=(Office("Q99900030", "2030-03"), Office("Q99900031", "2019", "2021-05-01")),
)  # fmt: skip


@pytest.fixture
def served() -> Iterator[ThreadingHTTPServer]:
    with wikibase(WORLD, {"Q99900099": "Q99900010"}) as server:
        yield server


@pytest.fixture
def client(tmp_path: Path) -> Client:
    return Client(cache=tmp_path / "http", timeout=5, pause=0.01)


def numbers(source: Source, *things: Entity | Event) -> list[list[int]]:
    return [[entry.number - 99900000 for entry in entries] for entries in source.candidates(things)]


def test_the_api_finds_items_by_title_and_by_search(served: ThreadingHTTPServer, client: Client) -> None:
    assert numbers(Api(client, at(served, "api")), *THINGS) == [[1, 3], [2], [10], [], [12]]
    titles = [asked for asked in served.asked if "titles" in asked]
    assert [(asked["sites"], asked["titles"]) for asked in titles] == [
        ("enwiki", "Northport|Northland|Ada Lind|Governor Lind|Cy Marsh|Marsh|Siege of Northport (2031)|Siege of Northport"), ("ukwiki", "Нортпорт"),
    ]  # fmt: skip
    assert {asked.get("maxlag") for asked in served.asked} == {"5"}
    assert len([asked for asked in served.asked if "ids" in asked]) == 1


def test_the_api_gives_the_facts_that_gates_need(served: ThreadingHTTPServer, client: Client) -> None:
    ((port, _), _, (lind,)) = list(Api(client, at(served, "api")).candidates([PORT, LAND, ADA]))
    assert lind == LIND
    assert (port.point, port.countries, port.begun, port.names) == ((54.1, -7.25), ("Q99900002",), "1402", ("northport", "nordhafen"))


def test_a_redirected_item_is_found_under_both_ids_and_a_deleted_one_under_none(served: ThreadingHTTPServer, client: Client) -> None:
    found = Api(client, at(served, "api")).items(["Q99900099", "Q99900777"])
    assert {key: item.number for key, item in found.items()} == {"Q99900099": 99900010, "Q99900010": 99900010}


def test_fifty_are_asked_at_a_time_and_fewer_when_the_answer_is_too_large(served: ThreadingHTTPServer, client: Client) -> None:
    api = Api(client, at(served, "api"))
    api.items(f"Q{number}" for number in range(99_900_001, 99_900_121))
    assert [asked["ids"].count("Q") for asked in served.asked] == [50, 50, 20]
    served.asked.clear()
    small = Api(replace(client, cache=None, max_bytes=1500), at(served, "api"))
    assert len(small.items(WORLD)) == 5 and len(served.asked) > 1


def test_everything_asked_once_is_there_offline(served: ThreadingHTTPServer, client: Client) -> None:
    first = list(Api(client, at(served, "api")).candidates(THINGS))
    served.asked.clear()
    assert list(Api(replace(client, offline=True), at(served, "api")).candidates(THINGS)) == first
    assert served.asked == []


def test_a_reconciliation_service_is_asked_in_batches_of_its_size(served: ThreadingHTTPServer, client: Client) -> None:
    assert numbers(Reconcile(client, at(served, "reconcile")), *THINGS) == [[1, 3], [2], [10], [], []]
    assert ["queries" in asked for asked in served.asked] == [False, True, True, True]
    ((entry, _),) = Reconcile(client, at(served, "reconcile")).candidates([PORT])
    assert entry == Entry(99900001, "Northport", classes=("Q515",), names=("northport",), sources=("reconcile",), is_bare=True)


def matched(*matches: dict, facts: object = None) -> list[tuple[float, str]]:
    """Return score and reasons of what a service's matches for Ada become, who spoke in May 2031."""
    answer = {"identifierSpace": "http://www.wikidata.org/entity/", "q0": {"result": list(matches)}}
    (entries,) = Reconcile(SimpleNamespace(get_json=lambda url, asked: answer), "http://127.0.0.1/", facts).candidates([ADA])
    spoke = Heard(spoke_from=date(2031, 5, 3), spoke_by=date(2031, 5, 3))
    return [(round(one.score, 3), "; ".join(one.reasons)) for one in ranked(ADA, entries, known([]), Mint(), heard={Mint().entity("ada"): spoke})]


LIND_MATCH = {"id": "Q99900010", "name": "Ada Lind", "type": [{"id": "Q5", "name": "human"}]}


@pytest.mark.parametrize("name", ["Wikimedia category", "family name", "Wikimedia-Begriffsklärungsseite"])
def test_a_match_whose_type_is_named_as_one_of_inner_pages_is_dropped(name: str) -> None:
    assert matched(LIND_MATCH | {"type": [{"id": "Q99900777", "name": name}]}) == []


def test_a_match_of_which_the_name_alone_is_known_says_so_and_scores_less() -> None:
    assert matched(LIND_MATCH) == [(0.9, "'ada lind' is 'ada lind'; its class fits the kind person; nothing but the name and the class was compared; found by reconcile")]
    assert matched(LIND_MATCH | {"type": []}) == [(0.81, "'ada lind' is 'ada lind'; nothing but the name was compared; found by reconcile")]


def test_a_match_is_weighed_by_the_facts_that_another_service_tells() -> None:
    def facts(**told: str):
        return lambda numbers: {number: Item(number, "Ada Lind", ["Ada Lind"], **told) for number in numbers}

    assert matched(LIND_MATCH, facts=facts(born="1854-07-28", died="1900-01-02")) == []
    assert matched(LIND_MATCH, facts=facts(born="1990-02-03")) == [
        (1.0, "'ada lind' is 'ada lind'; its class fits the kind person; alive when it speaks; found by reconcile")
    ]  # fmt: skip
    assert matched(LIND_MATCH, facts=lambda numbers: {})[0][0] == 0.9


@pytest.mark.parametrize(("options", "asks"), [([], False), (["--source", "api"], True)])
def test_the_command_asks_for_the_facts_of_matches_where_it_may(
    own: Home, served: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture, options: list[str], *, asks: bool
) -> None:
    (own.corpus / "entities" / "more.yaml").write_text("entities:\n- {id: ada, kind: person, label: Ada Lind}\n", "utf-8")
    monkeypatch.setenv("KB_RECONCILE", at(served, "reconcile"))
    monkeypatch.setenv("KB_WIKIDATA_API", at(served, "api") if asks else "")
    monkeypatch.delenv("KB_WIKIDATA_ENDPOINT", raising=False)
    assert _run(["-C", str(own.root), "link", "--source", "reconcile", "--format", "csv", *options]) == 0
    assert ("nothing but the name" not in capsys.readouterr().out) == asks == any("ids" in asked for asked in served.asked)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"versions": ["0.3"]}, "no reconciliation service of version 0.2"), ({"versions": "0.2"}, "no reconciliation service"),
        ({"identifierSpace": "http://viaf.org/viaf/"}, "gives ids of other things"), ({"batchSize": -1}, ""), ({"batchSize": "many"}, ""),
    ],
)  # fmt: skip
def test_the_manifest_is_read_before_anything_is_asked(served: ThreadingHTTPServer, client: Client, change: dict, message: str) -> None:
    served.manifest |= change
    source = Reconcile(client, at(served, "reconcile"))
    if not message:
        assert numbers(source, PORT) == [[1, 3]]
        return
    with pytest.raises(RemoteError, match=message):
        numbers(source, PORT)
    assert len(served.asked) == 1


def test_a_sparql_endpoint_gives_items_with_their_facts(wikidata_server: str, client: Client) -> None:
    people = (Entity(id="chavez", kind="person", label="Hugo Chávez"), Entity(id="ada", kind="person", label="Ada Example"))
    ((chavez, *_), (ada, *_)) = Sparql(client, wikidata_server).candidates(people)
    assert (chavez.number, chavez.born, chavez.offices) == (8440, "1954-07-28", (Office("Q11942698", "1999-02-02", "2013-03-05"),))
    assert ada.number == 999000013 and ada.sources == ("sparql",)


@pytest.mark.parametrize("order", [1, -1])
def test_a_sparql_endpoint_may_tell_the_languages_in_any_order(order: int) -> None:
    item, key = Term("iri", f"{WIKIDATA}Q99900010"), {"label": "http://www.w3.org/2000/01/rdf-schema#label", "about": "http://schema.org/description"}
    told = [("about", "Familienname", "de"), ("about", "a word", "en"), ("label", "Лінд", "uk"), ("label", "Lind", "en"), ("label", "Linde", "mul")][::order]
    facts = Result("select", ("item", "key", "value"), tuple((item, Term("iri", key[name]), Term("literal", text, "", tag)) for name, text, tag in told))
    named = Result("select", ("item", "name"), ((item, Term("literal", "Ada Lind", "", "en")),))
    offices = Result("select", ("item", "office", "start", "end", "rank"))
    answers = SimpleNamespace(ask=lambda url, text: named if "?naming" in text else facts if "?key" in text else offices)
    ((entry,),) = Sparql(answers, "http://127.0.0.1/").candidates([ADA])
    assert (entry.label, entry.description) == ("Lind", "Familienname") and is_inner(entry)


def test_a_name_with_a_quote_or_a_backslash_stays_a_name(wikidata_server: str, client: Client) -> None:
    odd = Entity(id="odd", kind="group", label='") } # \\ \n', aliases=("'", "x\u2019y"))
    assert list(Sparql(client, wikidata_server).candidates([odd])) == [()]


def test_names_are_asked_for_in_the_languages_they_may_be_in() -> None:
    thing = Entity(id="p", kind="person", label="Ada Lind (governor)", labels={"uk": "Ада Лінд"}, aliases=("O’Lind", "Линд", "—"), misspellings=("Lnid",))
    assert [(name.text, name.languages[0]) for name in written(thing)] == [
        ("Ada Lind (governor)", "en"), ("Ада Лінд", "uk"), ("O’Lind", "en"), ("Линд", "uk"), ("Ada Lind", "en"), ("O'Lind", "en"),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def faulty() -> Iterator[ThreadingHTTPServer]:
    with faulty_endpoint() as server:
        manifest = b'{"versions":["0.2"],"identifierSpace":"http://www.wikidata.org/entity/"}'
        more = {
            "no-entities": b"{}", "entities-as-list": b'{"entities":[1]}', "no-search": b'{"entities":{},"search":{"id":1}}',
            "no-sitelinks": b'{"entities":{"Q1":{"id":"Q1"}}}', "no-manifest": b"[]", "no-result": manifest, "bad-result": manifest[:-1] + b',"q0":{"result":[{}]}}',
        }  # fmt: skip
        server.answers |= {name: (200, PLAIN, body) for name, body in more.items()}
        server.answers["truth"] = (200, JSON, b'{"head":{},"boolean":true}')
        yield server


_JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4), lambda some: st.lists(some, max_size=2) | st.dictionaries(
    st.sampled_from(["id", "value", "en", "mainsnak", "datavalue", "P31", "P39", "x"]), some, max_size=3), max_leaves=6)  # fmt: skip


def places(value: object, path: tuple = ()) -> Iterator[tuple]:
    yield path
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(inner, (*path, key))


@given(data=st.data())
def test_an_entity_spoilt_anywhere_is_refused_or_read(data: st.DataObject) -> None:
    whole = {"entities": {"Q99900010": copy.deepcopy(WORLD["Q99900010"]) | {"sitelinks": {"enwiki": {"title": "Ada"}}}}}
    *way, last = data.draw(st.sampled_from([path for path in places(whole) if path]))
    inner = whole
    for key in way:
        inner = inner[key]
    inner[last] = data.draw(_JSON)
    spoilt = SimpleNamespace(get_json=lambda url, asked: copy.deepcopy(whole | {"search": [{"id": "Q99900010"}]}))
    try:
        (entries,) = Api(spoilt, "http://127.0.0.1/api").candidates([ADA])
    except RemoteError as error:
        assert "another shape" in error.message
    else:
        ranked(ADA, entries, known([]), Mint())


@given(data=st.data())
def test_a_match_spoilt_anywhere_is_refused_or_read(data: st.DataObject) -> None:
    match = {"id": "Q99900010", "name": "Ada Lind", "score": 1.5, "description": "a governor", "type": [{"id": "Q5", "name": "human"}, "Q6"]}
    whole = {"identifierSpace": "http://www.wikidata.org/entity/", "q0": {"result": [match]}}
    *way, last = data.draw(st.sampled_from([path for path in places(whole) if path]))
    inner = whole
    for key in way:
        inner = inner[key]
    inner[last] = data.draw(_JSON)
    try:
        (entries,) = Reconcile(SimpleNamespace(get_json=lambda url, asked: copy.deepcopy(whole)), "http://127.0.0.1/").candidates([ADA])
    except RemoteError as error:
        assert "another shape" in error.message or "other things" in error.message
    else:
        ranked(ADA, entries, known([]), Mint())


BAD_DAYS = [
    ("wait-an-hour", "ask again in 3600 seconds"), ("failing", r"failed \(500\)"), ("down", r"is busy \(503\)"), ("forbidden", "does not let us in"),
    ("hang", "gave no whole answer in time"), ("drip", "gave no whole answer in time"), ("cut", "the answer broke off"), ("page", "answers with text/html"),
    ("loop", "redirects without end"), ("bomb", "more than 1024 KiB"), ("no-http", "cannot be asked"),
]  # fmt: skip
OF_JSON = [
    ("error-inside", "no-such-entity"), ("lag", "maxlag"), ("wrong-json", "broken JSON"), ("no-object", "neither an object nor a list"), ("deep-json", "broken JSON"),
]  # fmt: skip
OF_API = [(name, "answers in another shape than Wikibase") for name in ("no-entities", "entities-as-list", "no-search", "no-sitelinks", "ask")]
OF_RECONCILE = [("no-manifest", "no reconciliation service"), ("items", "other things than Wikidata"), ("no-result", "another shape"), ("bad-result", "another shape")]
OF_SPARQL = [("truth", "answers another question"), ("good", "answers another question"), ("triples", "answers another question"), ("items", "broken SPARQL")]
FAULTS = [
    *((Api, *fault) for fault in (*BAD_DAYS, *OF_JSON, *OF_API)), *((Reconcile, *fault) for fault in (*BAD_DAYS, *OF_JSON, *OF_RECONCILE)),
    *((Sparql, *fault) for fault in (*BAD_DAYS, *OF_SPARQL)),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "name", "message"), FAULTS, ids=lambda value: getattr(value, "name", None))
def test_every_source_tells_what_went_wrong_and_keeps_nothing_of_it(
    faulty: ThreadingHTTPServer, tmp_path: Path, kind: type, name: str, message: str
) -> None:
    client = Client(cache=tmp_path / "http", timeout=0.3 if name in ("hang", "drip") else 5, pause=0.01, max_bytes=1 << 20)
    source = kind(client, at(faulty, name))
    with pytest.raises(RemoteError, match=message) as error:
        list(source.candidates([PORT]))
    assert str(error.value).startswith(at(faulty, name)) and error.value.cure


@pytest.mark.parametrize("name", ["api", "sparql", "reconcile"])
def test_no_source_asks_without_a_contact_or_offline(own: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture, name: str) -> None:
    for key in ("KB_CONTACT", "KB_WIKIDATA_API", "KB_WIKIDATA_ENDPOINT", "KB_RECONCILE"):
        monkeypatch.delenv(key, raising=False)
    command = ["-C", str(own.root), "link", "--source", name]
    assert _run(command) == 2 and "nobody to contact is named" in capsys.readouterr().err
    assert _run([*command, "--offline"]) == 2 and "we are offline" in capsys.readouterr().err
    assert not (own.corpus / "links" / "predictions.sssom.tsv").exists()


def test_the_command_puts_the_sources_together(
    own: Home, served: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    (own.corpus / "entities" / "more.yaml").write_text("entities:\n- {id: ada, kind: person, label: Ada Lind}\n", "utf-8")
    monkeypatch.setenv("KB_WIKIDATA_API", at(served, "api"))
    monkeypatch.setenv("KB_RECONCILE", at(served, "reconcile"))
    command = ["-C", str(own.root), "link", "--source", "api", "--source", "reconcile", "--format", "csv"]
    assert _run(command) == 0
    told = capsys.readouterr()
    assert "found by api; found by reconcile" in told.out and "nothing is built yet, so dates are not looked at" in told.err
    (one,) = read_file((own.corpus / "links" / "predictions.sssom.tsv").read_text("utf-8"), "predictions.sssom.tsv").judgements
    assert (one.subject.rpartition("/")[2], one.object, one.version) == ("ada", f"{WIKIDATA}Q99900010", "7")
    assert judgement_of(one, read_answer("y"), author="agent:cy", day="2031-05-08").version == "7"
    served.asked.clear()
    assert _run([*command, "--offline"]) == 0 and served.asked == []


def test_a_stop_from_the_keyboard_ends_the_command_and_leaves_no_half_of_anything(own: Home, faulty: ThreadingHTTPServer) -> None:
    faulty.asked.clear()
    code = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from kb.cli import main; main()"
    environment = os.environ | {"KB_WIKIDATA_API": at(faulty, "hang"), "PYTHONPATH": str(Path(__file__).parent.parent)}
    command = [sys.executable, "-c", code, "-C", str(own.root), "link", "--source", "api"]
    started = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + 20
    while not faulty.asked and time.monotonic() < end:
        time.sleep(0.02)
    started.send_signal(signal.SIGINT)
    _, told = started.communicate(timeout=20)
    assert started.returncode == 130 and "Traceback" not in told
    assert not (own.corpus / "links" / "predictions.sssom.tsv").exists()
    assert [path.name for path in own.http.rglob("*")] == ["lock"]
