"""Graphs written to a store elsewhere, by the SPARQL 1.1 Graph Store HTTP Protocol."""

from __future__ import annotations

import base64
import os
import urllib.parse
import urllib.request

from kb.endpoint.address import agent, host_of, is_this_machine
from kb.endpoint.answers import refused
from kb.endpoint.wire import MAX_BYTES, talk
from kb.errors import RemoteError
from kb.rows import N_TRIPLES

AUTH = "KB_PUSH_AUTH"  # `user:password`, or `Bearer …`; in the environment, as arguments are shown to everybody on a machine
_DONE = {"PUT": (200, 201, 204), "DELETE": (200, 202, 204, 404)}  # a graph that is gone needs no taking away


def write_graph(url: str, graph: str, triples: bytes | None, *, timeout: float, contact: str | None = None, pause: float = 1.0) -> None:
    """Make `triples` (N-Triples) the whole of a graph in the store at `url`; None removes it. Raises RemoteError.

    PUT and DELETE with the graph named indirectly, `?graph=` (sections 4.2, 5.3 and 5.4). Both may be sent again when the
    store is busy. What `KB_PUSH_AUTH` holds is sent to this machine or by https, never in the clear.
    """
    request = _request(url, graph, triples, contact)
    reply = talk(request, timeout=timeout, max_bytes=MAX_BYTES, pause=pause)
    if reply.status == 405 or (reply.status == 404 and request.get_method() == "PUT"):
        cure = "give the address of the Graph Store Protocol, such as https://example.org/store, not that of queries"
        raise RemoteError(f"takes no graphs ({reply.status})", endpoint=url, status=reply.status, cure=cure)
    if reply.status == 401:
        raise RemoteError("does not let us in (401)", endpoint=url, status=401, cure=f"put `user:password` or `Bearer …` into {AUTH}")
    if reply.status not in _DONE[request.get_method()]:
        raise refused(url, reply)


def _request(url: str, graph: str, triples: bytes | None, contact: str | None) -> urllib.request.Request:
    host = host_of(url)
    headers = {"User-Agent": agent(url, contact)}
    secret = os.environ.get(AUTH, "")
    if secret and not (url.startswith("https:") or is_this_machine(host)):
        raise RemoteError("a password is not sent in the clear", endpoint=url, cure="use https")
    if secret:
        words = secret if secret.startswith("Bearer ") else f"Basic {base64.b64encode(secret.encode()).decode()}"
        headers["Authorization"] = words
    if triples is not None:
        headers["Content-Type"] = N_TRIPLES
    joint = "&" if "?" in url else "?"
    address = f"{url}{joint}graph={urllib.parse.quote(graph, safe='')}"
    return urllib.request.Request(address, data=triples, headers=headers, method="DELETE" if triples is None else "PUT")
