"""Words such as `last week` → the days they mean.

On an anchor of several days: from what they mean on its earliest day to what they mean on its latest.

    now, today · yesterday, tomorrow         the anchor · the day before or after
    last, this, next week|month|year         that ISO week (Monday to Sunday), calendar month or year
    N days|weeks|months|years ago            that day, ISO week, calendar month or year; N in digits, words to twelve, or `a`
    days|weeks|months|years ago              one unit back, at most 13 days, 12 weeks, 24 months, without limit
    recent, for days|weeks|months|years      from 13 days, 12 weeks, 24 months, without limit, before the anchor until it
    recently                                 from 3 months before the anchor until it
    monday … sunday                          that weekday, the anchor's own day or the nearest before
    this friday · last friday · next friday  that of the anchor's ISO week · the nearest before · after the anchor; where
                                             the ISO week before or after has another, both readings and the days between
    before now · after now                   until the anchor's latest day · from its earliest; the other end open
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache, partial

from kb.errors import BadDate, did_you_mean
from kb.when.stated import CURE, LONGEST, When, days_in

_Rule = Callable[[date], tuple[date | None, date | None]]
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_FARTHEST: dict[str, int | None] = {"day": 13, "week": 12, "month": 24, "year": None}
_NUMBERS = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_AGO = re.compile(rf"([0-9]{{1,4}}|an?{'|'.join(_NUMBERS)}) (day|week|month|year)s? ago")


def is_relative(text: str) -> bool:
    """Whether `text` is a relative expression that `resolve` knows."""
    return _rule(text) is not None


def resolve(text: str, anchor: When | None) -> When:
    """Return the days that relative words mean on the days of `anchor`. Raises BadDate.

    >>> from kb.when import read_edtf
    >>> resolve("last week", read_edtf("2022-09-12/2022-09-18")).edtf
    '2022-09-05/2022-09-11'
    """
    rule = _rule(text)
    if rule is None:
        raise BadDate(f"{text[:60]!r} is not a relative date we know", cure=nearest_words(text) or CURE)
    if anchor is None:
        raise BadDate(
            f"{text!r} hangs on a date, and the article has none", cure="give the article `stated:`, `written:` or `published:`"
        )
    if rule is _same:
        return anchor
    try:
        earliest = rule(anchor.earliest)[0] if anchor.earliest else None
        latest = rule(anchor.latest)[1] if anchor.latest else None
    except (OverflowError, ValueError):
        raise BadDate(f"{text!r} of {anchor.edtf} lies outside the years 0001 to 9999", cure="write it as EDTF") from None
    if earliest is None and latest is None:
        raise BadDate(f"{text!r} of {anchor.edtf} is open at both ends", cure="leave it out, or give the article a closed date")
    return When(_written(earliest, latest), earliest, latest)


def _written(earliest: date | None, latest: date | None) -> str:
    first, last = (day.isoformat() if day else ".." for day in (earliest, latest))
    return first if first == last else f"{first}/{last}"


def _words(text: str) -> str:
    return " ".join(text[:LONGEST].casefold().split()).removeprefix("on ")


def _rule(text: str) -> _Rule | None:
    if len(text) > LONGEST:
        return None
    words = _words(text)
    ago = _AGO.fullmatch(words)
    if ago is None:
        return _phrases().get(words)
    number = int(ago[1]) if ago[1].isdecimal() else 1 if ago[1] in ("a", "an") else _NUMBERS.index(ago[1])
    return partial(_whole, unit=ago[2], step=-number) if number else None


def nearest_words(text: str) -> str:
    """Return a cure that offers the relative expressions most like `text`, or the empty string."""
    known = [*_phrases(), *(f"{number} {unit}s ago" for unit in _FARTHEST for number in (2, 3, 10))]
    return did_you_mean(_words(text), known)


@lru_cache(maxsize=1)
def _phrases() -> dict[str, _Rule]:
    """Return the fixed expressions: each gives the first and last day it means on a day, both never earlier on a later day."""
    rules: dict[str, _Rule] = {"now": _same, "today": _same, "recently": partial(_until, unit="month", farthest=3)}
    rules |= {"yesterday": partial(_whole, unit="day", step=-1), "tomorrow": partial(_whole, unit="day", step=1)}
    rules |= {"before now": lambda day: (None, day), "after now": lambda day: (day, None)}
    for unit in ("week", "month", "year"):
        rules |= {
            f"{word} {unit}": partial(_whole, unit=unit, step=step) for word, step in (("last", -1), ("this", 0), ("next", 1))
        }
    for unit, farthest in _FARTHEST.items():
        rules[f"{unit}s ago"] = partial(_until, unit=unit, farthest=farthest, nearest=1)
        rules |= {f"{word} {unit}s": partial(_until, unit=unit, farthest=farthest) for word in ("recent", "for")}
    for number, name in enumerate(_WEEKDAYS):
        rules |= {
            f"{word} {name}".strip(): partial(_weekday, word=word, number=number) for word in ("", "this", "last", "next")
        }
    return rules


def _same(day: date) -> tuple[date, date]:
    return day, day


def _whole(day: date, *, unit: str, step: int) -> tuple[date, date]:
    """Return the first and last day of the day, ISO week, month or year that lies `step` units from `day`."""
    day = _moved(day, unit, step)
    if unit == "week":
        monday = day - timedelta(day.weekday())
        return monday, monday + timedelta(6)
    if unit == "month":
        return day.replace(day=1), day.replace(day=days_in(day.year, day.month))
    if unit == "year":
        return day.replace(month=1, day=1), day.replace(month=12, day=31)
    return day, day


def _until(day: date, *, unit: str, farthest: int | None, nearest: int = 0) -> tuple[date | None, date]:
    """Return the days from `farthest` units before `day`, None for without limit, to `nearest` units before it."""
    return None if farthest is None else _moved(day, unit, -farthest), _moved(day, unit, -nearest)


def _moved(day: date, unit: str, step: int) -> date:
    """Return the day `step` units later; in a shorter month the last day of it."""
    if unit in ("day", "week"):
        return day + timedelta(step * (7 if unit == "week" else 1))
    months = day.year * 12 + day.month - 1 + step * (12 if unit == "year" else 1)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, days_in(year, month + 1)))


def _weekday(day: date, *, word: str, number: int) -> tuple[date, date]:
    """Return weekday `number` (Monday is 0) in the sense of `word`: "" for the nearest until `day`, this, last, next."""
    ahead = number - day.weekday()
    first, last = {
        "": (-(-ahead % 7),) * 2,
        "this": (ahead, ahead),
        "last": (ahead - 7, (ahead % 7) - 7),
        "next": ((ahead - 1) % 7 + 1, ahead + 7),
    }[word]
    return day + timedelta(first), day + timedelta(last)
