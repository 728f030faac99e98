"""Connections that are slow or endless on purpose: a head that does not come, or does not end, is cut off."""

from __future__ import annotations

import contextlib
import socket
import struct
from collections.abc import Callable
from typing import Any

HEAD_TIME = 10.0  # seconds for a request line and its headers
LEFT_TIME = 1.0  # seconds in which a client that sends no more may still get an answer
HEAD_BYTES = 224 << 10  # 64 KiB of query, every byte escaped, and the rest


class Joined:
    """A transport that lets the head of an answer wait for its body, which follows at once: one packet for both, one call of the system."""

    def __init__(self, transport: Any, loop: Any, is_half_said: Callable[[], bool]) -> None:
        self.transport, self.loop, self.head, self.is_half_said = transport, loop, b"", is_half_said

    def __getattr__(self, name: str) -> Any:
        return getattr(self.transport, name)

    def write(self, data: bytes) -> None:
        if not self.head and data.startswith(b"HTTP/1.1 "):
            self.head = data
            self.loop.call_soon(self.flush)
            return
        self.transport.write(self.head + data if self.head else data)
        self.head = b""

    def flush(self) -> None:
        if self.head:
            self.transport.write(self.head)
            self.head = b""

    def close(self) -> None:
        """Close when all is sent; at once, and so that it is noticed, where an answer breaks off: to HTTP/1.0 its end is that of the connection."""
        self.flush()
        if self.is_half_said():
            with contextlib.suppress(OSError, AttributeError):  # a reset, not an end
                self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.transport.abort()
        self.transport.close()


class Careful:
    """What goes before uvicorn's protocol: limits on the head of a request."""

    timer: Any = None
    head = 0

    def connection_made(self, transport: Any) -> None:
        super().connection_made(Joined(transport, self.loop, self.is_half_said))
        self.timer = self.loop.call_later(HEAD_TIME, self.late)

    def connection_lost(self, exc: Exception | None) -> None:
        self.rest()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self.waits():
            self.rest()
            return
        self.head += len(data)
        if self.head > HEAD_BYTES and not self.transport.is_closing():
            self.transport.write(b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
            self.transport.close()
        elif self.timer is None:
            self.timer = self.loop.call_later(HEAD_TIME, self.late)

    def eof_received(self) -> bool:
        """Answer a client that only sends no more, if that takes no long: one that left looks the same."""
        if self.waits():
            return False
        self.loop.call_later(LEFT_TIME, self.left)
        return True

    def left(self) -> None:
        if self.waits() or not self.cycle.response_started:
            self.transport.close()

    def is_half_said(self) -> bool:
        return not self.waits() and self.cycle.response_started

    def waits(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def rest(self) -> None:
        self.head = 0
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None

    def late(self) -> None:
        self.timer = None
        if self.waits():
            self.transport.close()


def careful(protocol: type) -> type:
    """Return uvicorn's protocol with these limits."""
    return type("Connection", (Careful, protocol), {})
