"""Fact files: strict, friendly, all faults at once."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import FactFileError, InputError, nearest
from kb.facts import Names, claim_lines, read_corpus, read_facts, read_names, read_source
from kb.facts.yaml import Mapping, Scalar, Sequence, read_node
from kb.model import Entity, Event

NAMES = Names(
    entities=(Entity(id="governor", kind="person", label="Governor"), Entity(id="harbour", kind="place", label="Harbour")),
    events=(Event(id="evacuation", label="Evacuation", type="movement"),),
    things={"governor": "person", "harbour": "place", "evacuation": "event"},
    answers={"was-it": frozenset({"yes", "no"})},
    places={"governor": "corpus/entities/people.yaml:8"},
)
HEAD = "article:\n  id: x\n  title: T\n  published: 2031-05-07\n  text: {sha256: " + "a" * 64 + ", characters: 100}\n"


def claim(**keys: str) -> str:
    lines = {"id": "one", "label": "Something is so.", "evidence": "1-5", **keys}
    return HEAD + "claims:\n- " + "\n  ".join(f"{key.replace('_', '-')}: {value}" for key, value in lines.items()) + "\n"


def faults(text: str, path: str = "corpus/x.yaml") -> list[str]:
    with pytest.raises(FactFileError) as caught:
        read_facts(text, path, NAMES)
    return [str(fault) for fault in caught.value.faults]


def read_one(**keys: str):
    return read_facts(claim(**keys), "corpus/x.yaml", NAMES).file.claims[0]


@pytest.mark.parametrize(
    ("keys", "line", "words", "cure"),
    [
        ({"speaker": "govenor"}, 10, "no entity 'govenor'", "did you mean 'governor'? (corpus/entities/people.yaml:8)"),
        ({"speaker": "evacuation"}, 10, "'evacuation' is an event", ""),
        ({"event": "harbour"}, 10, "'harbour' is an entity", ""),
        ({"lable": "x"}, 10, "unknown key 'lable'", "did you mean 'label'?"),
        ({"polarity": "denied"}, 10, "'denied' is none of affirmed, negated, not-observed", ""),
        ({"valence": "unfavorable"}, 10, "none of", "did you mean 'unfavourable'"),
        ({"impact": "heavy"}, 10, "'heavy' is none of none, some, severe", ""),
        ({"polarity": "not-observd"}, 10, "none of", "did you mean 'not-observed'?"),
        ({"evidence": "5-1"}, 9, "ends before it starts", ""),
        ({"evidence": "5 to 7"}, 9, "a span is written START-END", "kb anchor"),
        ({"evidence": "90-101"}, 9, "ends past the text, which has 100 characters", ""),
        ({"quote": "some plain words"}, 10, "without quotation marks", 'quote: "…"'),
        ({"time": "2022-02-30"}, 10, "2022-02-30", ""),
        ({"time": "2022-03-01/2022-02-01"}, 10, "", ""),
        ({"time": "12:30"}, 10, "12:30", ""),
        ({"time": "lasst week"}, 10, "", "last week"),
        ({"presupposed": "NO"}, 10, "'NO' is neither true nor false", ""),
        ({"confidence": "high"}, 10, "'high' is not a number", ""),
        ({"object": "claim:two"}, 10, "no claim 'two' in this file", ""),
        ({"object": "claim:a/b> <http://x"}, 10, "'claim:a/b> <http://x' names no claim", "claim:ARTICLE/ID"),
        ({"object": "claim:a/b/c"}, 10, "'claim:a/b/c' names no claim", ""),
        ({"object": "claim:a/"}, 10, "'claim:a/' names no claim", ""),
        ({"speaker": "governor", "attribution": "{source: harbour}"}, 10, "the attribution ends with 'harbour'", ""),
        ({"answers": "{was-it: maybe}"}, 10, "has no answer 'maybe'", "no, yes"),
        ({"answers": "{was-itt: yes}"}, 10, "no question 'was-itt'", "did you mean 'was-it'?"),
        ({"id": "../../etc"}, 7, "'../../etc' is not an id", ""),
        ({"id": "'a <b>'"}, 7, "is not an id", ""),
        ({"label": '"a\\u2028b"'}, 8, "invisible line separator", ""),
        ({"label": ""}, 8, "nothing is written here", ""),
        ({"label": "[a, b]"}, 8, "one text is expected", "quote it"),
    ],
)
def test_a_fault_has_its_line_and_cure(keys: dict[str, str], line: int, words: str, cure: str) -> None:
    found = faults(claim(**keys))
    assert any(one.startswith(f"corpus/x.yaml:{line}: ") and words in one and cure in one for one in found), found


def test_all_faults_of_a_file_come_at_once() -> None:
    text = claim(speaker="nobody", polarity="maybe") + "- id: two\n  lable: x\n- id: two\n  label: y\n  time: never\n"
    found = "\n".join(faults(text))
    for words in ("'nobody'", "'maybe'", "'lable'", "no `label:`", "two claims have the id 'two' (first in line 12)", "never"):
        assert words in found


def test_a_good_file_reads_with_its_defaults() -> None:
    one = read_one(speaker="governor", event="evacuation", type="withdrawal")
    assert (one.polarity, one.modality, one.certainty, one.presupposed) == ("affirmed", "asserted", "unspecified", False)
    assert one.evidence[0].start == 1 and one.evidence[0].end == 5


@pytest.mark.parametrize(("word", "kept"), [("NO", "NO"), ("12:30", "12:30"), ("016", "016"), ("1e3", "1e3"), ("~", "~"), ("null", "null")])
def test_a_value_stays_what_the_author_wrote(word: str, kept: str) -> None:
    assert read_one(predicate="is", value=word).value == kept


def test_spaces_count_as_hyphens_in_words_of_a_list() -> None:
    assert read_one(quantity="{value: 4000, approximation: more than}").quantity.approximation == "more-than"


def test_relative_words_hang_on_the_article_and_inside_quotation_marks_on_the_saying() -> None:
    steps = "{source: governor, said: 2031-04-30}"
    assert read_one(time="yesterday").time == "2031-05-06"
    assert read_one(time="yesterday", attribution=steps, voice="indirect").time == "2031-05-06"
    quoted = read_one(time="yesterday", attribution=steps, voice="direct")
    assert (quoted.time, quoted.time_basis, quoted.speaker) == ("2031-04-29", "relative", "governor")
    assert read_one(time="2031").time_basis == "stated"


def test_a_relative_date_without_an_anchor_is_refused() -> None:
    text = claim(time="yesterday").replace("  published: 2031-05-07\n", "")
    assert any("yesterday" in one for one in faults(text))


def test_the_file_is_named_like_its_article() -> None:
    assert "lies in a file named y.yaml" in faults(claim(), "corpus/y.yaml")[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: 1\na: 2\n", "stands twice (first in line 1)"),
        ("a: &x [1]\nb: *x\n", "aliases are not read"),
        ("a: !!python/object/apply:os.system [x]\n", "tags are not read"),
        ("\ta: 1\n", "indent with spaces, not tabs"),
        ("a: b: c\n", "quote a text that contains ': '"),
        ("a: 1\n---\nb: 2\n", "a second document"),
        ("[a]: 1\n", "a key that is not a plain text"),
        ('a: "\\x07"\n', "control character"),
        ("a: 'x\n", "not YAML"),
        ("&a [" + "*a, " * 50 + "]", "aliases are not read"),
    ],
)
def test_yaml_that_guesses_or_hides_is_refused(text: str, words: str) -> None:
    with pytest.raises(FactFileError) as caught:
        read_node(text, "x.yaml")
    assert words in str(caught.value)


@pytest.mark.parametrize("text", ["[" * 5_000_000, "{" * 5_000_000, "- " * 2_000_000, "a: " + "[" * 1_000_000, "? " * 1_000_000])
def test_megabytes_of_nesting_are_refused_at_once(text: str) -> None:
    started = time.process_time()
    with pytest.raises(FactFileError):
        read_node(text, "x.yaml")
    assert time.process_time() - started < 5  # the trap ran for minutes or ended the process; this is no timing of speed


def test_a_byte_order_mark_and_windows_line_ends_are_read() -> None:
    text = "\ufeff" + claim(speaker="governor").replace("\n", "\r\n")
    assert read_facts(text, "corpus/x.yaml", NAMES).file.claims[0].speaker == "governor"


texts_ = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1).filter(str.strip)


@given(texts_)
def test_a_quoted_text_reads_back_as_it_was(text: str) -> None:
    node = read_node("a: '" + text.replace("'", "''") + "'", "x.yaml")
    assert node.entries["a"][1].text == text


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        node = read_node(text, "x.yaml")
    except FactFileError as wrong:
        assert wrong.faults
    else:
        assert node is None or isinstance(node, Scalar | Sequence | Mapping)


@given(st.text(alphabet="abc:-[]{}'\"#\n article claims id", max_size=80))
def test_any_fact_file_is_read_or_faulted(text: str) -> None:
    with pytest.raises(FactFileError):
        read_facts(text, "corpus/x.yaml", NAMES)


def test_a_file_that_is_not_utf8_says_where(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_bytes(b"a: \xff")
    with pytest.raises(InputError, match="not UTF-8 at byte 3"):
        read_source(tmp_path / "x.yaml")


def names_of(tmp_path: Path, **files: str) -> Names:
    paths = []
    for name, text in files.items():
        (tmp_path / f"{name}.yaml").write_text(text, "utf-8")
        paths.append((tmp_path / f"{name}.yaml", f"corpus/{name}.yaml"))
    return read_names(paths)


def test_names_of_all_files_form_one_space(tmp_path: Path) -> None:
    names = names_of(
        tmp_path, entities="entities:\n- {id: a, kind: person, label: A}\n", events="events:\n- {id: b, label: B, type: visit}\n"
    )
    assert dict(names.things) == {"a": "person", "b": "event"} and names.places["b"] == "corpus/events.yaml:2"


@pytest.mark.parametrize(
    ("entities", "events", "words"),
    [
        ("entities:\n- {id: a, kind: person, label: A}\n", "events:\n- {id: a, label: B, type: visit}\n", "the id 'a' is taken (first at"),
        ("entities:\n- {id: a, kind: persn, label: A}\n", "events: []\n", "did you mean 'person'?"),
        ("entities:\n- {id: a, kind: person, label: A, country: b}\n", "events: []\n", "no entity 'b'"),
        ("things: []\n", "events: []\n", "none of the keys"),
        ("entities:\n- {id: a, kind: person, label: A, lable: B}\n", "events: []\n", "unknown key 'lable' in an entity"),
        ("entities: []\nplaces: []\n", "events: []\n", "unknown key 'places' in a file of entities"),
        ("entities: [a]\n", "events: []\n", "an entity is written as keys and values"),
    ],
)
def test_wrong_names_are_refused(tmp_path: Path, entities: str, events: str, words: str) -> None:
    with pytest.raises(FactFileError) as caught:
        names_of(tmp_path, entities=entities, events=events)
    assert words in str(caught.value)


def test_a_faulty_file_of_names_makes_no_others_missing(tmp_path: Path) -> None:
    text = "entities:\n- {id: A B, kind: person, label: A}\n- {id: b, kind: state, label: B}\n- {id: c, kind: person, label: C, country: b}\n"
    with pytest.raises(FactFileError) as caught:
        names_of(tmp_path, entities=text)
    assert [fault.line for fault in caught.value.faults] == [2]


@pytest.mark.parametrize(
    ("answers", "line", "words", "cure"),
    [
        (["{id: yes, label: Y, excludes: [noo]}", "{id: no, label: N}"], 6, "'yes' names 'noo', which is no other answer of 'q'", "did you mean 'no'?"),
        (["{id: no, label: N}", "{id: yes, label: Y, excludes: yes}"], 7, "'yes' names 'yes', which is no other", "its other answers are no"),
        (["{id: no, label: N}", "{id: yes, label: Y, qualifies: xyzzy}"], 7, "names 'xyzzy'", "its other answers are no"),
        (["{id: yes, label: Y, competes-with: yes}"], 6, "names 'yes'", "add the other answer"),
        (["{id: a, label: A}", "{id: a, label: B}"], 7, "two answers of 'q' have the id 'a' (first in line 6)", "its own id"),
        (["{id: a, label: A}", "{id: a, label: A}"], 7, "two answers of 'q' have the id 'a'", "join the two"),
        (["{id: a, label: A, qualifies: b, excludes: b}", "{id: b, label: B}"], 6, "'a' qualifies 'b', but the two exclude each other (line 6)", "keep `excl"),
        (["{id: a, label: A, excludes: b}", "{id: b, label: B, competes-with: a}"], 7, "'b' competes with 'a', but the two exclude", "else `competes-w"),
    ],
)  # fmt: skip
def test_answers_stand_once_and_relate_to_others_in_one_way(tmp_path: Path, answers: list[str], line: int, words: str, cure: str) -> None:
    text = "questions:\n- id: q\n  label: Q?\n  kind: fact\n  answers:\n" + "".join(f"  - {one}\n" for one in answers)
    with pytest.raises(FactFileError) as caught:
        names_of(tmp_path, questions=text)
    [fault] = caught.value.faults
    assert fault.line == line and words in fault.message and cure in fault.cure


def test_answers_that_relate_in_several_ways_to_several_others_are_read(tmp_path: Path) -> None:
    answers = "[{id: a, label: A, excludes: [b], qualifies: c}, {id: b, label: B, excludes: a}, {id: c, label: C, competes-with: [a, b], qualifies: a}]"
    one = names_of(tmp_path, questions=f"questions:\n- id: q\n  label: Q?\n  kind: fact\n  answers: {answers}\n")
    alone = names_of(tmp_path, questions="questions:\n  id: q\n  label: Q?\n  kind: fact\n  answers: {id: a, label: A}\n")
    assert len(one.questions[0].answers) == 3 and alone.places == {"question q": "corpus/questions.yaml:2"}


@pytest.mark.parametrize("base", ["example.org/kb/", "https://example.org/kb", "https://example.org/a b/", 'https://example.org/"/', "file:///tmp/"])
def test_a_base_that_cannot_carry_iris_is_refused(tmp_path: Path, base: str) -> None:
    (tmp_path / "corpus.yaml").write_text(f"title: T\nbase: '{base}'\n", "utf-8")
    with pytest.raises(FactFileError, match="base IRI"):
        read_corpus(tmp_path / "corpus.yaml")


@pytest.mark.parametrize(
    "licence",
    ["https://x/a>b", "https://x/a|b", 'https://x/"', "https://x/{a}", "https://x/a`b", "https://[x/", "https://x/%zz", "https://x/#a#b", "https://"],
)
def test_a_licence_that_cannot_stand_as_an_iri_is_refused(tmp_path: Path, licence: str) -> None:
    (tmp_path / "corpus.yaml").write_text(f"title: T\nlicence: '{licence}'\n", "utf-8")
    with pytest.raises(FactFileError, match=r"corpus.yaml:2: .* is not an http.s. address"):
        read_corpus(tmp_path / "corpus.yaml")


@pytest.mark.parametrize("licence", ["https://creativecommons.org/licenses/by/4.0/", "http://x.org:8080/a%20b?c=d&e=(f)#g", "https://x.org"])
def test_the_address_of_a_licence_stands_as_written(tmp_path: Path, licence: str) -> None:
    (tmp_path / "corpus.yaml").write_text(f"title: T\nlicence: '{licence}'\n", "utf-8")
    assert read_corpus(tmp_path / "corpus.yaml").licence == licence


def test_names_equally_near_come_in_one_order() -> None:
    assert nearest("harbour", ["harbour-c", "harbour-a", "harbour-b"]) == nearest("harbour", ["harbour-b", "harbour-c", "harbour-a"]) == ["harbour-a", "harbour-b", "harbour-c"]


def test_claim_lines_lead_back_to_each_key() -> None:
    assert claim_lines(claim(speaker="governor"), "x.yaml")["one"] == {"": 7, "id": 7, "label": 8, "evidence": 9, "speaker": 10}
