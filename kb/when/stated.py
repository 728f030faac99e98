"""EDTF text → its earliest and latest day.

Bounds are outer bounds: what the text means lies between them, they claim no more. None is an open or unknown end (`..`
or nothing beside the slash). `~ ? %` do not move them. A year outside 0001–9999 gives the nearest bound that a `date` can hold.
Seasons are the northern ones by whole months; a winter may be either winter that touches its year.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from kb.errors import BadDate

_Ymd = tuple[int, int, int]
_Ends = tuple[_Ymd | None, _Ymd | None]

LONGEST = 200
_LONGEST_DATE = 30
CURE = (
    "write EDTF such as 2022-09-12, 2022-09, 2022-09-05/2022-09-11, ../2022-09; where they may stand, words such as `last week`"
)
_DATE = re.compile(r"(-?[0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_ODD_DATE = re.compile(r"[0-9XYE?~%-]+")
_HALF_KNOWN = re.compile(r"[0-9X?~%]-[?~%]?(?:X[0-9]|[0-9]X)(?![0-9X])")
_MONTH_DAY = re.compile(r"-([0-9]{2})-([0-9]{2})$")
_SEASON = re.compile(r"-?[0-9]{4}-(?:24|28|30)")
_CURES = (
    (r"([0-9]{4}-[0-9]{2}-[0-9]{2})(T| [0-9:]{2,8}$).*", r"leave the time of day out: \1"),
    (r"([0-9]{4})([0-9]{2})([0-9]{2})", r"put hyphens between: \1-\2-\3"),
    (r"([0-9]{4})-([0-9]|[0-9]{1,2}-[0-9]{1,2})", r"months and days have two digits, as in \1-09-05"),
    (r"[0-9]{1,2}[./ -][0-9]{1,2}[./ -]([0-9]{4})", r"write the year first, then month and day, as in \1-09-05"),
    (r"[\[{][^,.]*[\]}]", "a set names two dates or more, as in [2022-02-15,2022-02-16]; leave the brackets out for one"),
    (r"[^A-Za-z]*\s[^A-Za-z]*", "leave the spaces out; an interval has a slash: 2022-09-05/2022-09-11"),
)


@dataclass(frozen=True, slots=True)
class When:
    """A time as EDTF text, and the days it lies between, both included; None where it is open."""

    edtf: str
    earliest: date | None
    latest: date | None


@lru_cache(maxsize=8192)
def read_edtf(text: str) -> When:
    """Return what an EDTF text means: levels 0 to 2 without times of day and significant digits, as written.

    Raises BadDate when it is something else, impossible (2022-02-30) or reversed.

    >>> read_edtf("2022-02").latest
    datetime.date(2022, 2, 28)
    """
    if len(text) > LONGEST:
        raise BadDate(f"a date has {LONGEST} characters at most, this one has {len(text)}", cure=CURE)
    text = text.strip()
    earliest, latest = _ends(text)
    if earliest and latest and earliest > latest:
        turned = "/".join(reversed(text.split("/")))
        raise BadDate(f"{text!r} ends before it begins", cure=f"write the earlier date first: {turned}")
    return When(text, _day(earliest, outer=1), _day(latest, outer=9999))


# Days are (year, month, day) until the end, as `date` has no year 0 and below.


def _bad(text: str, problem: str = "is not a date that can be read", cure: str = "") -> BadDate:
    fitting = (match.expand(hint) for pattern, hint in _CURES if (match := re.fullmatch(pattern, text)))
    return BadDate(f"{text[:60]!r} {problem}", cure=cure or next(fitting, CURE))


def _ends(text: str) -> _Ends:
    if re.search(r"\s", text):
        raise _bad(text)
    if text.count("/") == 1 and text != "/":
        return _interval(text)
    if (text[:1], text[-1:]) in {("[", "]"), ("{", "}")}:
        return _set(text)
    return _date(text)


def _interval(text: str) -> _Ends:
    first, last = text.split("/")
    if {first, last} == {"", ".."}:
        raise _bad(text, "names no date")
    return None if first in ("", "..") else _date(first)[0], None if last in ("", "..") else _date(last)[1]


def _set(text: str) -> _Ends:
    parts = text[1:-1].split(",")
    if len(parts) == 1 and ".." not in text:
        raise _bad(text)
    ends = []
    for number, part in enumerate(parts):
        first, dots, last = part.partition("..")
        if not dots:
            ends.append(_date(part))
        elif (first or number == 0) and (last or number == len(parts) - 1):
            ends.append(_range(text, first, last))
        else:
            raise _bad(text)
    firsts, lasts = zip(*ends, strict=True)
    return None if None in firsts else min(firsts), None if None in lasts else max(lasts)


def _range(text: str, first: str, last: str) -> _Ends:
    """Return the ends of `first..last` in a set: plain dates of one precision, either of them left out."""
    precisions = {end.count("-", 1) if _DATE.fullmatch(end) else -1 for end in (first, last) if end}
    if len(precisions) != 1 or -1 in precisions:
        raise _bad(text)
    ends = _date(first)[0] if first else None, _date(last)[1] if last else None
    if ends[0] and ends[1] and ends[0] > ends[1]:
        raise _bad(text, f"has a range that ends before it begins: {first}..{last}", "write the earlier date first")
    return ends


def _date(text: str) -> tuple[_Ymd, _Ymd]:
    """Return the first and last day of one date. Plain ones are read here, as the grammar of `edtf` takes 5 ms a date."""
    plain = _DATE.fullmatch(text[:-1] if text[-1:] in ("?", "~", "%") else text)
    if plain is None:
        return _odd_date(text)
    year, month, day = (None if part is None else int(part) for part in plain.groups())
    if plain[1] == "-0000":
        raise _bad(text, "is not a year", "write 0000 for the year before 0001")
    if month is None:
        return (year, 1, 1), (year, 12, 31)
    if 21 <= month <= 41 and day is None:
        return _odd_date(plain[0])
    if not 1 <= month <= 12:
        raise _bad(
            text, f"has no month {month}", "months are 01 to 12, seasons 21 to 24; leave the month out when it is not known"
        )
    last = days_in(year, month)
    if day is not None and not 1 <= day <= last:
        raise _bad(
            text,
            "is not a day of the calendar",
            f"{plain[1]}-{plain[2]} has {last} days; leave the day out when it is not known",
        )
    return (year, month, day or 1), (year, month, day or last)


def _odd_date(text: str) -> tuple[_Ymd, _Ymd]:
    """Return the first and last day of a date with X, inner qualifiers, a season or a long year."""
    if len(text) > _LONGEST_DATE or not _ODD_DATE.fullmatch(text) or re.search("E[0-9]{3}", text):
        raise _bad(text)
    if _HALF_KNOWN.search(text):
        raise _bad(text, "has a half known month or day", "write XX for it, or an interval")
    from edtf import parse_edtf
    from edtf.parser.edtf_exceptions import EDTFParseException

    try:
        read = parse_edtf(text)
        (first, last) = sorted(tuple(end)[:3] for end in (read.lower_strict(), read.upper_strict()))
    except (EDTFParseException, ValueError, TypeError, AttributeError, KeyError, IndexError):
        raise _bad(text) from None
    if _SEASON.match(text):
        return (first[0] - 1, 12, 1), (last[0] + 1, 2, days_in(last[0] + 1, 2))
    return _real(text, first), _real(text, last)


def _real(text: str, day: _Ymd) -> _Ymd:
    """Return `day`, moved to the month's end where an unknown year is not a leap year but may be one."""
    named = _MONTH_DAY.search(re.sub("[?~%]", "", text))
    year = 2000 if "X" in text else day[0]
    if named and not 1 <= int(named[2]) <= days_in(year, int(named[1])):
        raise _bad(text, "is not a day of the calendar", "leave the day out when it is not known")
    return day[0], day[1], min(day[2], days_in(day[0], day[1]))


def days_in(year: int, month: int) -> int:
    return calendar.mdays[month] + (month == 2 and calendar.isleap(year))


def _day(ymd: _Ymd | None, *, outer: int) -> date | None:
    """Return the nearest bound that a `date` can hold; None beyond the year `outer`, where there is none."""
    if ymd is None or ymd[0] < outer == 1 or ymd[0] > outer == 9999:
        return None
    return date.min if ymd[0] < 1 else date.max if ymd[0] > 9999 else date(*ymd)
