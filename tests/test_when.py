"""Dates: what EDTF texts and relative words mean, and what is refused."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kb.errors import BadDate
from kb.when import LONGEST, When, is_relative, read_edtf, read_time, resolve

D = date.fromisoformat
WEEK = read_edtf("2022-09-12/2022-09-18")  # Monday to Sunday


def bounds(when):
    return tuple(str(day) if day else None for day in (when.earliest, when.latest))


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("2022", "2022-01-01", "2022-12-31"),
        ("2022-02", "2022-02-01", "2022-02-28"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2024-02-29", "2024-02-29", "2024-02-29"),
        ("1900-02", "1900-02-01", "1900-02-28"),
        ("  2022-09-12\n", "2022-09-12", "2022-09-12"),
        ("2022-09-12/2022-09-18", "2022-09-12", "2022-09-18"),
        ("2022-09-18/2022-09", "2022-09-18", "2022-09-30"),
        ("2021/2022-05", "2021-01-01", "2022-05-31"),
        ("2022-09/..", "2022-09-01", None),
        ("2022-09/", "2022-09-01", None),
        ("../2022-09-18", None, "2022-09-18"),
        ("/2022", None, "2022-12-31"),
        ("../..", None, None),
        ("2022?", "2022-01-01", "2022-12-31"),
        ("2022-09-12~", "2022-09-12", "2022-09-12"),
        ("2022-09-12%", "2022-09-12", "2022-09-12"),
        ("2022?-09-12", "2022-09-12", "2022-09-12"),
        ("~2022-09", "2022-09-01", "2022-09-30"),
        ("2022-09~/2022-10-?05", "2022-09-01", "2022-10-05"),
        ("2022?/~2023-05", "2022-01-01", "2023-05-31"),
        ("202X", "2020-01-01", "2029-12-31"),
        ("20XX/..", "2000-01-01", None),
        ("2022-02-XX", "2022-02-01", "2022-02-28"),
        ("2022-XX", "2022-01-01", "2022-12-31"),
        ("XXXX", None, "9999-12-31"),
        ("19XX-02-29", "1900-02-28", "1999-02-28"),
        ("[2022-02-15,2022-02-16]", "2022-02-15", "2022-02-16"),
        ("{2022-02-16,2022-02-15}", "2022-02-15", "2022-02-16"),
        ("{2021..2023}", "2021-01-01", "2023-12-31"),
        ("[..2022-03]", None, "2022-03-31"),
        ("[2022-02-15..2022-02-18,2022-03..]", "2022-02-15", None),
        ("2022-22", "2022-06-01", "2022-08-31"),
        ("2022-23~", "2022-09-01", "2022-11-30"),
        ("2022-24", "2021-12-01", "2023-02-28"),
        ("2023-28", "2022-12-01", "2024-02-29"),
        ("2022-33", "2022-01-01", "2022-03-31"),
        ("0000-02-29", None, "0001-01-01"),
        ("-0044", None, "0001-01-01"),
        ("-0044-03-15/2022", None, "2022-12-31"),
        ("Y17000", "9999-12-31", None),
        ("Y-17000/Y17000", None, None),
        ("2022/Y1E9", "2022-01-01", None),
        ("0001-01-01", "0001-01-01", "0001-01-01"),
        ("9999-12-31", "9999-12-31", "9999-12-31"),
    ],
)
def test_an_edtf_text_lies_between_its_bounds_and_stays_as_written(text, earliest, latest):
    when, basis = read_time(text, None)
    assert (*bounds(when), when.edtf, basis) == (earliest, latest, text.strip(), "stated")


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("2022-02-30", "28 days"),
        ("2022-02-29", "28 days"),
        ("2022-02-29~", "28 days"),
        ("1900-02-29", "28 days"),
        ("?2022-04-31", "leave the day out"),
        ("19XX-02-30", "leave the day out"),
        ("2022-00", "months are 01 to 12"),
        ("2022-13", "months are 01 to 12"),
        ("2022-09-00", "30 days"),
        ("2022-09-18/2022-09-12", "2022-09-12/2022-09-18"),
        ("2022/2021-12", "2021-12/2022"),
        ("-0044/-0050", "-0050/-0044"),
        ("{2022..2021}", "earlier date first"),
        ("2022-09-12T10:00:00Z", "leave the time of day out: 2022-09-12"),
        ("2022-09-12 10:00", "leave the time of day out: 2022-09-12"),
        ("20220912", "2022-09-12"),
        ("2022-9-5", "two digits"),
        ("2022-9", "two digits"),
        ("12.09.2022", "year first"),
        ("12/9/2022", "year first"),
        ("[2022]", "leave the brackets out"),
        ("[]", "names two dates"),
        ("[2022-02-15, 2022-02-16]", "leave the spaces out"),
        ("2022-09-05 - 2022-09-11", "leave the spaces out"),
        ("2022-1X", "write XX"),
        ("2022-09-3X", "write XX"),
        ("-0000", "0000"),
        *(
            (text, "write EDTF")
            for text in ("", " ", "/", "../", "..", "[..]", "{2022,}", "{2022..,2023}", "[..2022..]", "[2022/2023]")
        ),
        *(
            (text, "write EDTF")
            for text in ("[2022-01..2023]", "2022/2023/2024", "1950S2", "２０２２", "Y1E999999999", "Y" + "9" * 60)
        ),
        ("2022," * 41, "write EDTF"),
        ("lats week", "'last week'"),
        ("3 dayz ago", "'3 days ago'"),
        ("septembre", "write EDTF"),
    ],
)
def test_what_is_no_date_is_refused_with_a_cure(text, cure):
    with pytest.raises(BadDate) as caught:
        read_time(text, WEEK)
    assert cure in caught.value.cure


def test_relative_words_are_no_edtf():
    with pytest.raises(BadDate):
        read_edtf("yesterday")


@pytest.mark.parametrize(
    ("words", "edtf"),
    [
        ("now", "2022-09-12/2022-09-18"),
        ("today", "2022-09-12/2022-09-18"),
        ("yesterday", "2022-09-11/2022-09-17"),
        ("tomorrow", "2022-09-13/2022-09-19"),
        ("last week", "2022-09-05/2022-09-11"),
        ("this week", "2022-09-12/2022-09-18"),
        ("next week", "2022-09-19/2022-09-25"),
        ("last month", "2022-08-01/2022-08-31"),
        ("next year", "2023-01-01/2023-12-31"),
        ("this friday", "2022-09-16"),
        ("wednesday", "2022-09-07/2022-09-14"),
        ("before now", "../2022-09-18"),
        ("after now", "2022-09-12/.."),
        ("2 weeks ago", "2022-08-29/2022-09-04"),
        ("years ago", "../2021-09-18"),
    ],
)
def test_relative_words_span_from_the_anchors_earliest_day_to_its_latest(words, edtf):
    assert read_time(words, WEEK) == (read_edtf(edtf), "relative")


@pytest.mark.parametrize(
    ("anchor", "words", "edtf"),
    [
        ("2022-03-01", "yesterday", "2022-02-28"),
        ("2024-03-01", "yesterday", "2024-02-29"),
        ("2022-01-01", "yesterday", "2021-12-31"),
        ("2022-01-01", "last week", "2021-12-20/2021-12-26"),
        ("2022-01-01", "last month", "2021-12-01/2021-12-31"),
        ("2022-01-31", "next month", "2022-02-01/2022-02-28"),
        ("2024-02-29", "last year", "2023-01-01/2023-12-31"),
        ("2022-09-14", "3 days ago", "2022-09-11"),
        ("2022-09-14", "Twelve  Days\tAgo", "2022-09-02"),
        ("2022-09-14", "a day ago", "2022-09-13"),
        ("2022-09-14", "two weeks ago", "2022-08-29/2022-09-04"),
        ("2022-03-31", "one month ago", "2022-02-01/2022-02-28"),
        ("2022-01-15", "13 months ago", "2020-12-01/2020-12-31"),
        ("2022-09-14", "3 years ago", "2019-01-01/2019-12-31"),
        ("2022-09-14", "days ago", "2022-09-01/2022-09-13"),
        ("2022-09-14", "weeks ago", "2022-06-22/2022-09-07"),
        ("2022-03-31", "months ago", "2020-03-31/2022-02-28"),
        ("2022-09-14", "recent weeks", "2022-06-22/2022-09-14"),
        ("2022-09-14", "for weeks", "2022-06-22/2022-09-14"),
        ("2022-09-14", "for months", "2020-09-14/2022-09-14"),
        ("2022-09-14", "recently", "2022-06-14/2022-09-14"),
        ("2022-09-14", "On Wednesday", "2022-09-14"),
        ("2022-09-14", "thursday", "2022-09-08"),
        ("2022-09-14", "last wednesday", "2022-09-07"),
        ("2022-09-14", "last monday", "2022-09-05/2022-09-12"),
        ("2022-09-14", "next monday", "2022-09-19"),
        ("2022-09-14", "next friday", "2022-09-16/2022-09-23"),
        ("../2022-09-14", "yesterday", "../2022-09-13"),
        ("2022-09-14/..", "yesterday", "2022-09-13/.."),
        ("2022-09~", "now", "2022-09~"),
        ("2022-09", "last month", "2022-08-01/2022-08-31"),
    ],
)
def test_relative_words_hang_on_the_anchor(anchor, words, edtf):
    assert resolve(words, read_edtf(anchor)).edtf == edtf


@pytest.mark.parametrize(
    ("anchor", "words", "cure"),
    [
        (None, "yesterday", "give the article"),
        ("../..", "yesterday", "closed date"),
        ("../2022", "after now", "closed date"),
        ("0001-01-01", "yesterday", "write it as EDTF"),
        ("9999-12-31", "this week", "write it as EDTF"),
        ("2022", "9999 years ago", "write it as EDTF"),
        ("2022", "0 days ago", "did you mean"),
        ("2022", "fortnight", "write EDTF"),
    ],
)
def test_relative_words_that_give_no_day_are_refused_with_a_cure(anchor, words, cure):
    with pytest.raises(BadDate) as caught:
        resolve(words, anchor and read_edtf(anchor))
    assert cure in caught.value.cure


PAST = (
    [
        "now",
        "yesterday",
        "last week",
        "last month",
        "last year",
        "recently",
        "before now",
        "monday",
        "sunday",
        "last friday",
        "last sunday",
    ]
    + [f"{n} {unit} ago" for n in ("1", "twelve", "400") for unit in ("day", "weeks", "months", "years")]
    + [f"{word} {unit}s".strip() for word in ("recent", "for") for unit in ("day", "week", "month", "year")]
    + [f"{unit}s ago" for unit in ("day", "week", "month", "year")]
)
OTHER = ["tomorrow", "this week", "this month", "next week", "next year", "this monday", "next friday", "after now"]
DAYS = st.dates(min_value=D("1000-01-01"), max_value=D("9000-01-01"))


@given(st.sampled_from(PAST + OTHER), DAYS, st.integers(0, 800))
def test_a_relative_result_is_ordered_and_reads_back_as_itself(words, day, length):
    assert is_relative(words)
    last = day + timedelta(length)
    when = resolve(words, When(f"{day}/{last}", day, last))
    assert when.earliest is None or when.latest is None or when.earliest <= when.latest
    assert bounds(read_edtf(when.edtf)) == bounds(when)
    if words in PAST:
        assert when.latest <= last


@given(st.sampled_from(PAST + OTHER), DAYS, st.integers(0, 20), st.integers(0, 20))
def test_a_wider_anchor_never_gives_a_narrower_result(words, day, first, more):
    inner = day + timedelta(first)
    one = resolve(words, When(str(inner), inner, inner))
    wide = resolve(words, When("", day, inner + timedelta(more)))
    assert wide.earliest is None or wide.earliest <= one.earliest
    assert wide.latest is None or one.latest <= wide.latest


YEARS = st.integers(0, 9999).map("{:04}".format) | st.integers(1, 9999).map("-{:04}".format)
PLAIN = st.one_of(
    YEARS,
    st.builds("{}-{:02}".format, YEARS, st.integers(0, 14)),
    st.builds("{}-{:02}-{:02}".format, YEARS, st.integers(0, 13), st.integers(0, 32)),
)
QUALIFIED = st.builds("{}{}".format, PLAIN, st.sampled_from(["", "", "~", "?", "%"]))
INTERVALS = st.builds("{}/{}".format, QUALIFIED | st.just(".."), QUALIFIED | st.just(".."))
SETS = st.builds(
    lambda dates, ends: ends[0] + ",".join(dates) + ends[1],
    st.lists(QUALIFIED, min_size=2, max_size=3),
    st.sampled_from(["[]", "{}"]),
)


def by_the_package(text):
    """Return the bounds that `edtf` gives, None where it or the calendar refuses; it lets 29 February pass in any year."""
    from edtf import parse_edtf

    for year, end in re.findall(r"(-?[0-9]{4})-02-(29)", text):
        if int(end) > 28 + (int(year) % 4 == 0 and (int(year) % 100 != 0 or int(year) % 400 == 0)):
            return None
    read = parse_edtf(text, fail_silently=True)
    if read is None:
        return None
    first, last = (end if isinstance(end, float) else tuple(end)[:3] for end in (read.lower_strict(), read.upper_strict()))
    return None if not isinstance(first, float) and not isinstance(last, float) and first > last else (first, last)


@settings(deadline=None, max_examples=200)
@given(QUALIFIED | INTERVALS | SETS)
@example("2022-02-29")
@example("-0004-02-29/..")
def test_the_fast_path_reads_as_the_edtf_package_does(text):
    expected = by_the_package(text)
    try:
        when = read_edtf(text)
    except BadDate:
        assert expected is None
        return
    assert expected is not None
    for end, ours, beyond in (*zip(expected, bounds(when), (date.min, date.max), strict=True),):
        if isinstance(end, float):
            assert ours is None
        elif end[0] < 1:
            assert ours == (None if beyond is date.min else "0001-01-01")
        else:
            assert ours == "{:04}-{:02}-{:02}".format(*end)


@settings(deadline=None, max_examples=400)
@given(
    st.text(max_size=250)
    | st.text(alphabet="0129XYES-/.,[]{}?~%T: ", max_size=40)
    | st.lists(
        st.sampled_from(["2022", "-", "09", "XX", "X", "?", "~", "1X", "24", "/", "..", "[", "]", ",", "Y", "E", " ago", "3 "]),
        max_size=8,
    ).map("".join)
    | st.characters(categories=["Cs"])
)
@example("[" * LONGEST)
@example("9" * 10_000)
@example("Y1E99")
@example("?2022X241X1X")
def test_any_text_is_read_or_refused_as_a_bad_date(text):
    is_relative(text)
    try:
        when, _ = read_time(text, WEEK)
    except BadDate as error:
        assert error.cure
        assert len(str(error)) < 1000
    else:
        assert when.earliest is None or when.latest is None or when.earliest <= when.latest
        assert len(text) <= LONGEST


@settings(deadline=None)
@given(st.text(alphabet="0129XYE-?~%", max_size=30))
def test_reading_prints_nothing(text):
    """The edtf package prints when one of its classes refuses its own grammar's result."""
    import contextlib
    import io

    with contextlib.redirect_stdout(io.StringIO()) as printed, contextlib.suppress(BadDate):
        read_edtf(text)
    assert printed.getvalue() == ""


def test_plain_dates_are_read_without_the_edtf_package():
    import subprocess
    import sys

    code = "import sys; from kb.when import read_edtf; read_edtf('2022-09-12~/..'); sys.exit('edtf' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
