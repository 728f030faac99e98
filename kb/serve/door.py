"""What every address of the server does alike: refusals go out as plain text, and a client that left is let go."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from kb.serve.protocol import Refusal
from kb.serve.reply import Receive, Reply, Scope, Send, refused
from kb.serve.shared import Left

BODY_TIME = 15.0  # seconds for the whole body
_READ_ON = 16 << 20  # bytes of a body that are read at most


class Door:
    """An ASGI application; those below it say in `reply` what goes out, or send it themselves and give None."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            reply = await self.reply(scope, receive, send)
        except Refusal as why:
            reply = refused(why)
        except Left:
            return
        if reply is not None:
            await reply.send(scope, send)

    async def reply(self, scope: Scope, receive: Receive, send: Send) -> Reply | None:
        raise NotImplementedError


async def read_body(receive: Receive, most: int) -> bytes | None:
    """Return the whole body, None for one longer than `most`; that is read to its end, within reason, so that its sender comes to read why.

    Raises Refusal when it is too slow or breaks off.
    """
    pieces: list[bytes] = []
    try:
        length = await asyncio.wait_for(_read(receive, most, pieces.append), BODY_TIME)
    except TimeoutError:
        raise Refusal(408, "the request did not come in time", "send it again", Connection="close") from None
    return b"".join(pieces) if length <= most else None


async def _read(receive: Receive, most: int, keep: Callable[[bytes], None]) -> int:
    length = 0
    while length < _READ_ON:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refusal(400, "the request broke off")
        piece = message.get("body", b"")
        length += len(piece)
        if length <= most:
            keep(piece)
        if not message.get("more_body"):
            break
    return length
