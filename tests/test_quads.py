"""Model → quads: what the graph holds for each kind of claim."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, parse

from kb.facts import Names, read_facts
from kb.ids import Mint
from kb.model import Answer, Entity, Event, Question
from kb.quads import article_quads, entity_quads, event_quads, question_quads
from kb.quads.terms import number, plain, tagged

THINGS = {"ada": "person", "wire": "medium", "harbour": "place", "evacuation": "event"}
NAMES = Names(things=THINGS, answers={"was-it": frozenset({"yes"})})
HEAD = "article: {id: x, title: T, author: ada, published: 2031-05-07, origin: wire, zones: {headline: 0-9}}\n"
MINT = Mint("https://example.org/")
KB = "https://w3id.org/conflict-kb/ns/"


def quads_of(claim: str, head: str = HEAD, text: str | None = None) -> list[str]:
    file = read_facts(f"{head}claims:\n- id: one\n  label: L\n{claim}", "corpus/x.yaml", NAMES).file
    return list(article_quads(file.article, file.claims, things=THINGS, mint=MINT, text=text))


def facts_of(claim: str, node: str = "", **more: str) -> dict[str, list[str]]:
    """Return property → values of the claim or a node below it, IRIs shortened to what tells them apart."""
    found: dict[str, list[str]] = {}
    for quad in parse("\n".join(quads_of(claim, **more)), RdfFormat.N_QUADS):
        if quad.subject.value == f"https://example.org/id/claim/x/one{node}":
            value = quad.object.value.removeprefix("https://example.org/id/").removeprefix(KB)
            found.setdefault(quad.predicate.value.replace("#", "/").rpartition("/")[2], []).append(value)
    return found


def test_a_bare_claim_is_in_the_articles_own_voice() -> None:
    facts = facts_of("  evidence: 12-20\n")
    assert facts["speaker"] == ["entity/ada"] and facts["voice"] == ["voice/article"] and facts["zone"] == ["zone/body"]
    assert [facts[key] for key in ("polarity", "modality", "certainty")] == [["polarity/affirmed"], ["modality/asserted"], ["certainty/unspecified"]]
    assert facts_of("  evidence: 12-20\n", "/attribution/0")["source"] == ["article/x"]


def test_without_author_and_outlet_the_article_itself_speaks() -> None:
    assert facts_of("", head=HEAD.replace("author: ada, ", ""))["speaker"] == ["article/x"]


def test_the_zone_follows_from_the_evidence() -> None:
    assert facts_of("  evidence: 2-5\n")["zone"] == ["zone/headline"]


def test_an_attribution_keeps_every_step_from_the_article_inwards() -> None:
    claim = "  attribution:\n  - {source: wire, act: report}\n  - {source: ada, verb: told, stance: distances, addressee: wire, said: yesterday}\n"
    assert facts_of(claim)["attribution"] == [f"claim/x/one/attribution/{step}" for step in range(3)]
    assert facts_of(claim)["speaker"] == ["entity/ada"] and facts_of(claim)["voice"] == ["voice/indirect"]
    inner = facts_of(claim, "/attribution/2")
    assert inner["step"] == ["2"] and inner["earliest"] == ["2031-05-06"] and inner["timeBasis"] == ["time-basis/relative"]
    assert facts_of(claim, "/attribution/1")["speechAct"] == ["speech-act/report"]


def test_a_speaker_alone_makes_a_chain_of_two() -> None:
    assert len(facts_of("  speaker: ada\n")["attribution"]) == 2


def test_roles_subject_and_object_are_participants_too_each_once() -> None:
    facts = facts_of("  subject: ada\n  object: [harbour]\n  event: evacuation\n  type: withdrawal\n  agent: ada\n  place: harbour\n  cause: evacuation\n")
    assert sorted(facts["participant"]) == ["entity/ada", "entity/harbour", "event/evacuation"]
    assert facts["about"] == facts["cause"] == ["event/evacuation"] and facts["eventType"] == ["event-type/withdrawal"]


@pytest.mark.parametrize(
    ("claim", "valence", "toward", "impact"),
    [
        ("  subject: ada\n  valence: favourable\n", ["valence/favourable"], ["entity/ada"], None),
        ("  subject: ada\n  valence: mixed\n  toward: [harbour, evacuation]\n", ["valence/mixed"], ["entity/harbour", "event/evacuation"], None),
        ("  subject: ada\n  impact: none\n", None, None, ["impact/none"]),
        ("  subject: ada\n", None, None, None),
    ],
)
def test_a_judgement_is_toward_its_subject_unless_it_says_otherwise(claim: str, valence: list, toward: list, impact: list) -> None:
    facts = facts_of(claim)
    assert (facts.get("valence"), facts.get("toward"), facts.get("impact")) == (valence, toward, impact)


@pytest.mark.parametrize(
    ("time", "earliest", "latest"),
    [
        ("2022-02", ["2022-02-01"], ["2022-02-28"]),
        ("../2022", [], ["2022-12-31"]),
        ("2022-02-16/..", ["2022-02-16"], []),
        ("'[2022-02-15,2022-02-16]'", ["2022-02-15"], ["2022-02-16"]),
        ("last week", ["2031-04-28"], ["2031-05-04"]),
    ],
)
def test_a_time_has_bounds_where_it_is_not_open(time: str, earliest: list[str], latest: list[str]) -> None:
    facts = facts_of(f"  time: {time}\n")
    assert facts.get("earliest", []) == earliest and facts.get("latest", []) == latest


def test_evidence_has_positions_and_words_only_where_they_may_be_shown() -> None:
    digest = "a" * 64
    claim = f"  evidence: [0-5 {digest}, 6-9]\n"
    assert facts_of(claim, "/evidence/1") == {
        "type": ["http://www.w3.org/ns/oa#SpecificResource"], "hasSource": ["article/x"],
        "hasSelector": ["claim/x/one/evidence/1/position"], "sha256": [digest],
    }  # fmt: skip
    assert facts_of(claim, "/evidence/2/position")["end"] == ["9"]
    assert facts_of(claim, "/evidence/1/quote") == {}
    assert facts_of(claim, "/evidence/1/quote", text="Ada left town")["exact"] == ["Ada l"]


def test_a_quantity_keeps_what_was_said() -> None:
    claim = "  quantity: {value: 4000, unit: person, kind: count, approximation: more than}\n- id: half\n  label: H\n  quantity: {fraction: 0.5, fraction-of: claim:one}\n"
    facts = facts_of(claim, "/quantity")
    assert (facts["value"], facts["approximation"]) == (["4000.0"], ["approximation/more-than"])
    assert any("/half/quantity> " in line and "fractionOf> <https://example.org/id/claim/x/one/quantity>" in line for line in quads_of(claim))


def test_names_as_written_and_flags_hang_below_the_claim() -> None:
    claim = "  written: {ada: [Adda, A.], harbour: Habour}\n  flags: [{kind: misspelling, reason: R, words: Habour, see: harbour}]\n"
    assert [facts_of(claim, f"/naming/{place}")["written"] for place in (1, 2, 3)] == [["Adda"], ["A."], ["Habour"]]
    assert facts_of(claim, "/flag/1")["seeAlso"] == ["entity/harbour"]


def test_claims_point_to_claims_here_and_elsewhere() -> None:
    assert facts_of("  subject: claim:one\n  object: claim:other-article/two\n")["object"] == ["claim/other-article/two"]


def test_an_answer_is_an_iri_below_its_question() -> None:
    assert facts_of("  answers: {was-it: yes}\n")["supportsAnswer"] == ["question/was-it/yes"]


@pytest.mark.parametrize(("value", "text"), [("1.10", "1.1"), ("100", "100.0"), ("1E+3", "1000.0"), ("0.50", "0.5"), ("-2", "-2.0"), ("0", "0.0")])
def test_a_number_is_canonical(value: str, text: str) -> None:
    assert number(Decimal(value)).startswith(f'"{text}"')


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")))
def test_any_text_survives_the_escaping(text: str) -> None:
    for literal in (plain(text), tagged(text, "DE")):
        [quad] = parse(f"<urn:a> <urn:b> {literal} .", RdfFormat.N_QUADS)
        assert quad.object.value == text


def test_an_entity_keeps_wrong_spellings_hidden_and_metonyms_apart() -> None:
    one = Entity(id="gov", kind="government", label="Government", labels={"uk": "Уряд"}, aliases=("Cabinet",), misspellings=("Goverment",), metonym=("city",))
    lines = "\n".join(entity_quads([one], MINT))
    assert '#hiddenLabel> "Goverment"@en' in lines and '#prefLabel> "Уряд"@uk' in lines and "ns/metonym> <https://example.org/id/entity/city>" in lines
    assert "ns/Government>" in lines and "/graph/entities>" in lines


def test_exclusion_holds_both_ways() -> None:
    question = Question(id="q", label="Q", kind="fact", answers=(Answer(id="a", label="A", excludes=("b",)), Answer(id="b", label="B")))
    lines = [line for line in question_quads([question], MINT) if "/excludes>" in line]
    assert len(lines) == 2 and any(line.startswith("<https://example.org/id/question/q/b>") for line in lines)


def test_an_event_has_a_type_and_a_status() -> None:
    lines = "\n".join(event_quads([Event(id="e", label="E", type="visit", status="planned")], MINT))
    assert "event-type/visit>" in lines and "event-status/planned>" in lines
