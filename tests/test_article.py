"""Texts and characters: evidence found at its place, verified, counted."""

import hashlib
import unicodedata

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from kb.article import Finder, coverage, digest, fill, find_evidence, find_texts, read_text, text_of, verify
from kb.errors import EvidenceAmbiguous, EvidenceNotFound, InputError, nearest_place
from kb.model import Span, Text

LINES = "The ferry left at noon.\r\nNobody saw it leave the old harbour.\nThe ferry left again at dusk.\n"


def words_at(text, span):
    return text[span.start : span.end]


# Reading


@pytest.mark.parametrize(
    "text", ["", "plain", "\ufeffwith a mark", "a\r\nb\rc\n", "cafe\u0301", "caf\u00e9", "🚢 sails", "\u202e\u2028"]
)
def test_a_text_is_read_as_its_bytes_say(tmp_path, text):
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode())
    assert read_text(path) == text
    assert text_of(path) == Text(sha256=hashlib.sha256(path.read_bytes()).hexdigest(), characters=len(text), file="a.txt")
    assert digest(text) == text_of(path).sha256


@pytest.mark.parametrize(
    ("content", "line", "told"),
    [
        (b"two\nlines \xe9t\xe9", 2, "byte 10 is 0xe9"),
        ("wide".encode("utf-16"), 1, "looks like UTF-16"),
        (b"half a pair \xed\xa0\xbd", 1, "byte 12 is 0xed"),
        (b"cut \xf0\x9f\x9a", 1, "byte 4 is 0xf0"),
    ],
)
def test_a_file_that_is_not_utf_8_is_refused_with_the_byte(tmp_path, content, line, told):
    path = tmp_path / "a.txt"
    path.write_bytes(content)
    for read in (read_text, text_of):
        with pytest.raises(InputError) as caught:
            read(path)
        assert (caught.value.path, caught.value.line) == (str(path), line)
        assert told in caught.value.message
        assert "UTF-8" in caught.value.cure


def test_a_missing_file_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_text(tmp_path / "none.txt")


# Finding


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("🚢 The ferry sails", "ferry", (6, 11)),
        ("\ufeffThe ferry", "The", (1, 4)),
        ("one\r\ntwo", "two", (5, 8)),
        ("one\r\ntwo", "one two", (0, 8)),
        ("one\r\ntwo", "one\ntwo", (0, 8)),
        ("cafe\u0301 noir", "noir", (6, 10)),
        ("cafe\u0301 noir", "caf\u00e9", (0, 5)),
        ("caf\u00e9 noir", "cafe\u0301 noir", (0, 9)),
        ("\uac01 x", "\u1100\u1161\u11a8", (0, 1)),
        ("he said \u201cno\u201d", 'said "no"', (3, 12)),
        ("he said \u00abno\u00bb", "said \u201cno\u201d", (3, 12)),
        ("it\u2019s late", "it's", (0, 4)),
        ("now \u2013 or never", "now - or", (0, 8)),
        ("1941\u20111945", "1941\u20131945", (0, 9)),
        ("wait\u2026 then", "wait... then", (0, 10)),
        ("wait... then", "wait\u2026", (0, 7)),
        ("10\u00a0000\u2009men", "10 000 men", (0, 10)),
        ("a \n\t b", "a b", (0, 6)),
        ("only this", "  only this\n", (0, 9)),
        ("\u00abQu\u00e9\u2026\u00bb dijo", '"Que\u0301..."', (0, 6)),
        ("xa\u0301\u0323", "x\u1ea1\u0301", (0, 4)),
        ("x \u0301y z", "x\u00a0\u0301y", (0, 4)),
    ],
)
def test_words_are_found_when_only_their_typography_differs(text, words, found):
    span = find_evidence(text, words)
    assert (span.start, span.end) == found
    assert verify(text, span) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("wait\u2026 then", "wait. "),
        ("wait\u2026 then", "wait.."),
        ("caf\u00e9 noir", "cafe"),
        ("the cafe\u0301", "the\u00a0cafe"),
        ("The Ferry", "the ferry"),
        ("ferries", "ferry boats and other things"),
        ("well-known", "well known"),
        ("soft\u00adhyphen", "softhyphen"),
        ("", "words"),
        ("text", ""),
        ("text", " \n"),
        ("text", "\ud83d"),
    ],
)
def test_anything_but_typography_is_refused(text, words):
    with pytest.raises(EvidenceNotFound) as caught:
        find_evidence(text, words)
    assert caught.value.cure
    str(caught.value).encode()


