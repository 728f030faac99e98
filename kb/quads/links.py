"""Judgements and alignments → quads. Only what a person affirmed becomes a triple; no row is reified, SSSOM keeps the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kb.ids import Mint
from kb.judgement import SAME_AS, Judgement
from kb.vocab import PREFIXES

_OWL_SAME_AS = f"{PREFIXES['owl']}sameAs"


def link_quads(judgements: Iterable[Judgement], mint: Mint) -> Iterator[str]:
    """Yield the quads of the graph `links`."""
    for one in judgements:
        if one.is_link:
            yield f"<{one.subject}> <{one.predicate}> <{one.object}> <{mint.graph('links')}> ."


def same_as_quads(lines: Iterable[str], mint: Mint) -> Iterator[str]:
    """Yield the quads of the graph `same-as` for lines of the graph `links`: owl:sameAs for individuals, when asked for.

    They stand in a graph of their own because a reasoner takes them at their word and makes one of the two.
    """
    for line in lines:
        subject, predicate, item, _ = line.split(" ", 3)
        if predicate == f"<{SAME_AS}>":
            yield f"{subject} <{_OWL_SAME_AS}> {item} <{mint.graph('same-as')}> ."


def fetched_quads(lines: Iterable[str], mint: Mint) -> Iterator[str]:
    """Yield the quads of the graph `wikidata` for lines of N-Triples: what Wikidata says, apart from what claims say."""
    for line in lines:
        yield f"{line.removesuffix(' .')} <{mint.graph('wikidata')}> ."


def alignment_quads(rows: Iterable[tuple[str, str, str]], mint: Mint) -> Iterator[str]:
    """Yield the quads of the graph `ontology` that align our terms with others': rows are subject, predicate, object."""
    for subject, predicate, object_ in rows:
        yield f"<{subject}> <{predicate}> <{object_}> <{mint.graph('ontology')}> ."
