"""N-Quads files: read as one, counted, told apart by graph."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from kb.errors import StoreError


def parse_quads(quads: Iterable[str]) -> Iterator[Any]:
    """Yield N-Quads lines as quads of the engine. Raises SyntaxError."""
    from pyoxigraph import RdfFormat, parse

    text = "\n".join(line.rstrip("\n") for line in quads)
    yield from parse(text, RdfFormat.N_QUADS)


def text_lines(text: str) -> list[str]:
    """Return the lines of N-Quads or N-Triples text. Only a line feed ends one: `str.splitlines` would cut at a form feed,
    or at U+2028, inside of a literal."""
    return [line for line in text.split("\n") if line]


def file_lines(path: str | Path) -> list[str]:
    """Return the lines of an N-Quads file of ours, as `text_lines` does. Raises OSError."""
    return text_lines(Path(path).read_bytes().decode("utf-8"))


class Joined(io.RawIOBase):
    """Files read as one. Loading them one by one takes five times as long and leaves a thousand small files."""

    def __init__(self, paths: Iterable[str | Path]) -> None:
        self.rest, self.file = iter(paths), None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while True:
            if self.file is None:
                path = next(self.rest, None)
                if path is None:
                    return 0
                self.file = open(path, "rb", buffering=0)  # noqa: SIM115 closed when read to its end
            count = self.file.readinto(buffer)
            if count:
                return count
            self.file.close()
            self.file = None
            buffer[:1] = b"\n"  # a last line without its end must not run into the next file
            return 1


def lines(paths: Iterable[str | Path]) -> Iterator[bytes]:
    for path in paths:
        with open(path, "rb") as file:
            yield from (line for line in file if line.strip())


def line_count(path: str | Path) -> int:
    with open(path, "rb") as file:
        return sum(piece.count(b"\n") for piece in iter(lambda: file.read(1 << 20), b""))


def by_graph(paths: Iterable[str | Path]) -> dict[str, set[bytes]]:
    """Return the distinct lines of each graph."""
    found: dict[str, set[bytes]] = {}
    for line in lines(paths):
        graph = line.rstrip(b" .\r\n").rpartition(b"<")[2].rstrip(b">").decode()
        found.setdefault(graph, set()).add(line)
    return found


def turtle_quads(files: Iterable[str | Path], graph: str) -> Iterator[str]:
    """Yield what Turtle files of ours hold as N-Quads lines of one graph. Raises StoreError with the file that is not Turtle."""
    from pyoxigraph import RdfFormat, parse

    for path in files:
        try:
            for quad in parse(path=str(path), format=RdfFormat.TURTLE):
                yield f"{quad.subject} {quad.predicate} {quad.object} <{graph}> ."
        except (SyntaxError, OSError) as wrong:
            raise StoreError(f"not Turtle: {wrong}", path=path, cure="mend the file") from None
