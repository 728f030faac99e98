"""What the whole is, as VoID and DCAT: its name, licence, makers, size and vocabularies. No clock in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from kb import ids, model, vocab
from kb.errors import InputError
from kb.quads.terms import TYPE, own, plain, tagged, typed

_CLASSES = {
    "articles": "schema:NewsArticle",
    "claims": "Claim",
    "entities": "Entity",
    "events": "Event",
    "questions": "Question",
}
_VOCABULARIES = ("kb", "schema", "skos", "oa", "dcterms", "rdfs", "void", "dcat")
_FEATURES = ("JSON-LD", "N-Quads", "N-Triples", "TriG", "Turtle")


def dataset_quads(
    corpus: model.Corpus,
    counts: Mapping[str, int],
    mint: ids.Mint,
    *,
    examples: Iterable[str] = (),
    downloads: Mapping[str, str] | None = None,
) -> Iterator[str]:
    """Yield the sorted N-Quads lines, without line end, of graph `dataset`.

    `counts` holds `triples` and how many articles, claims, entities, events and questions there are; `examples` are IRIs
    of things worth a look; `downloads` is media type → address, one distribution each. Raises InputError for an unknown count.
    """
    odd = sorted(set(counts) - {"triples", *_CLASSES})
    if odd:
        raise InputError(f"no count {odd[0]!r} in a dataset's description", cure=f"give triples, {', '.join(_CLASSES)}")
    me, graph = mint.dataset(), f"<{mint.graph('dataset')}>"
    facts = {(f"<{me}>", own(verb), thing) for verb, thing in _about(corpus, counts, mint)}
    facts |= {(f"<{me}>", own("void:exampleResource"), f"<{iri}>") for iri in examples}
    facts |= {fact for name in _CLASSES if name in counts for fact in _part(me, name, counts[name])}
    facts |= {fact for media, address in (downloads or {}).items() for fact in _distribution(me, media, address)}
    yield from sorted(f"{subject} {verb} {thing} {graph} ." for subject, verb, thing in facts)


def _about(corpus: model.Corpus, counts: Mapping[str, int], mint: ids.Mint) -> Iterator[tuple[str, str]]:
    yield "rdf:type", own("void:Dataset")
    yield "rdf:type", own("dcat:Dataset")
    yield "rdfs:label", tagged(corpus.title)
    yield "dcterms:title", tagged(corpus.title)
    if corpus.description:
        yield "dcterms:description", tagged(corpus.description)
    yield "dcterms:license", f"<{corpus.licence}>"
    for maker in corpus.creator:
        yield "dcterms:creator", plain(maker)
    if "triples" in counts:
        yield "void:triples", _whole(counts["triples"])
    if set(counts) & set(_CLASSES):
        yield "void:entities", _whole(sum(counts[name] for name in _CLASSES if name in counts))
    yield "void:uriSpace", plain(f"{mint.base}id/")
    for prefix in _VOCABULARIES:
        yield "void:vocabulary", f"<{vocab.PREFIXES[prefix]}>"
    for form in _FEATURES:
        yield "void:feature", f"<http://www.w3.org/ns/formats/{form}>"


def _part(me: str, name: str, count: int) -> Iterator[tuple[str, str, str]]:
    part = f"<{me}/{name}>"
    yield f"<{me}>", own("void:classPartition"), part
    yield part, own("void:class"), own(_CLASSES[name])
    yield part, own("void:entities"), _whole(count)


def _distribution(me: str, media: str, address: str) -> Iterator[tuple[str, str, str]]:
    here = f"<{me}/distribution/{media}>"
    yield f"<{me}>", own("dcat:distribution"), here
    yield f"<{me}>", own("void:dataDump"), f"<{address}>"
    yield here, TYPE, own("dcat:Distribution")
    yield here, own("dcat:downloadURL"), f"<{address}>"
    yield here, own("dcat:mediaType"), f"<https://www.iana.org/assignments/media-types/{media}>"


def _whole(value: int) -> str:
    return typed(str(value), f"{vocab.PREFIXES['xsd']}integer")
