"""`/sparql`: the protocol's methods, what is served, and what is not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from kb.serve.accept import GRAPHS, ROWS, listed, wanted
from kb.serve.answering import Answering, Question, checked
from kb.serve.protocol import MAX_BODY, METHODS, Asked, Refusal, read_body, read_url
from kb.serve.reply import Receive, Reply, Scope, Send, allowed, header, redirect, refused

BODY_TIME = 15.0  # seconds for the whole body
_READ_ON = 16 << 20  # bytes of a body that are read at most


class Endpoint:
    """The ASGI application of `/sparql`. `described(scope, format)` gives the service's own description."""

    def __init__(self, answering: Answering, described: Callable[[Scope, str], Reply]) -> None:
        self.answering, self.described = answering, described

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            reply = await self._reply(scope, receive, send)
        except Refusal as why:
            reply = refused(why)
        if reply is not None:
            await reply.send(scope, send)

    async def _reply(self, scope: Scope, receive: Receive, send: Send) -> Reply | None:
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
    try:
        body = await asyncio.wait_for(_body(receive), BODY_TIME)
    except TimeoutError:
        raise Refusal(408, "the request did not come in time", "send it again", Connection="close") from None
    return read_body(header(scope, b"content-type"), scope["query_string"], body)


async def _body(receive: Receive) -> bytes:
    """Return the whole body. One that is too long is read to its end, within reason, so that its sender comes to read why."""
    body, length = b"", 0
    while length < _READ_ON:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refusal(400, "the request broke off")
        piece = message.get("body", b"")
        length += len(piece)
        body = body + piece if length <= MAX_BODY else b""
        if not message.get("more_body"):
            break
    if length > MAX_BODY:
        raise Refusal(413, f"the request is longer than {MAX_BODY >> 10} KiB", "ask for less at once", Connection="close")
    return body
