"""A small Wikibase on this machine: the Action API and a reconciliation service over a few entities, by HTTP."""

from __future__ import annotations

import json
import threading
import urllib.parse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Entities = Mapping[str, Mapping[str, Any]]
MANIFEST = {
    "versions": ["0.1", "0.2"], "name": "Items", "identifierSpace": "http://www.wikidata.org/entity/", "schemaSpace": "http://www.wikidata.org/prop/direct/",
    "view": {"url": "https://example.org/{{id}}"}, "batchSize": 2,
}  # fmt: skip


def entity(item: str, label: str, *aliases: str, title: str = "", description: str = "", **claims: Any) -> dict[str, Any]:
    """Return an entity in Wikibase's JSON. `claims`: property → value, or several in a list; `title` is its article on enwiki."""
    said = {key: [_statement(value) for value in (values if isinstance(values, list) else [values])] for key, values in claims.items()}
    return {
        "type": "item", "id": item, "lastrevid": 7, "labels": {"en": {"language": "en", "value": label}},
        "aliases": {"en": [{"language": "en", "value": name} for name in aliases]} if aliases else {},
        "descriptions": {"en": {"language": "en", "value": description}} if description else {},
        "sitelinks": {"enwiki": {"site": "enwiki", "title": title}} if title else {}, "claims": said,
    }  # fmt: skip


def _statement(value: Any) -> dict[str, Any]:
    """A value is an item, a day, a point, or an office with its days: (item, from, to)."""
    if isinstance(value, tuple) and isinstance(value[0], str):
        days = {key: [{"snaktype": "value", "datavalue": {"value": _time(day)}}] for key, day in zip(("P580", "P582"), value[1:], strict=True) if day}
        return _statement(value[0]) | {"qualifiers": days}
    if isinstance(value, tuple):
        found = {"latitude": value[0], "longitude": value[1]}
    else:
        found = {"id": value} if value.startswith("Q") else _time(value)
    return {"mainsnak": {"snaktype": "value", "datavalue": {"value": found}}, "type": "statement", "rank": "normal"}


def _time(day: str) -> dict[str, Any]:
    return {"time": f"+{day}{'-00' * (2 - day.count('-'))}T00:00:00Z", "precision": 9 + day.count("-")}


class _Api(BaseHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass

    def do_POST(self) -> None:
        self.answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

    def do_GET(self) -> None:
        self.answer(self.path.partition("?")[2])

    def answer(self, query: str) -> None:
        asked = dict(urllib.parse.parse_qsl(query))
        self.server.asked.append(asked)
        found = _reconciled(self.server, asked) if self.path.startswith("/reconcile") else _ANSWERS[asked["action"]](self.server, asked)
        body = json.dumps(found).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _entities(server: ThreadingHTTPServer, asked: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "titles" in asked:
        titles = {one["sitelinks"][asked["sites"]]["title"]: one for one in server.entities.values() if asked["sites"] in one["sitelinks"]}
        for number, title in enumerate(asked["titles"].split("|"), 1):
            one = titles.get(title)
            key, shown = (one["id"], one) if one else (f"-{number}", {"site": asked["sites"], "title": title, "missing": ""})
            found[key] = {name: part for name, part in shown.items() if name not in ("labels", "aliases", "descriptions", "claims")}
        return {"entities": found, "success": 1}
    ids = asked["ids"].split("|")
    if len(ids) > 50:
        return {"error": {"code": "toomanyvalues", "info": "too many"}}
    for item in ids:
        new = server.redirects.get(item, item)
        one = server.entities.get(new)
        found[new] = {"id": item, "missing": ""} if one is None else dict(one) | ({"redirects": {"from": item, "to": new}} if new != item else {})
    return {"entities": found, "success": 1}


def _search(server: ThreadingHTTPServer, asked: Mapping[str, str]) -> dict[str, Any]:
    start, found = asked["search"].casefold(), []
    for one in server.entities.values():
        names = [one["labels"]["en"]["value"], *(alias["value"] for alias in one["aliases"].get("en", []))]
        if any(name.casefold().startswith(start) for name in names):
            found.append({"id": one["id"], "label": names[0]})
    return {"search": found[: int(asked["limit"])], "success": 1}


def _reconciled(server: ThreadingHTTPServer, asked: Mapping[str, str]) -> dict[str, Any]:
    if "queries" not in asked:
        return server.manifest
    found = {}
    for key, query in json.loads(asked["queries"]).items():
        ids = [one["id"] for one in _search(server, {"search": query["query"], "limit": str(query["limit"])})["search"]]
        found[key] = {"result": [_match(server.entities[one]) for one in ids]}
    return found


def _match(one: Mapping[str, Any]) -> dict[str, Any]:
    kinds = [statement["mainsnak"]["datavalue"]["value"]["id"] for statement in one["claims"].get("P31", ())]
    types = [{"id": kind, "name": kind} if number else kind for number, kind in enumerate(kinds)]
    return {"id": one["id"], "name": one["labels"]["en"]["value"], "score": 100.0, "match": False, "type": types}


_ANSWERS = {"wbgetentities": _entities, "wbsearchentities": _search}


@contextmanager
def wikibase(entities: Entities, redirects: Mapping[str, str] | None = None) -> Iterator[ThreadingHTTPServer]:
    """Give a running server; `asked` holds the parameters of every request. The API is at /api, the other service at /reconcile."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Api)
    server.daemon_threads = True
    server.entities, server.redirects, server.asked, server.manifest = dict(entities), dict(redirects or {}), [], dict(MANIFEST)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
