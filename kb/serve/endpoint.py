"""`/sparql`: the protocol's methods, what is served, and what is not."""

from __future__ import annotations

from collections.abc import Callable

from kb.serve import door
from kb.serve.accept import GRAPHS, ROWS, listed, wanted
from kb.serve.answering import Answering, Question, checked
from kb.serve.protocol import MAX_BODY, METHODS, Asked, Refusal, read_body, read_url
from kb.serve.reply import Receive, Reply, Scope, Send, allowed, header, redirect


class Endpoint(door.Door):
    """The ASGI application of `/sparql`. `described(scope, format)` gives the service's own description."""

    def __init__(self, answering: Answering, described: Callable[[Scope, str], Reply]) -> None:
        self.answering, self.described = answering, described

    async def reply(self, scope: Scope, receive: Receive, send: Send) -> Reply | None:
        method = scope["method"]
        if method == "OPTIONS":
            return allowed(METHODS)
        if method in ("GET", "HEAD"):
            asked = read_url(scope["query_string"])
            if asked is None:
                return self._about(scope)
        elif method == "POST":
            asked = await read_post(scope, receive)
        else:
            raise Refusal(405, f"a query is not sent by {method[:20]}", "send it by GET or POST", Allow=METHODS)
        await self.answering.send(question(asked, header(scope, b"accept")), scope, receive, send)
        return None

    def _about(self, scope: Scope) -> Reply:
        served = {**GRAPHS, "html": ("text/html",)}
        format = wanted(header(scope, b"accept"), served)
        if format is None:
            raise Refusal(406, "the service is not described in any format that you take", f"take one of {listed(served)}", Vary="Accept")
        return redirect("/sparql.html") if format == "html" else self.described(scope, format)


def question(asked: Asked, accept: str) -> Question:
    """Return the question that a request asks. Raises Refusal: what we never run, or a format that we do not write."""
    kind, graphs = checked(asked.query)
    served = GRAPHS if kind in ("construct", "describe") else ROWS
    format = wanted(accept, served)
    if format is None:
        raise Refusal(406, "the answer is not written in any format that you take", f"take one of {listed(served)}", Vary="Accept")
    return Question(asked.query, format, () if asked.default or asked.named else graphs, asked.default, asked.named)


async def read_post(scope: Scope, receive: Receive) -> Asked:
    """Return what a POST asks. Raises Refusal: too long, too slow, not read."""
    body = await door.read_body(receive, MAX_BODY)
    if body is None:
        raise Refusal(413, f"the request is longer than {MAX_BODY >> 10} KiB", "ask for less at once", Connection="close")
    return read_body(header(scope, b"content-type"), scope["query_string"], body)
