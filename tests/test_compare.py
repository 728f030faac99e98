"""The comparison: who contradicts whom, who agrees and who only repeats, on small worlds and on the two articles."""

from __future__ import annotations

import io
import json
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_world import built, says, world

from kb.build import build, graph_files
from kb.build.derived import _check
from kb.compare import Comparison, Filter, Given, Position, clashes, compare, pairs
from kb.home import Home, shipped
from kb.query import read_query
from kb.show import comparison as shown
from kb.store import open_store

ROOT = Path(__file__).parent.parent
DAY = date(2031, 5, 3)
WORDS = read_query(shipped("queries") / "ask" / "claims-set-against-each-other.rq")
OFFICE = {"id": "premier", "subject": "ada", "predicate": "holds the office of", "object": "premier-of-northland", "time": "2031-05"}
WIRED = "  publisher: courier\n  origin: [north-wire]\n  published: 2031-05-07\n"


def compared(home: Home, wanted: Filter | None = None) -> Comparison:
    built(home)
    return compare(open_store(home.store.resolve()), wanted, words=WORDS)


def origins(found: Comparison) -> list[tuple[set[str], set[str]]]:
    """Return sources and folded collectives of each origin of the one corroboration."""
    [corroboration] = found.corroborations
    return [tuple({thing.rpartition("/")[2] for thing in things} for things in (one.sources, one.folded)) for one in corroboration.origins]


FOLDED = {
    "one speaker in two articles": ({"one": [says("a", "bo", "emptied")], "two": [says("a", "bo", "emptied")]}, 1),
    "a heading and the body below it": ({"one": [says("h", "bo", "emptied", zone="headline"), says("b", "bo", "emptied")]}, 1),
    "two speakers": ({"one": [says("a", "bo", "emptied"), says("b", "wim", "emptied")]}, 2),
    "a collective and its member": ({"one": [says("a", "fishers", "emptied"), says("b", "bo", "emptied")]}, 1),
    "two members of one collective": ({"one": [says("a", "cy", "emptied"), says("b", "bo", "emptied")]}, 2),
    "two members beside their collective": (
        {"one": [says("a", "cy", "emptied"), says("b", "bo", "emptied"), says("c", "fishers", "emptied")]}, 2,
    ),
    "a government and its ministry's man": ({"one": [says("a", "government-of-northland", "emptied"), says("b", "dov", "emptied")]}, 1),
    "a government and who holds an office of its country": (
        {"one": [says("a", "government-of-northland", "emptied"), says("b", "ada", "emptied"), OFFICE]}, 1,
    ),
    "a government and a private person of its country": (
        {"one": [says("a", "government-of-northland", "emptied"), says("b", "ada", "emptied")]}, 2,
    ),
    "two governments of one league": ({"one": [says("a", "government-of-northland", "emptied"), says("b", "westland", "emptied")]}, 2),
    "two states and the league they are in": (
        {"one": [says("a", "northland", "emptied"), says("b", "westland", "emptied"), says("c", "northern-league", "emptied")]}, 2,
    ),
    "someone who speaks on behalf of another": (
        {"one": [
            says("a", "wim", "emptied"),
            {k: v for k, v in says("b", None, "emptied").items()} | {"attribution": "[{source: bo, act: state, on-behalf-of: wim}]"},
        ]}, 1,
    ),
    "groups that are members of each other": ({"one": [says("a", "ring-one", "emptied"), says("b", "ring-two", "emptied")]}, 1),
    "two outlets": ({"one": [says("a", None, "emptied")], "three": [says("a", None, "emptied")]}, 2),
    "two articles of one outlet": ({"one": [says("a", None, "emptied")], "two": [says("a", None, "emptied")]}, 1),
    "two copies of one wire": ({"wired-one": [says("a", None, "emptied")], "wired-two": [says("a", None, "emptied")]}, 1),
    "a wire copy and another outlet": ({"wired-one": [says("a", None, "emptied")], "one": [says("a", None, "emptied")]}, 2),
    "a speaker in a wire copy is no wire": ({"wired-one": [says("a", "bo", "emptied"), says("b", "wim", "emptied")]}, 2),
}  # fmt: skip
HEADS = {"three": "  publisher: courier\n  published: 2031-05-07\n", "wired-one": WIRED, "wired-two": WIRED.replace("courier", "post")}


