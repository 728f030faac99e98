"""Every page of one build: path → bytes, the same on a server and in a folder of files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

from kb import __version__
from kb.errors import nearest
from kb.home import Home
from kb.ids import SLUG
from kb.pages.article import article_view
from kb.pages.claim import claim_view
from kb.pages.entity import entity_view, event_view
from kb.pages.files import Files
from kb.pages.front import Corpus, corpus_of, front_view
from kb.pages.question import question_view
from kb.pages.reading import Reader
from kb.pages.render import STATIC, TEMPLATES, render, scripts
from kb.rows import Result
from kb.store import LocalStore

HTML = "text/html; charset=utf-8"
Params = Mapping[str, Sequence[str]]
_THING = re.compile(rf"id/(?P<kind>article|entity|event|question)/(?P<id>{SLUG})\.(?P<form>html|ttl|jsonld|nt)", re.ASCII)
_CLAIM = re.compile(rf"id/(?P<kind>claim)/(?P<id>{SLUG}/{SLUG})\.(?P<form>html|ttl|jsonld|nt)", re.ASCII)
_FORMS = {"ttl": ("turtle", "text/turtle"), "jsonld": ("jsonld", "application/ld+json"), "nt": ("ntriples", "application/n-triples")}
_NONE: Params = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it goes out."""

    body: bytes
    media: str
    status: int = 200


class Site:
    """All pages of one build. Made once a build; reading it changes nothing but what it remembers.

    `store` answers our own fixed queries. `run` answers a bound stored query under limits; without it the pages of stored
    queries show no rows. `live`: a server stands behind the pages, so forms lead somewhere. `map_file`: outlines of one's own.
    """

    def __init__(self, store: LocalStore, home: Home, *, run: Callable[[str], Result] | None, live: bool, map_file: Path | None = None) -> None:
        self.store, self.home, self.run, self.live, self.map_file = store, home, run, live, map_file
        self.reader = Reader(store)
        self.files = Files(home)

    @cached_property
    def version(self) -> str:
        """A digest of the build and of what makes pages of it."""
        made = [STATIC / "kb.css", *sorted(TEMPLATES.glob("*.html"))]
        build = self.home.current.resolve().name if self.home.current.exists() else str(len(self.store))
        parts = [build, __version__, str(self.live), *(sha256(path.read_bytes()).hexdigest() for path in made)]
        return sha256("\n".join(parts).encode()).hexdigest()[:20]

    @cached_property
    def corpus(self) -> Corpus:
        return corpus_of(self.reader)

    def page(self, path: str, params: Params = _NONE) -> Page | None:
        """Return the page at a path from the root, None when there is none. The same path and parameters give the same bytes."""
        path = path.removeprefix("/") or "index.html"
        found = _THING.fullmatch(path) or _CLAIM.fullmatch(path)
        if found:
            return self._thing(path, found["kind"], found["id"], found["form"])
        if path == "index.html":
            return self._html(path, front_view(self.reader))
        return None

    def paths(self) -> Iterator[str]:
        """Yield every path that the pages of a folder of files have, in a fixed order."""
        yield "index.html"
        for kind in ("article", "entity", "event", "question"):
            for thing in self.reader.things(kind):
                yield from (thing.path.removesuffix("html") + form for form in ("html", *_FORMS))
        for article in self.reader.things("article"):
            for claim in self.claims_of(article.iri):
                yield from (self.reader.path(claim).removesuffix("html") + form for form in ("html", *_FORMS))

    def claims_of(self, article: str) -> list[str]:
        query = f"SELECT DISTINCT ?claim {{ ?claim kb:reportedIn <{article}> ; a kb:Claim }} ORDER BY ?claim"
        return [row[0] for row in self.reader.rows(query)]

    def missing(self, path: str) -> Page:
        """Return the page that says there is none at `path`, with the nearest there are."""
        wanted = re.sub(r"\.[a-z]+$", "", path.strip("/"))[-100:]
        things = [thing for kind in ("article", "entity", "event", "question") for thing in self.reader.things(kind)]
        near = []
        if wanted:
            by_name = {name: thing for thing in things for name in (thing.id, thing.label)}
            near = list(dict.fromkeys(by_name[name] for name in nearest(wanted.rpartition("/")[2], by_name, limit=8)))
        body = self._body("missing.html", "missing.html", near=near, wanted=path[:200], view=None)
        return Page(body, HTML, 404)

    def _thing(self, path: str, kind: str, ident: str, form: str) -> Page | None:
        iri = self.reader.iri(kind, ident)
        if form != "html":
            return self._data(iri, form)
        view = self._view(kind, ident, iri)
        return None if view is None else self._html(path, view, iri=iri)

    def _view(self, kind: str, ident: str, iri: str) -> Any:
        article = ident.partition("/")[0]
        if kind == "claim":
            return claim_view(self.reader, iri, self.files.claim_place(*ident.split("/")))
        if kind == "article":
            return article_view(self.reader, iri, text=self.text(article), place=self.files.place(article))
        return {"entity": entity_view, "event": event_view, "question": question_view}[kind](self.reader, iri)

    def text(self, article: str) -> str | None:
        """Return an article's text where it lies in `corpus/texts/`, which is where texts lie that may be shown."""
        query = f"SELECT ?sha {{ <{self.reader.iri('article', article)}> kb:sha256 ?sha }}"
        return next((self.files.text(row[0]) for row in self.reader.rows(query)), None)

    def _data(self, iri: str, form: str) -> Page | None:
        triples = self._triples(iri)
        if not triples:
            return None
        name, media = _FORMS[form]
        return Page(self._serialized(triples, name).encode(), media)

    def _triples(self, iri: str) -> str:
        try:
            from kb.pages.describe import describe
        except ImportError:
            return ""
        return describe(self.store, iri)

    def _serialized(self, triples: str, form: str) -> str:
        from kb.export import serialize_triples

        return serialize_triples(triples, form, base=self.reader.base)

    def _html(self, path: str, view: Any, *, iri: str = "", status: int = 200) -> Page:
        data = self._serialized(triples, "jsonld") if iri and (triples := self._triples(iri)) else ""
        stem = path.rpartition("/")[2].removesuffix(".html")
        forms = {form: f"{stem}.{form}" for form in _FORMS} if iri else {}
        return Page(self._body(view.template, path, view=view, data=data, forms=forms), HTML, status)

    def _body(self, template: str, path: str, *, scripts_: Sequence[str] = ("page.js",), data: str = "", forms: Mapping[str, str] = MappingProxyType({}), **given: Any) -> bytes:
        media = {form: media for form, (_, media) in _FORMS.items()}
        return render(
            template, path, corpus=self.corpus, live=self.live, scripts=scripts(*scripts_), data=data, forms=forms, media=media,
            version=__version__, base=self.reader.base, **given,
        )  # fmt: skip


