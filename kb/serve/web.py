"""The web application: which address leads to what. Nothing on disk is found by an address: static files are a fixed list."""

from __future__ import annotations

import re
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, quote

from kb.assets import asset, asset_paths, media_type, page_policy
from kb.errors import KbError, StoreError
from kb.ids import SLUG, Mint
from kb.pages import Site
from kb.pages.asked import Run
from kb.serve import api
from kb.serve.accept import GRAPHS, listed, wanted
from kb.serve.answering import Question
from kb.serve.described import dataset_reply, service_reply
from kb.serve.door import Door, read_body
from kb.serve.endpoint import Endpoint
from kb.serve.host import addressed
from kb.serve.openapi import described_queries
from kb.serve.protocol import METHODS, Refusal
from kb.serve.reply import Receive, Reply, Scope, Send, allowed, header, is_known, redirect, refused, unchanged
from kb.serve.service import Service
from kb.serve.shared import unless_left
from kb.serve.things import alternates, graph_place, place_of, see_other, term_place

_METHODS = "GET, HEAD, OPTIONS"
_HOST = re.compile(r"(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?", re.ASCII)
_DATA = re.compile(r"id/graph/(?P<name>[a-z0-9._-]+)\.(?P<form>ttl|jsonld|nt)|(?P<ns>ns)\.(?P<ns_form>ttl|jsonld|nt)", re.ASCII)
_PART = re.compile(rf"id/dataset/{SLUG}", re.ASCII)
_LONGEST = 2048  # characters of a path
_LONGEST_SEARCH = 16 << 10  # characters of what follows it, for all but queries
_ASKING = ("claims.", "query/")  # pages that take parameters


def _nothing(_text: str) -> Any:
    """Stand for the answer of a query whose values the page tells to be wrong, so that it is never asked."""
    raise StoreError("the query was not asked", cure="ask again")


def page_params(path: str, search: bytes) -> dict[str, list[str]]:
    """Return the parameters of a page, none for one that takes none: the same page is the same, whatever follows it. Raises Refusal."""
    try:
        return parse_qs(search.decode("ascii"), errors="strict", max_num_fields=100) if path.startswith(_ASKING) else {}
    except ValueError:
        raise Refusal(400, "the address is not UTF-8 in percent signs, or has too many parts", "encode it as UTF-8") from None


def _page_reply(site: Site, path: str, params: Mapping[str, Sequence[str]], run: Run) -> Reply | None:
    """Return a page ready to be sent, None when there is none."""
    found = site.page(path, params, run)
    if found is None:
        return None
    stem, _, form = path.rpartition(".")
    more = {"Link": alternates(stem)} if path.startswith("id/") and form == "html" else {}
    more |= {} if found.status == 200 else {"Cache-Control": "no-store"}
    more |= {"Retry-After": "10"} if found.status == 503 else {}
    reply = Reply(found.body, found.media, found.status, more, page_policy(path, live=True) if form == "html" else "")
    _ = reply.packed  # here, as it keeps the server from all else for a while where the page is large
    return reply


Handler = Callable[["Request"], Awaitable[Reply | None]]


class Request:
    """One request, as handlers see it."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope, self.receive, self.send = scope, receive, send
        self.path: str = scope["path"][1:]

    @property
    def accept(self) -> str:
        return header(self.scope, b"accept")

    @property
    def root(self) -> str:
        """The address of the server as the client sees it, without a slash at its end."""
        host = header(self.scope, b"host")
        if not _HOST.fullmatch(host):
            host = "{}:{}".format(*(self.scope.get("server") or ("127.0.0.1", 80)))
        return f"{self.scope.get('scheme', 'http')}://{host}"


class Address(Door):
    """An address of one handler, that is only read."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler

    async def reply(self, scope: Scope, receive: Receive, send: Send) -> Reply | None:
        method = scope["method"]
        if method == "OPTIONS":
            return allowed(_METHODS)
        if method not in ("GET", "HEAD"):
            await read_body(receive, 0)  # else its sender finds the connection shut, and no answer
            raise Refusal(405, f"this is not had by {method[:20]}", "ask by GET or HEAD", Allow=_METHODS)
        if len(scope["path"]) > _LONGEST:
            raise Refusal(414, "the address is too long", "shorten it")
        if len(scope["query_string"]) > _LONGEST_SEARCH:
            raise Refusal(414, "the parameters in the address are too long", f"give {_LONGEST_SEARCH >> 10} KiB of them at most")
        return await self.handler(Request(scope, receive, send))