@pytest.mark.parametrize(("articles", "expected"), FOLDED.values(), ids=FOLDED)
def test_independent_origins_are_counted_not_claims_and_not_outlets(tmp_path: Path, articles: dict, expected: int) -> None:
    counted_origins(world(tmp_path, articles, HEADS), expected)


def counted_origins(home: Home, expected: int) -> None:
    """The comparison and the derived graph count so many origins, and none where all is one."""
    found = compared(home)
    assert (len(found.corroborations[0].origins) if found.corroborations else 1) == expected
    assert len(found.corroborations) == (expected > 1)
    query = "SELECT ?n { ?node <https://w3id.org/conflict-kb/ns/origins> ?n }"
    assert [int(row[0].value) for row in open_store(home.store.resolve()).query(query).rows] == ([expected] if expected > 1 else [])


OWN, POST = says("a", None, "emptied"), says("a", "post", "emptied")
OF_TEXTS = {
    "a signed wire text and its copy": ([("publisher: north-wire", "author: [ada]"), ("publisher: courier", "origin: [north-wire]")], [OWN, OWN], 1),
    "a signed article and its copy": ([("publisher: post", "author: [ada]"), ("publisher: courier", "origin: [post]")], [OWN, OWN], 1),
    "a wire copy and a copy of that": ([("publisher: post", "origin: [north-wire]"), ("publisher: courier", "origin: [post]")], [OWN, OWN], 1),
    "copies of each other": ([("publisher: post", "origin: [courier]"), ("publisher: courier", "origin: [post]")], [OWN, OWN], 1),
    "a signed article and its outlet quoted": ([("publisher: post", "author: [ada]"), ("publisher: courier",)], [OWN, POST], 1),
    "an outlet quoted, and another's article": ([("publisher: courier", "author: [ada]"), ("publisher: courier",)], [OWN, POST], 2),
    "two authors, and the second alone": ([("author: [ada, bo]",), ("author: [bo]",)], [OWN, OWN], 1),
    "two authors, and what the second says": ([("author: [ada, wim]",), ()], [OWN, says("a", "wim", "emptied")], 1),
    "one author in two outlets": ([("publisher: post", "author: [ada]"), ("publisher: courier", "author: [ada]")], [OWN, OWN], 1),
    "two columnists of one outlet": ([("publisher: post", "author: [ada]"), ("publisher: post", "author: [wim]")], [OWN, OWN], 2),
    "two columnists, and a copy of one of them": (
        [("publisher: post", "author: [ada]"), ("publisher: post", "author: [wim]"), ("publisher: courier", "origin: [post]")], [OWN] * 3, 2,
    ),
    "a columnist and an unsigned article of the outlet": ([("publisher: post", "author: [ada]"), ("publisher: post",)], [OWN, OWN], 1),
    "copies of two wires in one outlet": ([("publisher: post", "origin: [north-wire]"), ("publisher: post", "origin: [courier]")], [OWN, OWN], 2),
    "copies of two wires, and one of both": (
        [("origin: [north-wire]",), ("origin: [courier]",), ("origin: [courier, north-wire]",)], [OWN] * 3, 1,
    ),
    "one text twice, of nobody": ([(f"text: {{sha256: {'a' * 64}, characters: 5000}}",)] * 2, [OWN, OWN], 1),
    "two texts of nobody": ([(), ()], [OWN, OWN], 2),
    "one text twice, and someone quoted in each": (
        [(f"text: {{sha256: {'a' * 64}, characters: 5000}}",)] * 2, [says("a", "bo", "emptied"), says("a", "wim", "emptied")], 2,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("heads", "claims", "expected"), OF_TEXTS.values(), ids=OF_TEXTS)
def test_one_text_is_one_origin_whoever_prints_or_quotes_it(tmp_path: Path, heads: list, claims: list, expected: int) -> None:
    names = ("one", "two", "three")
    lines = {name: "".join(f"  {line}\n" for line in (*head, "published: 2031-05-07")) for name, head in zip(names, heads, strict=False)}
    home = world(tmp_path, {name: [claim] for name, claim in zip(names, claims, strict=False)}, lines)
    counted_origins(home, expected)


def test_a_shared_author_who_says_otherwise_elsewhere_contradicts_himself(tmp_path: Path) -> None:
    heads = {"one": "  author: [ada, bo]\n  published: 2031-05-07\n", "two": "  author: [bo]\n  published: 2031-05-07\n"}
    home = world(tmp_path, {"one": [OWN], "two": [says("n", None, "not-emptied")]}, heads)
    [clash] = compared(home).clashes("contradiction")
    assert clash.scopes == ("within one speaker",) and [voice.rpartition("/")[2] for voice in clash.voices] == ["bo"]
    assert [scope for *_, scope, _ in pairs(clash)] == ["within one speaker"]
    asked = read_query(shipped("queries") / "ask" / "speaker-against-himself.rq")
    [[speaker, *_]] = open_store(home.store.resolve()).texts(asked.text)
    assert speaker.endswith("/bo")


HOLDS = {"id": "held", "subject": "sol", "predicate": "holds the office of", "object": "premier-of-northland"}
OFFICES = {
    "in office": ({"time": "2031"}, {}, 1),
    "in office without a time": ({}, {}, 1),
    "in office as the text takes it for granted": ({"time": "now", "time-basis": "tense", "presupposed": "true"}, {}, 1),
    "in office now, and speaking some days before": ({"time": "now", "time-basis": "tense"}, {"attribution": "[{source: sol, act: state, said: 2031-05-02}]"}, 1),
    "not in office": ({"time": "2031", "polarity": "negated"}, {}, 2),
    "perhaps in office": ({"time": "2031", "modality": "possible"}, {}, 2),
    "to be in office one day": ({"time": "2031", "modality": "planned"}, {}, 2),
    "in office long ago": ({"time": "1990/1995"}, {}, 2),
    "in office long ago, and speaking then": ({"time": "1990/1995"}, {"attribution": "[{source: sol, act: state, said: 1992-05-01}]"}, 1),
    "in office later": ({"time": "2033/2035"}, {}, 2),
}


@pytest.mark.parametrize(("words", "saying", "expected"), OFFICES.values(), ids=OFFICES)
def test_who_holds_an_office_speaks_for_its_state_while_in_it(tmp_path: Path, words: dict, saying: dict, expected: int) -> None:
    by_sol = says("b", None if saying else "sol", "emptied") | saying
    home = world(tmp_path, {"one": [says("a", "northland", "emptied"), by_sol, HOLDS | words]})
    counted_origins(home, expected)


def test_an_office_of_which_an_article_tells_is_held_in_the_days_around_it(tmp_path: Path) -> None:
    heads = {"two": "  publisher: courier\n  published: 2031-09-01\n"}
    claims = {"one": [says("a", "northland", "emptied"), HOLDS | {"time": "2031-05"}], "two": [says("b", "sol", "emptied")]}
    counted_origins(world(tmp_path, claims, heads), 1)


def test_a_speaker_in_and_out_of_office_is_one_origin(tmp_path: Path) -> None:
    then = says("a", None, "emptied") | {"attribution": "[{source: sol, act: state, said: 1992-05-01}]"}
    counted_origins(world(tmp_path, {"one": [then, says("b", "sol", "emptied"), HOLDS | {"time": "1990/1995"}]}), 1)


CAMPS = {
    "two who hold an office of one state": ([says("a", "ada", "emptied"), says("b", "sol", "not-emptied"), HOLDS | {"time": "2031"}], {"northland", "northern-league"}),
    "one who does not hold it": ([says("a", "ada", "emptied"), says("b", "sol", "not-emptied"), HOLDS | {"time": "2031", "polarity": "negated"}], set()),
    "one who may hold it": ([says("a", "ada", "emptied"), says("b", "sol", "not-emptied"), HOLDS | {"time": "2031", "modality": "possible"}], set()),
    "one who held it long ago": ([says("a", "ada", "emptied"), says("b", "sol", "not-emptied"), HOLDS | {"time": "1990/1995"}], set()),
    "a collective and its member": ([says("a", "fishers", "emptied"), says("b", "bo", "not-emptied")], {"fishers"}),
    "two members": ([says("a", "cy", "emptied"), says("b", "bo", "not-emptied")], {"fishers"}),
    "people of two camps": ([says("a", "cy", "emptied"), says("b", "ada", "not-emptied")], set()),
    "one voice": ([says("a", "fishers", "emptied"), says("b", "fishers", "not-emptied")], set()),
}


@pytest.mark.parametrize(("claims", "camps"), CAMPS.values(), ids=CAMPS)
def test_a_camp_disagrees_where_its_members_do(tmp_path: Path, claims: list, camps: set[str]) -> None:
    home = world(tmp_path, {"one": claims})
    built(home)
    asked = read_query(shipped("queries") / "ask" / "camp-disagreements.rq")
    assert {row[0].rpartition("/")[2] for row in open_store(home.store.resolve()).texts(asked.text)} == camps


def test_a_collective_is_named_beside_the_member_it_overlaps(tmp_path: Path) -> None:
    claims = [says("a", "fishers", "emptied"), says("b", "bo", "emptied"), says("c", "wim", "emptied")]
    assert origins(compared(world(tmp_path, {"one": claims}))) == [({"bo"}, {"fishers"}), ({"wim"}, set())]


def test_what_one_speaker_says_on_one_day_is_one_utterance(tmp_path: Path) -> None:
    def said(day: str) -> str:
        return f"[{{source: bo, act: state, said: {day}}}]"

    claims = [says(f"c{n}", None, "emptied", attribution=said(day)) for n, day in enumerate(["2031-05-02", "2031-05-02", "2031-05-03"])]
    [corroboration] = compared(world(tmp_path, {"one": [*claims, says("w", "wim", "emptied")]})).corroborations
    assert sorted(origin.utterances for origin in corroboration.origins) == [1, 2]


def test_adverse_parties_that_agree_come_first(tmp_path: Path) -> None:
    claims = [
        says("yes", "northland", "emptied"), says("no", "sol", "not-emptied"),
        says("cold-n", "northland", "cold", "was-it-cold"), says("cold-s", "sol", "cold", "was-it-cold"),
        says("part-b", "bo", "in-part"), says("part-c", "cy", "in-part"), says("part-w", "courier", "in-part"),
    ]  # fmt: skip
    first, second = compared(world(tmp_path, {"one": claims})).corroborations
    assert first.iri.endswith("was-it-cold/corroboration/cold") and len(first.adverse) == 1 and len(first.origins) == 2
    assert {name.rpartition("/")[2] for name in first.adverse[0]} == {"northern-league", "southland"}
    assert second.adverse == () and len(second.origins) == 3


SCOPES = {
    "two speakers": ([says("y", "ada", "emptied"), says("n", "bo", "not-emptied")], ("between speakers",)),
    "one speaker": ([says("y", "ada", "emptied"), says("n", "ada", "not-emptied")], ("within one speaker",)),
    "one article": ([says("y", None, "emptied"), says("n", None, "not-emptied")], ("within one article",)),
    "both": ([says("y", "ada", "emptied"), says("n", "ada", "not-emptied"), says("m", "bo", "not-emptied")], ("between speakers", "within one speaker")),
}


@pytest.mark.parametrize(("claims", "expected"), SCOPES.values(), ids=SCOPES)
def test_a_clash_is_between_speakers_within_one_or_within_an_article(tmp_path: Path, claims: list, expected: tuple) -> None:
    [clash] = compared(world(tmp_path, {"one": claims})).clashes("contradiction")
    assert clash.scopes == expected and bool(clash.voices) == (expected != ("between speakers",))


_DAYS = st.none() | st.tuples(st.integers(0, 20), st.integers(0, 4))


@given(st.lists(_DAYS, min_size=1, max_size=6), st.lists(_DAYS, min_size=1, max_size=6))
def test_the_time_of_a_clash_is_that_of_its_pairs(one: list, other: list) -> None:
    def side(answer: str, against: str, spans: list) -> Position:
        words = {"answer": answer, "label": "", "article": "a", "speaker": answer, "speaker_label": "", "voice": "direct", "zone": "body"}
        days = [(DAY + timedelta(span[0]), DAY + timedelta(sum(span))) if span else (None, None) for span in spans]
        claims = (Given(claim=f"{answer}{n}", is_dated=start is not None, earliest=start, latest=end, **words) for n, (start, end) in enumerate(days))
        return Position(answer=answer, label="", claims=tuple(claims), excludes=(against,))

    [clash] = clashes("q", [side("q/a", "q/b", one), side("q/b", "q/a", other)])
    listed = list(pairs(clash))
    shared = [(max(a.earliest, b.earliest), min(a.latest, b.latest)) for a, b, _, same in listed if same]
    assert clash.same_time is (True if shared else None if any(same is None for *_, same in listed) else False)
    assert (clash.earliest, clash.latest) == ((min(start for start, _ in shared), max(end for _, end in shared)) if shared else (None, None))


def test_the_nodes_of_a_comparison_are_those_of_the_derived_graph(tmp_path: Path) -> None:
    claims = [
        says("y", "ada", "emptied", time="2031-05/.."), says("n", "ada", "not-emptied", time="2031-05-02"), says("m", "bo", "emptied"),
        says("p", "wim", "in-part", time="2031-04"),
    ]  # fmt: skip
    home = world(tmp_path, {"one": claims})
    found = set(shown.triples(compared(home)).splitlines())
    [path] = [path for path in graph_files(home)[0] if "/graph/derived>" in path.read_text("utf-8")]
    derived = {line.rpartition(" <")[0] + " ." for line in path.read_text("utf-8").splitlines()}
    assert found == derived and sum("#type>" in line for line in found) == 3
    assert list(_check([line.removesuffix(" .") + " <https://example.org/kb/id/graph/derived> ." for line in sorted(found)], home)) == []


def test_pairs_are_listed_on_demand_each_with_its_scope_and_time(tmp_path: Path) -> None:
    claims = [
        says("y", "ada", "emptied", time="2031-05-01"), says("n", "ada", "not-emptied", time="2031-05-01"),
        says("m", "bo", "not-emptied", time="2031-06-01"), says("o", "cy", "not-emptied"),
    ]  # fmt: skip
    [clash] = compared(world(tmp_path, {"one": claims})).clashes("contradiction")
    found = [(other.claim[-1], scope, same) for _, other, scope, same in pairs(clash)]
    assert found == [("n", "within one speaker", True), ("m", "between speakers", False), ("o", "between speakers", None)]


def test_only_what_had_been_said_by_a_day(tmp_path: Path) -> None:
    claims = [
        says("y", None, "emptied", attribution="[{source: ada, act: state, said: 2031-05-01}]"),
        says("n", None, "not-emptied", attribution="[{source: bo, act: state, said: 2031-05-04}]"),
        says("late", "cy", "not-emptied"),
    ]  # fmt: skip
    home = world(tmp_path, {"one": claims})
    assert [len(compared(home, Filter(as_of=date(2031, 5, day))).clashes("contradiction")) for day in (1, 3, 4, 7)] == [0, 0, 1, 1]
    assert len(compared(home, Filter(as_of=date(2031, 5, 4))).clashes("contradiction")[0].other.claims) == 1


def test_a_claim_of_no_known_day_is_left_out_and_counted(tmp_path: Path) -> None:
    home = world(tmp_path, {"one": [says("y", "ada", "emptied"), says("n", "bo", "not-emptied")]}, {"one": "  publisher: post\n"})
    found = compared(home, Filter(as_of=date(2031, 5, 7)))
    assert found.undated == 2 and found.questions == () and "2 answers left out, as it is not known when they were given" in shown.summary(found)


def test_an_answer_of_no_known_day_is_counted_only_for_the_questions_that_are_shown(tmp_path: Path) -> None:
    home = world(tmp_path, {"one": [says("y", "ada", "emptied"), says("c", "ada", "cold", "was-it-cold"), says("w", "bo", "warm", "was-it-cold")]}, {"one": "  publisher: post\n"})
    day, asked = date(2031, 5, 7), "https://example.org/kb/id/question/was-it-emptied"
    assert [compared(home, Filter(as_of=day, **more)).undated for more in ({}, {"questions": [asked]}, {"kinds": ["evaluation"]}, {"min_strength": "weak"})] == [3, 1, 2, 1]
    found = compared(home, Filter(as_of=day, questions=[asked]))
    assert "1 answer left out, as it is not known when it was given" in shown.summary(found)


RELATION = {"id": "word", "subject": "claim:y", "predicate": "contradicts", "object": "claim:n"}


@pytest.mark.parametrize(
    ("answer", "predicate", "found"),
    [("not-emptied", "contradicts", 1), ("in-part", "stands against", 1), ("emptied", "contradicts", 0), ("emptied", "agrees with", 1), ("not-emptied", "agrees with", 0)],
)
def test_an_articles_own_word_of_relation_is_found_or_told(tmp_path: Path, answer: str, predicate: str, found: int) -> None:
    claims = [says("y", "ada", "emptied"), says("n", "bo", answer), RELATION | {"predicate": predicate}]
    result = compared(world(tmp_path, {"one": claims}))
    [relation] = result.relations
    assert len(relation.found) == found
    out = io.StringIO()
    shown.write_table(result, out, "https://example.org/kb/")
    assert (f"'{predicate}' (one/word)" in out.getvalue()) == (not found)


@pytest.mark.parametrize(
    ("words", "missed"),
    [
        ({"subject": "claim:y", "predicate": "contradicts", "object": "[claim:n, claim:z]"}, ["z"]),
        ({"subject": "claim:y", "predicate": "is contrary to", "object": "[claim:n]"}, []),
        ({"predicate": "agrees with", "object": "[claim:y, claim:n]"}, ["n", "y"]),
        ({"predicate": "agrees with", "object": "[claim:y, claim:w]"}, []),
        ({"subject": "claim:w", "predicate": "agrees with", "object": "[claim:y, claim:more]"}, []),
        ({"subject": "claim:w", "predicate": "agrees with", "object": "[claim:y, claim:z]"}, ["z"]),
        ({"subject": "claim:n", "predicate": "contradicts", "object": "[claim:y, claim:more]"}, ["more"]),
        ({"predicate": "differs from", "object": "[claim:y, claim:n, claim:w]"}, []),
        ({"predicate": "echoed", "subject": "claim:y", "object": "claim:n"}, None),
    ],
    ids=["one of two objects", "all", "objects alone that do not agree", "objects alone", "one of two that one speaker says",
         "one of two that two say", "one of two that one speaker says, against", "three of two answers", "a word that is not known"],
)  # fmt: skip
def test_every_claim_that_a_word_relates_must_be_found(tmp_path: Path, words: dict, missed: list[str] | None) -> None:
    claims = [says("y", "ada", "emptied"), says("n", "bo", "not-emptied"), says("w", "wim", "emptied"), says("z", "cy", "cold", "was-it-cold")]
    claims += [{"id": "more", "speaker": "ada", "subject": "harbour", "predicate": "is deep"}]
    home = world(tmp_path, {"one": [*claims, {"id": "word"} | words]})
    told = {one.rule for one in built(home).findings if one.rule.startswith("word-of-relation")}
    found = compare(open_store(home.store.resolve()), words=WORDS).relations
    assert [sorted(member.rpartition("/")[2] for member in one.missed) for one in found] == ([] if missed is None else [missed])
    assert told == ({"word-of-relation-unknown"} if missed is None else {"word-of-relation-not-found"} if missed else set())


# --- the two articles ---


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    root = tmp_path_factory.mktemp("articles")
    (root / "corpus").symlink_to(ROOT / "corpus", target_is_directory=True)
    assert build(Home(root)).is_published
    return compare(open_store(Home(root).store.resolve()), words=WORDS)


def local(thing: str) -> str:
    return thing.partition("/id/question/")[2] or thing.rpartition("/")[2]


def test_the_two_articles_contradict_each_other_where_people_read_it(articles: Comparison) -> None:
    assert {local(clash.iri).replace("/contradiction", "") for clash in articles.clashes("contradiction")} == {
        "how-did-russian-forces-change-feb-2022/constant/growing", "how-did-russian-forces-change-feb-2022/constant/shrinking",
        "how-did-russian-forces-change-feb-2022/growing/shrinking", "how-long-will-russia-hold-out-under-sanctions/much-longer/two-years",
        "is-putin-giving-way/giving-way/not-giving-up", "is-russia-a-power-for-peace/for-peace/threat",
        "was-a-russian-pullback-under-way-feb-2022/begun/not-seen",
        "was-the-movement-in-kharkiv-forced/forced/planned",
    }  # fmt: skip
    assert len(articles.clashes("rivalry")) == 30


def test_every_word_of_relation_of_the_two_articles_is_found(articles: Comparison) -> None:
    assert len(articles.relations) == 7 and all(relation.found for relation in articles.relations)


def test_russia_its_neighbour_and_the_west_agree_that_troops_were_massed(articles: Comparison) -> None:
    first = articles.corroborations[0]
    assert local(first.iri) == "were-russian-troops-massed-around-ukraine/corroboration/massed" and len(first.origins) == 6
    assert {tuple(map(local, pair)) for pair in first.adverse} == {("russia", "ukraine"), ("russia", "western-countries")}


def test_a_quotation_in_heading_and_body_is_one_origin(articles: Comparison) -> None:
    [question] = [one for one in articles.questions if one.question.endswith("is-ukraine-afraid-feb-2022")]
    assert [len(one.claims) for one in question.positions] == [0, 2] and question.corroborations == ()


def test_a_heading_against_its_article_is_within_the_article(articles: Comparison) -> None:
    [clash] = [one for one in articles.clashes("contradiction") if "giving-way" in one.iri]
    assert clash.scopes == ("within one article",)


@pytest.mark.parametrize("with_pairs", [False, True])
def test_programs_get_every_claim(articles: Comparison, with_pairs: bool) -> None:
    out, lines, rows = io.StringIO(), io.StringIO(), io.StringIO()
    shown.write_json(articles, out, with_pairs=with_pairs)
    shown.write_jsonl(articles, lines, with_pairs=with_pairs)
    shown.write_rows(articles, rows, with_pairs=with_pairs)
    whole = json.loads(out.getvalue())
    assert len(whole["questions"]) == len(lines.getvalue().splitlines()) == 37 and len(whole["corroborations"]) == 11
    given = {claim["claim"] for one in whole["questions"] for answer in one["answers"] for claim in answer["claims"]}
    assert len(given) == 111 and all(claim in rows.getvalue() for claim in given) != with_pairs
    assert ("pairs" in whole["questions"][0]["clashes"][0]) == with_pairs


def test_the_checks_of_words_of_relation_look_for_the_same_words(articles: Comparison) -> None:
    def words(path: str) -> set[str]:
        lines = [line for line in (shipped("queries") / path).read_text("utf-8").splitlines() if not line.startswith("#+")]
        return set(re.findall(r'"([^"]+)"', "\n".join(lines))) - {"against", "with"}

    asked = words("ask/claims-set-against-each-other.rq")
    assert asked == words("check/word-of-relation-not-found.rq") < words("check/word-of-relation-unknown.rq")
    assert {one.word for one in articles.relations} < asked


# --- bad input ---


def test_a_claim_that_gives_two_excluding_answers_contradicts_itself(tmp_path: Path) -> None:
    home = world(tmp_path, {"one": [says("both", "bo", "[emptied, not-emptied]")]})
    [clash] = compared(home).clashes("contradiction")
    assert clash.scopes == ("within one speaker",) and [one.claim for one in clash.one.claims] == [one.claim for one in clash.other.claims]
    assert [(one.claim, other.claim, scope) for one, other, scope, _ in pairs(clash)] == [(clash.one.claims[0].claim,) * 2 + ("within one speaker",)]


QUESTION = "questions:\n- id: was-it-cold\n  label: Was it cold?\n  kind: fact\n  answers:\n  - {id: cold, label: Yes.%s}\n%s"
WARM = "  - {id: warm, label: No.}\n"


@pytest.mark.parametrize(
    ("questions", "answer", "path", "said"),
    [
        (QUESTION % ("", ""), "cold", "corpus/questions.yaml:2", "at least two answers"),
        (QUESTION % (", excludes: cold", WARM), "cold", "corpus/questions.yaml:6", "no other answer"),
        (QUESTION % (", excludes: wram", WARM), "cold", "corpus/questions.yaml:6", "did you mean 'warm'"),
        (QUESTION % (", excludes: warm", WARM), "cool", "corpus/one.yaml:14", "has no answer 'cool'"),
        (QUESTION % (", excludes: warm", WARM), "[cold, cool]", "corpus/one.yaml:14", "has no answer 'cool'"),
    ],
    ids=["one answer", "excludes itself", "excludes nothing known", "unknown answer", "one of two unknown"],
)
def test_a_wrong_question_or_answer_is_told_with_its_place(tmp_path: Path, questions: str, answer: str, path: str, said: str) -> None:
    report = build(world(tmp_path, {"one": [says("a", "ada", answer, "was-it-cold")]}, questions=questions))
    errors = [f"{one.path}:{one.line} {one.message} {one.cure}" for one in report.findings if one.severity == "error"]
    assert not report.is_published and any(error.startswith(path) and said in error for error in errors), errors


def test_an_unknown_question_is_told_with_the_nearest(tmp_path: Path) -> None:
    report = build(world(tmp_path, {"one": [says("a", "ada", "emptied", "was-it-emptid")]}))
    [error] = [one for one in report.findings if one.severity == "error"]
    assert (error.path, error.line) == ("corpus/one.yaml", 14) and "did you mean 'was-it-emptied'" in error.cure
