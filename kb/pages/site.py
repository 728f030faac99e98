"""Every page of one build: path → bytes, the same on a server and in a folder of files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

from kb import __version__
from kb.assets import packed
from kb.errors import KbError
from kb.home import Home
from kb.ids import SLUG
from kb.pages import lists, search
from kb.pages.about import SparqlView, about_view, queries_view
from kb.pages.article import article_view
from kb.pages.asked import Run, answer, asked_view, bound, once
from kb.pages.catalogue import catalogue
from kb.pages.claim import claim_view
from kb.pages.describe import describe
from kb.pages.entity import entity_view, event_view
from kb.pages.files import Files
from kb.pages.front import Corpus, corpus_of, front_view
from kb.pages.jsonld import page_jsonld
from kb.pages.lists import KINDS, Line, list_view
from kb.pages.missing import nearest_pages
from kb.pages.page import HTML, Page, table, told, truth
from kb.pages.question import question_view
from kb.pages.reading import Reader
from kb.pages.render import STATIC, TEMPLATES, render, scripts
from kb.pages.search import ClaimIndex, search_view
from kb.pages.terms import terms_view
from kb.pages.views import graph_view, map_view, timeline_view
from kb.query import StoredQuery, stored_queries
from kb.store import LocalStore

Params = Mapping[str, Sequence[str]]
_THING = re.compile(rf"id/(?P<kind>article|entity|event|question)/(?P<id>{SLUG})\.(?P<form>html|ttl|jsonld|nt)", re.ASCII)
_CLAIM = re.compile(rf"id/(?P<kind>claim)/(?P<id>{SLUG}/{SLUG})\.(?P<form>html|ttl|jsonld|nt)", re.ASCII)
_FORMS = {"ttl": ("turtle", "text/turtle"), "jsonld": ("jsonld", "application/ld+json"), "nt": ("ntriples", "application/n-triples")}
_LIST = re.compile(r"(?P<name>articles|entities|events|questions|claims)(?:-(?P<page>[1-9][0-9]{0,5}))?\.(?P<form>html|csv|json|ttl)", re.ASCII)
_QUERY = re.compile(r"query/(?P<name>[a-z0-9-]+)\.(?P<form>html|csv|tsv|json|ttl|nt|jsonld)", re.ASCII)
_SCRIPTS = {name: ("page.js", "views.js") for name in ("timeline.html", "map.html", "graph.html")} | {"sparql.html": ("page.js", "sparql.js")}
_VIEWED = ("entity", "question")
CATALOGUE = "data/claims.js"  # all claims in short, for the search of a folder of files
MOST_TURTLE = 2_000  # claims in one Turtle of a search
_NONE: Params = MappingProxyType({})


def _forms(query: StoredQuery) -> tuple[str, ...]:
    """Return in which forms a stored query answers beside its page."""
    return {"select": ("csv", "tsv", "json"), "ask": ("json",)}.get(query.kind, tuple(_FORMS))


class Site:
    """All pages of one build. Made once a build; reading it changes nothing but what it remembers.

    `store` answers our own fixed queries. `run` answers a bound stored query under limits; without it the pages of stored
    queries show no rows, unless `page` is given one. `live`: a server stands behind the pages, so forms lead somewhere. `map_file`: outlines of one's own.
    """

    def __init__(self, store: LocalStore, home: Home, *, run: Run | None, live: bool, map_file: Path | None = None) -> None:
        self.store, self.home, self.live, self.map_file = store, home, live, map_file
        self.run = run if live or run is None else once(run)  # a folder of files asks each query for every form
        self.reader = Reader(store)
        self.files = Files(home)
        self._described = ("", "")
        self._lines: dict[str, list[Line]] = {}

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

    def asks(self, path: str, params: Params = _NONE) -> str | None:
        """Return the query whose answer the page at a path shows; None where it shows none, or tells what is wrong with the values."""
        found = _QUERY.fullmatch(path)
        query = self.queries.get(found["name"]) if found else None
        try:
            return None if query is None else bound(query, self.reader, params)
        except KbError:
            return None

    def page(self, path: str, params: Params = _NONE, run: Run | None = None) -> Page | None:
        """Return the page at a path from the root, None when there is none. The same path and parameters give the same bytes.

        `run` answers what `asks` gives, for this page alone.
        """
        path = path.removeprefix("/") or "index.html"
        found = _THING.fullmatch(path) or _CLAIM.fullmatch(path)
        if found:
            return self._thing(path, found["kind"], found["id"], found["form"])
        found = _LIST.fullmatch(path)
        if found:
            return self._list(path, found["name"], int(found["page"] or 1), found["form"], params)
        found = _QUERY.fullmatch(path)
        if found:
            query = self.queries.get(found["name"])
            return None if query is None else self._asked(path, query, found["form"], params, run or self.run)
        if path == CATALOGUE and not self.live:
            return Page(packed("kbClaims", {"claims": catalogue(self.index)}), "text/javascript")
        view = self._views().get(path)
        return None if view is None else self._html(path, view(), scripts_=_SCRIPTS.get(path, ("page.js",)))

    def _views(self) -> Mapping[str, Callable[[], Any]]:
        reader = self.reader
        return {
            "index.html": lambda: self.front, "timeline.html": lambda: self.timeline, "map.html": lambda: self.map,
            "graph.html": lambda: self.graph, "ns.html": lambda: self.terms, "queries.html": lambda: queries_view(list(self.queries.values())),
            "about.html": lambda: about_view(reader, self.corpus, texts=self.home.texts.is_dir()), "sparql.html": SparqlView,
        }  # fmt: skip

    def paths(self) -> Iterator[str]:
        """Yield every path that the pages of a folder of files have, in a fixed order."""
        yield from self._views()
        for name in KINDS:
            yield from (f"{name}.{form}" for form in ("html", "csv", "json", "ttl"))
            yield from (f"{name}-{page}.html" for page in range(2, -(-len(self.lines(name)) // lists.PER_PAGE) + 1))
        yield from (f"claims.{form}" for form in ("html", "csv", "json", "ttl"))
        yield from (f"claims-{page}.html" for page in range(2, -(-len(self.reader.order) // search.PER_PAGE) + 1))
        yield CATALOGUE
        for name, query in self.queries.items():
            yield from (f"query/{name}.{form}" for form in ("html", *_forms(query)))
        for kind in KINDS.values():
            for thing in self.reader.things(kind):
                yield from (thing.path.removesuffix("html") + form for form in ("html", *_FORMS))
        for claim in sorted(self.reader.order):
            yield from (self.reader.path(claim).removesuffix("html") + form for form in ("html", *_FORMS))

    def _list(self, path: str, name: str, page: int, form: str, params: Params) -> Page | None:
        if name == "claims":
            return self._claims(path, page, form, params)
        if form == "html":
            view = list_view(name, self.lines(name), page)
            return None if view is None else self._html(path, view)
        if page != 1 or "-" in path:
            return None
        if form == "ttl":
            return Page(self._serialized(self.reader.triples(lists.triples(name)), "turtle").encode(), _FORMS["ttl"][1])
        return table(lists.columns(name), lists.rows(name, self.lines(name)), form)

    def _claims(self, path: str, page: int, form: str, params: Params) -> Page | None:
        if form == "html":
            wanted = next(iter(params.get("page", ())), "1") if self.live else str(page)
            view = search_view(self.index, params, live=self.live, page=int(wanted) if wanted.isdecimal() and len(wanted) < 7 else 1)
            if page > view.pages:
                return None
            return self._html(path, view, status=400 if view.problem else 200, scripts_=("page.js",) if self.live else ("page.js", "search.js"))
        if "-" in path:
            return None
        try:
            found, _ = self.index.found(search.read_filters(self.reader, params) if self.live else ())
        except KbError as wrong:
            return told(wrong)
        if form == "ttl":
            return Page(self._serialized(self.reader.triples_of([one.claim for one in found[:MOST_TURTLE]]), "turtle").encode(), _FORMS["ttl"][1])
        return table(search.COLUMNS, self.index.rows(found), form)

    def _asked(self, path: str, query: StoredQuery, form: str, params: Params, run: Run | None) -> Page | None:
        if form == "html":
            view, status = asked_view(query, self.reader, params if self.live else _NONE, run)
            needed = ("page.js", *(("views.js",) if view.figure else ()), *(("ask.js",) if view.fields and not self.live else ()))
            return self._html(path, view, status=status, scripts_=needed)
        if form not in _forms(query) or run is None:
            return None
        try:
            result = answer(query, self.reader, params if self.live else _NONE, run)
        except KbError as wrong:
            return told(wrong)
        if result.kind == "construct":
            return Page(self._serialized(result.triples, _FORMS[form][0]).encode(), _FORMS[form][1])
        return truth(result) if result.kind == "ask" else table(result.columns, result.rows, form)

    @cached_property
    def queries(self) -> dict[str, StoredQuery]:
        """The stored queries that answer people, by name."""
        return {one.name: one for one in stored_queries(self.home.queries, only="ask")}

    @cached_property
    def index(self) -> ClaimIndex:
        return ClaimIndex(self.reader)

    @cached_property
    def terms(self) -> Any:
        return terms_view(self.reader, self.home)

    @cached_property
    def timeline(self) -> Any:
        return timeline_view(self.reader)

    @cached_property
    def map(self) -> Any:
        return map_view(self.reader)

    @cached_property
    def graph(self) -> Any:
        return graph_view(self.reader)

    @cached_property
    def front(self) -> Any:
        return front_view(self.reader)

    def lines(self, name: str) -> list[Line]:
        """Return a whole list, read once."""
        if name not in self._lines:
            self._lines[name] = lists.lines(self.reader, name)
        return self._lines[name]

    def missing(self, path: str) -> Page:
        """Return the page that says there is none at `path`, with the nearest there are."""
        near = nearest_pages(path, self.reader, self.queries.values())
        body = self._body("missing.html", f"{'x/' * path.strip('/').count('/')}missing.html", near=near, wanted=path[:200], view=None)
        return Page(body, HTML, 404)

    def _thing(self, path: str, kind: str, ident: str, form: str) -> Page | None:
        iri = self.reader.iri(kind, ident)
        if form != "html":
            return self._data(iri, form)
        view = self._view(kind, ident, iri)
        return None if view is None else self._html(path, view, iri=iri, scripts_=("page.js", *(("views.js",) if kind in _VIEWED else ())))

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
        last = self._described  # a folder of files asks for each form of a thing after the other; a server, from several threads
        if last[0] != iri:
            last = self._described = (iri, describe(self.store, iri))
        return last[1]

    def _serialized(self, triples: str, form: str) -> str:
        from kb.export import serialize_triples

        return serialize_triples(triples, form, base=self.reader.base)

    def _html(self, path: str, view: Any, *, iri: str = "", status: int = 200, scripts_: Sequence[str] = ("page.js",)) -> Page:
        data: Any = self._serialized(triples, "jsonld") if iri and (triples := self._triples(iri)) else ""
        if not iri:
            data = page_jsonld(path, view, self.corpus, self.reader.base)
        stem = path.rpartition("/")[2].removesuffix(".html")
        forms = {form: f"{stem}.{form}" for form in _FORMS} if iri else {}
        return Page(self._body(view.template, path, view=view, data=data, forms=forms, iri=iri, scripts_=scripts_), HTML, status)

    def _body(self, template: str, path: str, *, scripts_: Sequence[str] = ("page.js",), data: Any = "", forms: Mapping[str, str] = MappingProxyType({}), iri: str = "", **given: Any) -> bytes:
        media = {form: media for form, (_, media) in _FORMS.items()}
        return render(
            template, path, corpus=self.corpus, live=self.live, scripts=scripts(*scripts_), data=data, forms=forms, media=media, iri=iri,
            version=__version__, base=self.reader.base, **given,
        )  # fmt: skip


