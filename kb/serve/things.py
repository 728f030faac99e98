"""Linked data: an IRI of ours leads, by Accept, to a page or to data about its thing; what lies below a thing, into its page."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kb.ids import SLUG
from kb.serve.accept import wanted
from kb.serve.protocol import Refusal
from kb.serve.reply import Reply, redirect

FORMS = {"html": "text/html", "ttl": "text/turtle", "jsonld": "application/ld+json", "nt": "application/n-triples"}
SERVED = {
    "html": ("text/html", "application/xhtml+xml"),
    "ttl": ("text/turtle", "application/x-turtle"),
    "jsonld": ("application/ld+json", "application/json"),
    "nt": ("application/n-triples", "text/plain"),
}
_DATA = {form: names for form, names in SERVED.items() if form != "html"}
_THING = re.compile(rf"id/(?:(?:article|entity|event|question)/{SLUG}|claim/{SLUG}/{SLUG})(?=/|\Z)", re.ASCII)
_REST = re.compile(rf"(?:/{SLUG})*", re.ASCII)
_GRAPH = re.compile(rf"id/graph/({SLUG})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an IRI leads: `path` of the page without its ending, `fragment` in it, and the `iri` below the base."""

    path: str
    fragment: str
    iri: str


def place_of(path: str) -> Place | None:
    """Return where the IRI at a path below the base leads, None when it can be none of a thing.

    >>> place_of("id/claim/a/c/evidence/1")
    Place(path='id/claim/a/c', fragment='evidence-1', iri='id/claim/a/c/evidence/1')
    """
    found = _THING.match(path)
    if found is None or not _REST.fullmatch(path, found.end()):
        return None
    parts = path[found.end() + 1 :].split("/")
    return Place(found[0], _fragment(parts, is_question=path.startswith("id/question/")) if parts[0] else "", path)


def _fragment(parts: list[str], *, is_question: bool) -> str:
    """Return which part of a page tells of what lies below its thing."""
    if is_question:
        return "ties" if parts[0] in ("contradiction", "rivalry") else f"answer-{parts[-1]}"
    return "" if parts[0] == "naming" else "-".join(parts[:2])


def see_other(place: Place, accept: str) -> Reply:
    """Return the redirect from a thing to what tells of it. Raises Refusal when the client takes nothing that does."""
    form = wanted(accept, SERVED)
    if form is None:
        raise Refusal(406, "nothing tells of it in a format that you take", f"take one of {', '.join(FORMS.values())}", Vary="Accept")
    target = f"/{place.path}.{form}" + (f"#{place.fragment}" if place.fragment and form == "html" else "")
    return redirect(target, {"Link": alternates(place.path)})


def alternates(path: str) -> str:
    """Return the Link header of a thing's documents."""
    return ", ".join(f'</{path}.{form}>; rel="alternate"; type="{media}"' for form, media in FORMS.items())


def term_place(path: str, accept: str) -> str | None:
    """Return where a term of the ontology (`ns/Term`, `ns/scheme/`, `ns/scheme/concept`, `ns/0.1.0/module`) is told of, None for what is no term's path.

    >>> term_place("ns/polarity/", "text/html"), term_place("ns/0.1.0", "text/html")
    ('/ns.html#polarity/', '/ns.html')
    """
    word = path.removeprefix("ns/")
    if not re.fullmatch(r"(?:[A-Za-z0-9][A-Za-z0-9.-]*(?:/[A-Za-z0-9-]*)?)?", word, re.ASCII):
        return None
    form = wanted(accept, SERVED) or "html"
    word = re.sub(r"[0-9]+(?:\.[0-9]+)+(?:/|\Z)", "", word)  # a version of the whole, or of a part of it
    return f"/ns.html#{word}" if form == "html" and word else f"/ns.{form}"


def graph_place(path: str, accept: str) -> str | None:
    """Return where the data of a named graph (`id/graph/<name>`) lie."""
    if not _GRAPH.fullmatch(path):
        return None
    return f"/{path}.{wanted(accept, _DATA) or 'ttl'}"
