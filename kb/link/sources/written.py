"""The interface of a source, and a thing's names as a source is asked for them: as written, each with its likely languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol, TypeVar

from kb.link.items import Entry
from kb.link.names import folded
from kb.model import Entity, Event

Thing = Entity | Event
LANGUAGES = ("en", "mul", "uk", "ru", "es", "fr", "de")  # of labels and aliases; `mul` holds for all
_LATIN, _CYRILLIC = ("en", "mul", "es", "fr", "de"), ("uk", "ru", "mul")
_REMARK = re.compile(r"\s*\([^()]*\)$")
_T = TypeVar("_T")


class Source(Protocol):
    """Gives the items that may be things. `name` is how people choose it."""

    name: str

    def candidates(self, things: Iterable[Thing]) -> Iterator[tuple[Entry, ...]]:
        """Yield what may be each thing, in the order of the things. Raises RemoteError or InputError."""


@dataclass(frozen=True, slots=True)
class Written:
    """A name as written, and the languages it may be one of."""

    text: str
    languages: tuple[str, ...]


def written(thing: Thing, *, limit: int = 8) -> list[Written]:
    """Return the names of a thing, its label first, the same spelling once; wrong spellings are not looked for.

    A name with a remark in brackets comes without it too, one with a typographer's apostrophe with a plain one.
    """
    found = {thing.label: ("en", "mul")}
    for language, name in (thing.labels.items() if isinstance(thing, Entity) else ()):
        found.setdefault(name, (language, "mul"))
    for name in thing.aliases:
        found.setdefault(name, _CYRILLIC if re.search("[\u0400-\u04ff]", name) else _LATIN)
    for name, languages in list(found.items()):
        for variant in (_REMARK.sub("", name), name.replace("’", "'")):
            found.setdefault(variant, languages)
    return [Written(name, languages) for name, languages in found.items() if folded(name)][:limit]


def batches(many: Iterable[_T], size: int) -> Iterator[Sequence[_T]]:
    """Yield lists of `size`, the last perhaps shorter."""
    rest = iter(many)
    while some := list(islice(rest, size)):
        yield some
