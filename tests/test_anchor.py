"""`kb anchor`: quotes become positions, digests are filled in and verified, everything else stays as it was."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import FactFileError
from kb.facts.anchor import anchor
from kb.facts.yaml import read_node

TEXT = "The harbour — “quiet” for years — woke at dawn. Ships left. Ships left again 🚢, as Ada said.\n"


def spot(words: str, start: int = 0) -> str:
    at = TEXT.index(words, start)
    return f"{at}-{at + len(words)} {sha256(words.encode()).hexdigest()}"


def file_of(*claims: str) -> str:
    return "# a remark\narticle: {id: x, title: T}   # another\n\nclaims:\n" + "\n".join(claims)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('- id: a\n  quote: "woke at dawn"\n  label: L\n', f"- id: a\n  evidence: {spot('woke at dawn')}\n  label: L\n"),
        ('- quote: "as Ada said"  # here\n  id: a\n', f"- evidence: {spot('as Ada said')}  # here\n  id: a\n"),
        ("- id: a\n  quote: '\"quiet\" for years'\n", f"- id: a\n  evidence: {spot('“quiet” for years')}\n"),
        ('- id: a\n  quote: "harbour - \\"quiet\\""\n', f"- id: a\n  evidence: {spot('harbour — “quiet”')}\n"),
        ("- id: a\n  quote: |-\n    Ships left again\n\n- id: b\n", f"- id: a\n  evidence: {spot('Ships left again')}\n\n- id: b\n"),
        (
            '- id: a\n  quote: ["woke", "🚢"]\n  label: L\n',
            f"- id: a\n  evidence:\n  - {spot('woke')}\n  - {spot('🚢')}\n  label: L\n",
        ),
        (
            '- id: a\n  quote:\n  - "🚢"\n  - "woke"\n',
            f"- id: a\n  evidence:\n  - {spot('woke')}\n  - {spot('🚢')}\n",
        ),
        (
            f'- id: a\n  evidence: {spot("woke")}\n  quote: "🚢"\n',
            f"- id: a\n  evidence:\n  - {spot('woke')}\n  - {spot('🚢')}\n",
        ),
        ("- id: a\n  evidence: 4-11\n", f"- id: a\n  evidence: {spot('harbour')}\n"),
        ('- id: a\n  attribution-quote: "as Ada said"\n', f"- id: a\n  attribution-evidence: {spot('as Ada said')}\n"),
        (f"- id: a\n  evidence: {spot('woke')}\n", f"- id: a\n  evidence: {spot('woke')}\n"),
    ],
)  # fmt: skip
def test_a_quote_becomes_evidence_where_it_stands(before: str, after: str) -> None:
    assert anchor(file_of(before), "x.yaml", TEXT).text == file_of(after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('- id: a\n  quote: "woke\nat dawn"\n  label: L\n', f"- id: a\n  evidence: {spot('woke at dawn')}\n  label: L\n"),
        ('- id: a\n  quote: ["woke",\n"dawn"]\n  label: L\n', f"- id: a\n  evidence:\n  - {spot('woke')}\n  - {spot('dawn')}\n  label: L\n"),
        ('- id: a\n  quote: "woke"  # one\n', f"- id: a\n  evidence: {spot('woke')}  # one\n"),
        (
            '- id: a\n  quote: # none\n  - "🚢"  # one\n  # two\n  - "woke"  # three\n# four\n  label: L\n',
            f"- id: a\n  # none\n  # one\n  # two\n  evidence:\n  - {spot('woke')}\n  - {spot('🚢')}  # three\n# four\n  label: L\n",
        ),
        (
            f'- id: a\n  evidence: {spot("woke")}  # one\n  label: L\n  quote: [ # two\n    "🚢"]  # three\n  # four\n',
            f"- id: a\n  evidence:\n  - {spot('woke')}\n  - {spot('🚢')}  # one\n  label: L\n  # two\n  # three\n  # four\n",
        ),
        (
            "- quote: >-  # one\n    woke\n    at dawn\n\n  # two\n  id: a\n",
            f"# one\n- evidence: {spot('woke at dawn')}\n\n  # two\n  id: a\n",
        ),
        ("- id: a\n  evidence: [4-11,  # one\n'42-46']\n", f"- id: a\n  evidence: [{spot('harbour')},  # one\n{spot('dawn')}]\n"),
        ("- {id: a, evidence: 4-11}\n", f"- {{id: a, evidence: {spot('harbour')}}}\n"),
        ('- id: a\n  "quote": "woke"', f"- id: a\n  evidence: {spot('woke')}"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=ascii)
def test_comments_layout_and_line_ends_stay(before: str, after: str, end: str) -> None:
    source, wanted = (file_of(claim).replace("\n", end) for claim in (before, after))
    assert anchor(source, "x.yaml", TEXT).text == wanted
    assert anchor("\ufeff" + source, "x.yaml", TEXT).text == "\ufeff" + wanted


def test_a_quote_written_as_an_explicit_key_is_refused() -> None:
    with pytest.raises(FactFileError, match="one key a line"):
        anchor(file_of('- ? quote\n  : "woke"\n'), "x.yaml", TEXT)


def test_a_result_that_does_not_read_as_meant_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for wrong in ("evidence: [", "evidence: 4-11\n  label: other"):
        monkeypatch.setattr("kb.facts.anchor._written", lambda *_, wrong=wrong: wrong)
        with pytest.raises(FactFileError, match=r"x.yaml:5: .* stays as it was"):
            anchor(file_of('- id: a\n  quote: "woke"\n  label: L\n'), "x.yaml", TEXT)


def test_it_counts_what_it_did() -> None:
    claims = ('- id: a\n  quote: "woke"\n', "- id: b\n  evidence: 4-11\n", f"- id: c\n  evidence: {spot('dawn')}\n")
    done = anchor(file_of(*claims), "x.yaml", TEXT)
    assert (done.placed, done.added, done.verified) == (1, 1, 1)


def test_a_quote_without_quotation_marks_is_refused_with_its_line() -> None:
    with pytest.raises(FactFileError) as error:
        anchor(file_of("- id: a\n  quote: woke at dawn", '- id: b\n  quote: ["Ships left again", as Ada said]\n'), "x.yaml", TEXT)
    assert [(fault.line, fault.message) for fault in error.value.faults] == [(line, "a quote stands without quotation marks") for line in (6, 8)]


def test_anchoring_again_changes_nothing() -> None:
    once = anchor(file_of('- id: a\n  quote: ["woke", "dawn"]\n'), "x.yaml", TEXT).text
    assert anchor(once, "x.yaml", TEXT).text == once


@pytest.mark.parametrize(
    ("claim", "line", "words"),
    [
        ('- id: a\n  quote: "Ships left"\n', 6, "stands 2 times"),
        ('- id: a\n  quote: "ships will leave tomorrow"\n', 6, ""),
        ("- id: a\n  evidence: 4-11 " + "0" * 64 + "\n", 6, "not those the digest was made of"),
        ("- id: a\n  evidence: 4-1100\n", 6, "beyond the text"),
        ("- id: a\n  evidence: here\n", 6, "START-END"),
        ('- {id: a, quote: "woke"}\n', 5, "one key a line"),
        ('- {id: a,\n   quote: "woke",\n   label: L}\n', 6, "one key a line"),
        ('- id: a\n  quote: ["woke", [dawn]]\n', 6, "a list of texts"),
    ],
)
def test_what_cannot_be_placed_is_refused_with_its_line(claim: str, line: int, words: str) -> None:
    with pytest.raises(FactFileError) as caught:
        anchor(file_of(claim), "x.yaml", TEXT)
    [fault] = caught.value.faults
    assert fault.line == line and words in f"{fault.message} {fault.cure}"


def test_one_bad_quote_hides_no_other() -> None:
    with pytest.raises(FactFileError) as caught:
        anchor(file_of('- id: a\n  quote: "nowhere at all"\n', '- id: b\n  quote: "Ships left"\n'), "x.yaml", TEXT)
    assert len(caught.value.faults) == 2


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=60), st.data())
def test_any_passage_that_stands_once_is_found_at_its_place(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    words = text[start : data.draw(st.integers(start + 1, len(text)))]
    if not words.strip() or text.find(words) != text.rfind(words) or "\ufeff" in words:
        return
    quoted = "'" + words.replace("'", "''") + "'"
    done = anchor(file_of(f"- id: a\n  quote: {quoted}\n"), "x.yaml", text)
    span = read_node(done.text, "x.yaml").entries["claims"][1].items[0].entries["evidence"][1].text
    assert span == f"{start}-{start + len(words)} {sha256(words.encode()).hexdigest()}"
