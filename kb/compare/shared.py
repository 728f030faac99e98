"""Copied passages beside the claims that rest on them, and whether their articles are known to be of one origin: proposals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kb import article as texts
from kb.compare.copies import Copy, Passage, find_copies
from kb.compare.read import Reading, read
from kb.errors import InputError
from kb.model import Text
from kb.rows import iri
from kb.store import Store

_BATCH = 500  # articles asked for in one query


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """A copied passage, the claims with evidence in it here and there, and the sources that both articles' own words have already."""

    copy: Copy
    claims: tuple[str, ...]
    other_claims: tuple[str, ...]
    origins: tuple[str, ...]

    @property
    def is_proposed(self) -> bool:
        """Whether nobody has entered yet that the two are of one origin."""
        return not self.origins


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found, in how many texts of how many articles."""

    shared: tuple[Shared, ...]
    texts: int
    articles: int


def shared_passages(store: Store, folder: Path) -> Found:
    """Return the passages that articles share, where `folder` holds their texts: a text is an article's by its digest alone.

    Raises InputError where fewer than two texts are at hand, MissingExtra without the package that looks for copies.
    """
    reading = read(store)
    query = "SELECT ?article ?sha ?length { ?article a schema:NewsArticle ; kb:sha256 ?sha ; kb:characters ?length }"
    wanted = {article: Text(sha256=sha, characters=int(length)) for article, sha, length in reading.rows(query)}
    cure = "name the folder that holds the articles' texts with --texts"
    if not folder.is_dir():
        raise InputError("is no folder", path=folder, cure=cure)
    found = texts.find_texts(folder, wanted)
    if len(found) < 2:
        raise InputError(f"holds {len(found) or 'no'} text of an article: nothing to compare", path=folder, cure=cure)
    copies = find_copies((article, texts.read_text(path)) for article, path in found.items())
    return Found(shared=tuple(_shared(reading, copies)), texts=len(found), articles=len(wanted))


def _shared(reading: Reading, copies: Sequence[Copy]) -> Iterator[Shared]:
    articles = sorted({passage.article for copy in copies for passage in (copy.one, copy.other)})
    heads, evidence = _heads(reading), _evidence(reading, articles)
    for copy in copies:
        one, other = (heads.get(passage.article, _Head({passage.article})) for passage in (copy.one, copy.other))
        yield Shared(
            copy=copy, origins=tuple(sorted(one.shared(other))),
            claims=_resting(copy.one, evidence), other_claims=_resting(copy.other, evidence),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Head:
    """Where an article's own words come from, and the outlet that prints them."""

    sources: set[str]
    outlet: set[str] = field(default_factory=set)

    def shared(self, other: _Head) -> set[str]:
        """Return what makes two articles one origin, as origins are folded: one source, or one is the other's outlet."""
        return self.sources & (other.sources | other.outlet) | other.sources & self.outlet


def _heads(reading: Reading) -> dict[str, _Head]:
    """Return article → its wire credits, else its authors, else its outlet; and its outlet."""
    found: dict[str, dict[str, set[str]]] = {}
    properties = "kb:origin schema:author schema:publisher"
    for article, property_, source in reading.rows(f"SELECT ?article ?property ?source {{ VALUES ?property {{ {properties} }} ?article a schema:NewsArticle ; ?property ?source }}"):
        found.setdefault(article, {}).setdefault(property_.rpartition("/")[2], set()).add(source)
    return {
        article: _Head(next(kinds[name] for name in ("origin", "author", "publisher") if name in kinds), kinds.get("publisher", set()))
        for article, kinds in found.items()
    }


def _evidence(reading: Reading, articles: Sequence[str]) -> dict[str, list[tuple[int, int, str]]]:
    found: dict[str, list[tuple[int, int, str]]] = {}
    for start in range(0, len(articles), _BATCH):
        values = " ".join(str(iri(one)) for one in articles[start : start + _BATCH])
        pattern = f"VALUES ?article {{ {values} }} ?claim kb:reportedIn ?article ; kb:evidence/oa:hasSelector ?place . ?place oa:start ?start ; oa:end ?end"
        for article, claim, begin, end in reading.rows(f"SELECT ?article ?claim ?start ?end {{ {pattern} }}"):
            found.setdefault(article, []).append((int(begin), int(end), claim))
    return found


def _resting(passage: Passage, evidence: dict[str, list[tuple[int, int, str]]]) -> tuple[str, ...]:
    """Return the claims of which some evidence lies in a passage, at least in part, in the order of the text."""
    inside: Iterable[tuple[int, int, str]] = (one for one in evidence.get(passage.article, ()) if one[0] < passage.end and passage.start < one[1])
    return tuple(dict.fromkeys(claim for _, _, claim in sorted(inside)))
