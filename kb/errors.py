"""Everything that can go wrong, and what to do about it.

KbError                    exit 2
├── InputError             a file or word of the user's is wrong
│   ├── FactFileError      every fault of the files read, not the first
│   ├── BadDate            not EDTF, not a relative date we know, impossible or reversed
│   ├── BadIri             an id, base or IRI that cannot stand in a graph
│   ├── EvidenceNotFound   cure: the nearest words
│   ├── EvidenceAmbiguous  the words stand more than once
│   ├── QueryHeaderError   the `#+` lines of a stored query
│   ├── QuerySyntaxError   has line and column
│   └── UnknownName        cure: the nearest names
├── QueryStopped           time, memory or size limit reached; nothing left behind
├── QueryRefused           SERVICE, LOAD, FROM a graph that is not ours
├── MissingExtra           a package that only this command needs is not installed
├── StoreError             the store cannot be opened or written
│   └── StoreBusy          another build holds the lock (exit 75)
└── RemoteError            has endpoint, status, when to try again
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong in one place: what a person needs to mend it. `line` counts from 1, 0 when unknown."""

    path: str
    line: int
    message: str
    cure: str = ""

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}: " if self.line else f"{self.path}: " if self.path else ""
        return f"{where}{self.message}" + (f"\n  {self.cure}" if self.cure else "")


class KbError(Exception):
    """The root: a message with its place and its cure."""

    exit_code = 2

    def __init__(self, message: str, *, path: str | Path = "", line: int = 0, cure: str = "") -> None:
        super().__init__(message)
        self.message, self.path, self.line, self.cure = message, str(path), line, cure

    def __str__(self) -> str:
        return str(Fault(self.path, self.line, self.message, self.cure))


class InputError(KbError):
    """A file or word of the user's is wrong."""


class FactFileError(InputError):
    """Every fault of the files read, in order of file and line."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__(f"{len(self.faults)} fault{'s' * (len(self.faults) != 1)} in the corpus")

    def __str__(self) -> str:
        return "\n".join(map(str, self.faults))


class BadDate(InputError):
    """Not EDTF, not a relative date we know, impossible or reversed."""


class BadIri(InputError):
    """An id, base or IRI that cannot stand in a graph."""


class EvidenceNotFound(InputError):
    """The quoted words do not stand in the text."""


class EvidenceAmbiguous(InputError):
    """The quoted words stand more than once in the text."""


class QueryHeaderError(InputError):
    """The `#+` lines of stored queries are wrong: every fault of the files read, in order of file and line."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__(f"{len(self.faults)} fault{'s' * (len(self.faults) != 1)} in stored queries")

    def __str__(self) -> str:
        return "\n".join(map(str, self.faults))


class QuerySyntaxError(InputError):
    """The query is not SPARQL 1.1; `line` and `column` count from 1."""

    def __init__(self, message: str, *, path: str | Path = "", line: int = 0, column: int = 0, cure: str = "") -> None:
        super().__init__(message, path=path, line=line, cure=cure)
        self.column = column


class UnknownName(InputError):
    """A word that names nothing here."""


class QueryStopped(KbError):
    """A query reached its limit of time, memory or size and was ended."""


class QueryRefused(KbError):
    """A query asks for what we never do: reach the network or the file system."""


class MissingExtra(KbError):
    """A package that only this command needs is not installed; the cure says how."""


class StoreError(KbError):
    """The store cannot be opened, read or written."""


class StoreBusy(StoreError):
    """Another build holds the lock."""

    exit_code = 75


class RemoteError(KbError):
    """An endpoint did not answer as it should. `retry_after` is in seconds, None when it did not say."""

    def __init__(
        self, message: str, *, endpoint: str, status: int | None = None, retry_after: float | None = None, cure: str = ""
    ) -> None:
        super().__init__(message, path=endpoint, cure=cure)
        self.endpoint, self.status, self.retry_after = endpoint, status, retry_after


def nearest(word: str, names: Iterable[str], *, limit: int = 3) -> list[str]:
    """Return the names most like `word`, best first, of those alike in the order of the alphabet; none when nothing comes close.

    >>> nearest("govenor", ["governor", "harbour"])
    ['governor']
    """
    from rapidfuzz import fuzz, process, utils

    best = process.extract(word, sorted(set(names)), scorer=fuzz.WRatio, processor=utils.default_process, limit=limit, score_cutoff=70)
    return [name for name, _, _ in best]


def did_you_mean(word: str, names: Iterable[str]) -> str:
    """Return a cure that offers the nearest names, or the empty string."""
    near = nearest(word, names)
    return f"did you mean {' or '.join(repr(name) for name in near)}?" if near else ""


def nearest_place(words: str, text: str) -> tuple[int, int] | None:
    """Return start and end of the part of `text` most like the first 500 characters of `words`; None when nothing comes close.

    >>> nearest_place("harbor closed", "The harbour closed early.")
    (4, 18)
    """
    from rapidfuzz import fuzz
    from rapidfuzz.distance import Indel

    place = fuzz.partial_ratio_alignment(words[:500], text, score_cutoff=60)
    if place is None:
        return None
    same = [step for step in Indel.opcodes(words[:500], text[place.dest_start : place.dest_end]) if step.tag == "equal"]
    if not same:
        return None
    start, end = place.dest_start + same[0].dest_start, place.dest_start + same[-1].dest_end
    while start > 0 and text[start - 1 : start + 1].isalnum():
        start -= 1
    while text[end - 1 : end + 1].isalnum() and end < len(text):
        end += 1
    return start, end