class Web:
    """The handlers of one service."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.files = frozenset(asset_paths())

    def app(self) -> Any:
        from starlette.applications import Starlette
        from starlette.routing import Route

        @asynccontextmanager
        async def life(_app: Any) -> Any:
            await self.service.start()
            yield
            await self.service.stop()

        routes = [
            Route("/sparql", Endpoint(self.service.answering, self.about_service)),
            Route("/.well-known/void", Address(self.about_dataset)),
            Route("/openapi.json", Address(self.openapi)),
            Route("/static/{path:path}", Address(self.static)),
            Route("/query/{name}.{form}", Address(self.query)),
            Route("/id/{path:path}", Address(self.thing)),
            Route("/ns/{path:path}", Address(self.term)),
            Route("/{path:path}", Address(self.page)),
        ]
        app, endpoint = Starlette(routes=routes, lifespan=life), routes[0].app

        app.router.default = Address(self.missing)  # for what no route matches: a path with line ends in it

        async def front(scope: Scope, receive: Receive, send: Send) -> None:
            """Lead queries to the endpoint past the router, which would take a sixth of their time."""
            if scope["type"] != "http":
                return await app(scope, receive, send)
            if not scope["path"].startswith("/"):
                addressed(scope)
            try:
                self.service.hosts.check(scope)
            except Refusal as why:
                return await refused(why).send(scope, send)
            if scope["path"] == "*" and scope["method"] == "OPTIONS":
                return await allowed(METHODS).send(scope, send)
            await (endpoint if scope["path"] == "/sparql" else app)(scope, receive, send)

        return front

    def about_service(self, scope: Scope, format: str) -> Reply:
        return service_reply(self.service.build, f"{Request(scope, None, None).root}/sparql", format)

    async def about_dataset(self, request: Request) -> Reply:
        format = wanted(request.accept, GRAPHS)
        if format is None:
            raise Refusal(406, "the dataset is not described in any format that you take", f"take one of {listed(GRAPHS)}", Vary="Accept")
        return dataset_reply(self.service.build, f"{request.root}/sparql", format)

    async def openapi(self, request: Request) -> Reply:
        build = self.service.build
        return Reply(described_queries(build.queries.values(), build.site.corpus.title), "application/json")

    def asset(self, path: str) -> bytes:
        return asset(path, map_file=self.service.map_file) or b""

    async def static(self, request: Request) -> Reply:
        name = request.path.removeprefix("static/")
        if request.path not in self.files:
            return await self.missing(request)
        age = "public, max-age=86400" if name.startswith("vendor/") else "no-cache"

        def read() -> Reply:
            return Reply(self.asset(request.path), media_type(name), headers={"Cache-Control": age})

        return await self.service.kept(("static", name), lambda: self.service.aside_of_pages(read), lambda reply: reply.size, request.receive)

    async def query(self, request: Request) -> Reply | None:
        name, form = request.scope["path_params"]["name"], request.scope["path_params"]["form"]
        if form == "html":
            return await self.page(request)
        build, search = self.service.build, request.scope["query_string"]
        asked = api.find_query(build, name, form)
        values = api.read_params(search, asked)

        def question() -> Question:
            return api.bound(build, asked, values, form)

        if not values:
            found = question()
        else:
            key = ("bound", name, form, tuple((name, tuple(words)) for name, words in values.items()))
            found = await self.service.kept(key, lambda: self.service.in_thread(question), lambda one: sys.getsizeof(one.text), request.receive)
        if form not in api.GRAPHS:
            return await self.service.answering.send(found, request.scope, request.receive, request.send)
        lines = await unless_left(self.service.answering.body(found), request.receive)
        return await self.service.in_thread(api.graph_reply, build, lines, form)

    async def thing(self, request: Request) -> Reply | None:
        build = self.service.build
        place = place_of(request.path)
        if place is not None and build.knows(build.base + place.iri):
            return see_other(place, request.accept)
        if request.path in ("id/dataset", "id/dataset/union") or (_PART.fullmatch(request.path) and build.knows(build.base + request.path)):
            return redirect("/about.html" if wanted(request.accept, {"ttl": ("text/turtle",), "html": ("text/html",)}) == "html" else "/.well-known/void")
        graph = graph_place(request.path, request.accept)
        if graph is not None and build.knows_graph(build.base + request.path):
            return redirect(graph)
        return await self.page(request)

    async def term(self, request: Request) -> Reply:
        place = term_place(request.path, request.accept)
        word = Mint().base + request.path
        if place is None or (request.path != "ns/" and not self.service.build.knows_term(word)):
            return await self.missing(request)
        return redirect(place)

    async def page(self, request: Request) -> Reply | None:
        path = request.path or "index.html"
        params = page_params(path, request.scope["query_string"])
        key = ("page", path, tuple((name, tuple(values)) for name, values in params.items()))
        reply = await self.service.kept(key, lambda: self.made(path, params), lambda reply: reply.size, request.receive)
        if reply is not None:
            return reply
        graph = _DATA.fullmatch(path)
        if graph is None:
            return await self.missing(request)
        return await self.graph(request, graph["name"] or "ontology", graph["form"] or graph["ns_form"])

    async def made(self, path: str, params: Mapping[str, Sequence[str]]) -> Reply | None:
        """Return a page, None when there is none. Its query is answered before a thread is taken, so that slow queries hold no page up."""
        site = self.service.build.site
        try:
            text = await self.service.in_thread(site.asks, path, params) if path.startswith("query/") else None
            run = None if text is None else await self.service.answered(text)
            return await self.service.in_thread(_page_reply, site, path, params, run or _nothing)
        except KbError as wrong:
            raise Refusal(400, wrong.message, wrong.cure) from None

    async def graph(self, request: Request, name: str, form: str) -> Reply | None:
        build = self.service.build
        graph = Mint(build.base).graph(name)
        if not build.knows_graph(graph):
            return await self.missing(request)
        tag = f"{build.folder.name}-{name}-{form}"  # a build never changes
        if is_known(request.scope, tag):
            return unchanged(tag)
        question = Question(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}", api.GRAPHS[form], is_own=True, headers={"ETag": f'W/"{tag}"'})
        return await self.service.answering.send(question, request.scope, request.receive, request.send)

    async def missing(self, request: Request) -> Reply:
        site = self.service.build.site
        found = await self.service.aside_of_pages(site.missing, request.path[:200])
        return Reply(found.body, found.media, 404, {"Cache-Control": "no-store", "Content-Location": f"/{quote(request.path[:200])}"})