def test_a_quote_that_stands_literally_once_wins_over_places_that_are_only_alike():
    assert find_evidence("it\u2019s a, it's b", "it's").start == 8


def test_a_quote_that_stands_twice_is_refused_with_its_places():
    with pytest.raises(EvidenceAmbiguous) as caught:
        find_evidence(LINES, "ferry left")
    assert caught.value.message == "'ferry left' stands 2 times in the text: at 4 (line 1), 66 (line 3)"
    with pytest.raises(EvidenceAmbiguous, match=r"2 times in the text: at 0 \(line 1\), 5 \(line 1\)"):
        find_evidence("it\u2019s it\u2019s", "it's")
    with pytest.raises(EvidenceAmbiguous, match="more than 5 times"):
        find_evidence("a" * 10_000, "aa")


def test_a_quote_that_is_not_there_is_refused_with_the_nearest_place():
    with pytest.raises(EvidenceNotFound) as caught:
        find_evidence(LINES, "Nobody saw it leaving the old harbor, not one of them")
    assert "'Nobody saw it leave the old …' at 25-" in caught.value.cure
    assert "line 2" in caught.value.cure
    assert "not one" not in str(caught.value)


def test_the_nearest_place_holds_whole_words():
    assert nearest_place("bour close", "The harbour closed early.") == (4, 18)


def test_nothing_near_gives_no_hint():
    with pytest.raises(EvidenceNotFound) as caught:
        find_evidence(LINES, "42 xyzzy 42")
    assert caught.value.cure == "quote the words exactly as they stand in the text"


TEXTS = st.text(alphabet=st.characters(categories=["L", "M", "N", "P", "S", "Z", "Cc", "Cf"]), max_size=60) | st.text(
    alphabet="ab 🚢é\u0301\u0327\r\n\ufeff…“'–", max_size=60
)


@given(TEXTS, st.integers(0, 60), st.integers(1, 60))
@example("\ufeff🚢\r\ne\u0301", 2, 2)
def test_any_slice_of_a_text_is_found_at_its_place_when_it_stands_once(text, start, length):
    words = text[start : start + length]
    assume(words.strip() and text.find(words) == text.rfind(words))
    span = find_evidence(text, words)
    assert (span.start, span.end, span.sha256) == (start, start + len(words), digest(words))


PIECES = ["a", "B", "é", "e\u0301", "ж", "й", "ế", "각", "🚢", " ", "\u00a0\n", "“", '"', "’", "–", "…", ".", "one", "two"]
VARIANTS = [
    str.maketrans({"“": '"', "’": "'", "–": "-", "…": "...", " ": "\u2009"}),
    str.maketrans({'"': "”", " ": "\r\n"}),
    {},
]


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=30), st.data())
def test_words_in_other_typography_are_found_where_the_original_stands(pieces, data):
    first = data.draw(st.integers(0, len(pieces) - 1))
    last = data.draw(st.integers(first + 1, len(pieces)))
    text, words = "".join(pieces), "".join(pieces[first:last])
    form = data.draw(st.sampled_from(["NFC", "NFD"]))
    other = unicodedata.normalize(form, words.translate(data.draw(st.sampled_from(VARIANTS))))
    assume(words.strip() and other not in text)
    try:
        span = find_evidence(text, other)
    except EvidenceAmbiguous:
        return
    assert words_at(text, span).strip() == words.strip()


@given(TEXTS, st.text(max_size=30))
def test_any_words_are_found_or_refused(text, words):
    try:
        span = find_evidence(text, words)
    except (EvidenceNotFound, EvidenceAmbiguous) as error:
        assert error.cure
    else:
        assert verify(text, span) is None


def test_one_finder_serves_many_quotes():
    text = " ".join(f"word{number}\u2019s" for number in range(2000))
    finder = Finder(text)
    assert [words_at(text, finder.find(f"word{number}'s")) for number in range(1000, 1100)] == [
        f"word{n}\u2019s" for n in range(1000, 1100)
    ]


# Verifying


