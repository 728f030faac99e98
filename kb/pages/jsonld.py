"""What a page is, as JSON-LD in schema.org's words, where it is of no one thing whose triples it could hold.

It names things and tells nothing of them: what is said of them is for their own pages.
"""

from __future__ import annotations

from typing import Any

from kb.ids import NS, Mint
from kb.pages.front import Corpus

_CONTEXT = {"@vocab": "https://schema.org/"}  # inside the page: nothing is fetched for it


def page_jsonld(path: str, view: Any, corpus: Corpus, base: str) -> dict[str, Any]:
    """Return a page's own description: the front page and the one on how it was made are the dataset's, the words' a set of terms."""
    dataset = Mint(base).dataset()
    if path in ("index.html", "about.html"):
        return {"@context": _CONTEXT, "@id": dataset, "@type": "Dataset", **_dataset(corpus)}
    if path == "ns.html":
        return {"@context": _CONTEXT, "@id": NS, "@type": "DefinedTermSet", "name": view.title, "version": view.version}
    made = {"@context": _CONTEXT, "@type": "WebPage", "name": view.title, "isPartOf": {"@id": dataset}}
    listed = _listed(view)
    if listed:
        items = [{"@id": iri} for iri in listed]
        made |= {"@type": "CollectionPage", "mainEntity": {"@type": "ItemList", "numberOfItems": view.number, "itemListElement": items}}
    return made


def _dataset(corpus: Corpus) -> dict[str, Any]:
    known = {"name": corpus.title, "description": corpus.description, "creator": list(corpus.creators)}
    licence = {"license": {"@id": corpus.licence}} if corpus.licence else {}
    return {key: value for key, value in known.items() if value} | licence


def _listed(view: Any) -> list[str]:
    """Return the things of a list or a search, those on this page."""
    if view.template == "list.html":
        return [line.thing.iri for _, lines in view.groups for line in lines]
    return [card.iri for card in view.claims] if view.template == "claims.html" else []
