"""Dates as pages write them: how sure they are stands in the words, never in the look alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from kb.pages.reading import NO_WORD, Word

_MONTHS = "January February March April May June July August September October November December".split()
_SURE = ("stated", "relative")


@dataclass(frozen=True, slots=True)
class Time:
    """A time as said: `text` is EDTF, `shown` the same in words; the bounds are ISO days, empty when open."""

    text: str
    shown: str
    earliest: str = ""
    latest: str = ""
    basis: Word = NO_WORD

    @property
    def is_uncertain(self) -> bool:
        """Whether it is more than one day, qualified, or not given by the text itself."""
        return self.earliest != self.latest or any(c in self.text for c in "~?%") or self.basis.id not in _SURE


def time_of(text: str, earliest: str, latest: str, basis: Word = NO_WORD) -> Time | None:
    """Return a time in words; None where none is given.

    >>> time_of("2022-09-16/2022-09-18", "2022-09-16", "2022-09-18").shown
    '16–18 September 2022'
    """
    return Time(text, _qualified(text, _shown(text, earliest, latest)), earliest, latest, basis) if text else None


def _qualified(text: str, shown: str) -> str:
    about, perhaps = any(c in text for c in "~%"), any(c in text for c in "?%")
    return "perhaps " * perhaps + "about " * about + shown


def _shown(text: str, earliest: str, latest: str) -> str:
    try:
        start, end = (date.fromisoformat(day) if day else None for day in (earliest, latest))
    except ValueError:
        return text
    if start and end:
        return _span(start, end)
    if start or end:
        return f"from {_day(start)} on" if start else f"until {_day(end)}"
    return text


def _day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _span(start: date, end: date) -> str:
    if start == end:
        return _day(start)
    if start.day == 1 and (end == date.max or (end + timedelta(days=1)).day == 1):
        if start.month == 1 and end.month == 12:
            return str(start.year) if start.year == end.year else f"{start.year}–{end.year}"
        first, last = _MONTHS[start.month - 1], f"{_MONTHS[end.month - 1]} {end.year}"
        if start.year == end.year:
            return last if start.month == end.month else f"{first}–{last}"
        return f"{first} {start.year} – {last}"
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day}–{_day(end)}"
    if start.year == end.year:
        return f"{start.day} {_MONTHS[start.month - 1]} – {_day(end)}"
    return f"{_day(start)} – {_day(end)}"
