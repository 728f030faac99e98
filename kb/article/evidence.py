"""Evidence: quoted words → the characters where they stand, and whether characters are still those of their digest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

from kb.article.text import digest
from kb.article.typography import Plain, Range, occurrences
from kb.errors import EvidenceAmbiguous, EvidenceNotFound, Fault, InputError, nearest_place
from kb.model import Span

_PLACES_NAMED = 5
_WORDS_SHOWN = 6


@dataclass(frozen=True)
class Finder:
    """A text to find many quotes in. What a search needs is made once, at the first quote that is not there literally."""

    text: str

    def find(self, words: str) -> Span:
        """Return where `words` stand, with the digest of the characters that stand there.

        Literally, else alike in all but typography: curly and straight quotes, dashes, ellipsis, runs of white space (no-break
        and thin ones too), composed and decomposed letters. A letter is then never parted from its accents.
        Raises EvidenceNotFound, or EvidenceAmbiguous if the words stand twice.
        """
        if not words.strip():
            raise EvidenceNotFound("the quote is empty", cure="quote words of the text")
        places = _first(self._literal_places(words)) or _first(self._plain.places(Plain.of(words.strip()).text))
        if len(places) > 1:
            raise self._ambiguous(words, places)
        if not places:
            raise self._not_found(words)
        return fill(self.text, Span(*places[0]))

    def _literal_places(self, words: str) -> Iterator[Range]:
        return ((start, start + len(words)) for start in occurrences(words, self.text))

    @cached_property
    def _plain(self) -> Plain:
        return Plain.of(self.text)

    def _ambiguous(self, words: str, places: list[Range]) -> EvidenceAmbiguous:
        named = ", ".join(f"{start} (line {_line(self.text, start)})" for start, _ in places[:_PLACES_NAMED])
        count = f"{len(places)} times" if len(places) <= _PLACES_NAMED else f"more than {_PLACES_NAMED} times"
        return EvidenceAmbiguous(
            f"{_shown(words)} stands {count} in the text: at {named}", cure="quote more of the words around it"
        )

    def _not_found(self, words: str) -> EvidenceNotFound:
        near = nearest_place(Plain.of(words.strip()).text, self._plain.text)
        cure = "quote the words exactly as they stand in the text"
        if near is not None:
            start, end = self._plain.around(*near)
            place = f"{start}-{end}, line {_line(self.text, start)}"
            cure = f"the nearest is {_shown(self.text[start:end])} at {place}; {cure}"
        return EvidenceNotFound(f"{_shown(words)} does not stand in the text", cure=cure)


def find_evidence(text: str, words: str) -> Span:
    """Return where `words` stand in `text`, with their digest; `Finder` says how, and is faster for many quotes.

    >>> find_evidence("Troops leave. Troops stay.", "stay").start
    21
    """
    return Finder(text).find(words)


def _first(places: Iterator[Range]) -> list[Range]:
    return list(islice(places, _PLACES_NAMED + 1))


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _shown(words: str) -> str:
    """Return the first few words, quoted: a message names a text, it does not reprint it."""
    first = " ".join(words.split()[:_WORDS_SHOWN])[:60]
    return repr(first if len(first) == len(" ".join(words.split())) else f"{first} …")


def fill(text: str, span: Span) -> Span:
    """Return `span` with the digest of its characters. Raises InputError if it lies outside the text."""
    fault = _misplaced(text, span)
    if fault is not None:
        raise InputError(fault.message, cure=fault.cure)
    return replace(span, sha256=digest(text[span.start : span.end]))


def verify(text: str, span: Span) -> Fault | None:
    """Return what is wrong with `span`, None when its digest is that of its characters. Path and line are the caller's."""
    fault = _misplaced(text, span)
    if fault is not None:
        return fault
    if not span.sha256:
        return Fault("", 0, f"{span.start}-{span.end} has no digest", "run `kb anchor` on the file")
    if digest(text[span.start : span.end]) != span.sha256:
        message = f"the characters {span.start}-{span.end} are not those the digest was made of"
        return Fault("", 0, message, "if the text has changed, quote the words again and run `kb anchor`")
    return None


def _misplaced(text: str, span: Span) -> Fault | None:
    where = f"{span.start}-{span.end}"
    if not 0 <= span.start < span.end:
        return Fault("", 0, f"{where} holds no characters", "write START-END, the end excluded, the start below it")
    if span.end > len(text):
        return Fault(
            "", 0, f"{where} ends beyond the text of {len(text)} characters", "check that this is the text it was made on"
        )
    return None