@pytest.mark.parametrize(
    ("span", "told"),
    [
        (Span(4, 9, digest("ferry")), None),
        (Span(4, 9, digest("Ferry")), "not those the digest was made of"),
        (Span(4, 9), "has no digest"),
        (Span(4, 4, digest("")), "holds no characters"),
        (Span(9, 4, digest("ferry")), "holds no characters"),
        (Span(-5, 4, digest("ferry")), "holds no characters"),
        (Span(4, 9999, digest("ferry")), "ends beyond the text of"),
    ],
)
def test_a_span_is_verified_against_its_digest(span, told):
    fault = verify(LINES, span)
    assert fault is None if told is None else told in fault.message and fault.cure


def test_a_changed_line_end_changes_the_digest():
    span = fill(LINES, Span(0, 30))
    assert verify(LINES, span) is None
    assert "digest" in verify(LINES.replace("\r\n", "\n"), span).message


def test_filling_a_span_outside_the_text_is_refused():
    assert fill("text", Span(0, 4)).sha256 == digest("text")
    with pytest.raises(InputError, match="ends beyond"):
        fill("text", Span(0, 5))


# Covering

TEXT = "Title here\n\nBody one. Body two.\n\nAbout the author\n"
ZONES = {"headline": (Span(0, 10),), "biography": (Span(33, 49),)}


@pytest.mark.parametrize(
    ("zones", "spans", "covered", "total", "uncovered"),
    [
        (ZONES, (), 0, 25, [(0, 31, 25)]),
        (ZONES, (Span(0, 10), Span(12, 31)), 25, 25, []),
        (ZONES, (Span(12, 21), Span(0, 10), Span(3, 8)), 17, 25, [(22, 31, 8)]),
        (ZONES, (Span(-5, 999),), 25, 25, []),
        (ZONES, (Span(33, 49),), 0, 25, [(0, 31, 25)]),
        ({**ZONES, "body": (Span(22, 31),)}, (Span(0, 10),), 9, 17, [(22, 31, 8)]),
        ({}, (Span(0, 31),), 25, 39, [(33, 49, 14)]),
        ({"furniture": (Span(0, 50),)}, (), 0, 0, []),
    ],
)
def test_coverage_counts_the_filled_characters_of_headline_and_body(zones, spans, covered, total, uncovered):
    found = coverage(TEXT, zones, spans)
    assert (found.covered, found.total, [(s.start, s.end, s.characters) for s in found.uncovered]) == (
        covered,
        total,
        uncovered,
    )
    assert found.share == (covered / total if total else 0)


SPANS = st.lists(
    st.builds(lambda start, length: Span(start, start + length), st.integers(0, 60), st.integers(0, 20)), max_size=6
)
ALL_ZONES = st.dictionaries(st.sampled_from(["headline", "body", "credit", "furniture"]), SPANS)


@given(TEXTS, ALL_ZONES, SPANS)
def test_coverage_agrees_with_counting_every_character(text, zones, spans):
    def inside(at, some):
        return any(span.start <= at < span.end for span in some)

    others = [span for zone in zones if zone not in ("headline", "body") for span in zones[zone]]
    counted = [
        at
        for at, character in enumerate(text)
        if not (character.isspace() or character == "\ufeff")
        and (
            inside(at, zones.get("headline", ())) or (inside(at, zones["body"]) if "body" in zones else not inside(at, others))
        )
    ]
    open_ones = [at for at in counted if not inside(at, spans)]
    found = coverage(text, zones, spans)
    assert (found.total, found.covered) == (len(counted), len(counted) - len(open_ones))
    assert all(any(s.start <= at < s.end for s in found.uncovered) for at in open_ones)
    assert sum(stretch.characters for stretch in found.uncovered) == len(open_ones)


# Finding files


def test_texts_are_found_by_digest_else_by_name(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / ".hidden").mkdir()
    for name, text in (
        ("deep/renamed.txt", "first"),
        ("second.txt", "changed"),
        (".hidden/third.txt", "third"),
        ("other.txt", "other"),
    ):
        (tmp_path / name).write_bytes(text.encode())

    def wanted(text, file=None):
        return Text(sha256=digest(text), characters=len(text), file=file)

    found = find_texts(
        tmp_path,
        {
            "first": wanted("first", "other.txt"),
            "second": wanted("second", "second.txt"),
            "third": wanted("third", "third.txt"),
            "fourth": wanted("fourth"),
        },
    )
    assert found == {"first": tmp_path / "deep" / "renamed.txt", "second": tmp_path / "second.txt"}
    assert digest(read_text(found["second"])) != wanted("second").sha256


def test_a_folder_that_is_none_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="is no folder"):
        find_texts(tmp_path / "none", {})
