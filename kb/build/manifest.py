"""What a version of the store was made from: each fact file's digest, its quads, and what its check found."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from kb.compare.ties import Holding
from kb.errors import StoreError
from kb.files import write_atomically
from kb.ids import Mint

FORMAT = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One fact file as last read. `uses`: name → kind it then had; `claims`: their ids; `results`: what the checks of one
    article found, as plain rows; `nodes`: how many nodes the shapes looked at; `offices`: who holds which, as claimed."""

    path: str
    sha256: str
    article: str
    quads: str
    count: int
    size: int
    claims: tuple[str, ...]
    text: str = ""
    file: str = ""
    shown: bool = False
    uses: Mapping[str, str] = field(default_factory=dict)
    results: tuple[tuple[str, ...], ...] = ()
    nodes: int = 0
    offices: tuple[Holding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """`graphs`: graph name → (digest of its quads file, number of quads, bytes), for the graphs that are no article's.

    `results`: what SHACL found in entities, events and questions; `derived`: what it found in the derived graph.
    """

    engine: str
    names: str
    graphs: Mapping[str, tuple[str, int, int]]
    entries: Mapping[str, Entry]
    results: tuple[tuple[str, ...], ...] = ()
    derived: tuple[tuple[str, ...], ...] = ()
    format: int = FORMAT

    def files(self) -> list[str]:
        """Return the digests of all quads files, articles in the order of their ids, then the other graphs."""
        articles = sorted(self.entries.values(), key=lambda entry: entry.article)
        return [entry.quads for entry in articles] + [digest for _, (digest, *_) in sorted(self.graphs.items())]

    def quads_of(self) -> dict[str, str]:
        """Return graph name → digest of its quads."""
        return {entry.article: entry.quads for entry in self.entries.values()} | {
            name: digest for name, (digest, *_) in self.graphs.items()
        }

    def held(self, mint: Mint) -> list[Holding]:
        """Return who holds which office as claims have it, each once, in order."""
        found = {Holding(*one) for entry in self.entries.values() for one in entry.offices}
        return sorted(one._replace(person=mint.entity(one.person), office=mint.entity(one.office)) for one in found)

    @property
    def quads(self) -> int:
        return sum(entry.count for entry in self.entries.values()) + sum(count for _, count, _ in self.graphs.values())

    @property
    def claims(self) -> int:
        return sum(len(entry.claims) for entry in self.entries.values())


_ENTRY = [one.name for one in fields(Entry)]


def write_manifest(manifest: Manifest, path: Path) -> None:
    rows = [[getattr(entry, name) for name in _ENTRY] for entry in manifest.entries.values()]
    record = {"format": manifest.format, "engine": manifest.engine, "names": manifest.names, "graphs": manifest.graphs}
    record |= {"results": manifest.results, "derived": manifest.derived}
    write_atomically(path, json.dumps(record | {"entries": rows}, separators=(",", ":"), ensure_ascii=False))


def read_manifest(path: Path) -> Manifest | None:
    """Return the manifest, None when there is none or it is of another format. Raises StoreError when it is damaged."""
    try:
        record = json.loads(path.read_bytes())
        if record["format"] != FORMAT:
            return None
        entries = [Entry(**dict(zip(_ENTRY, row, strict=True))) for row in record["entries"]]
        results, derived = (tuple(tuple(row) for row in record[key]) for key in ("results", "derived"))
        graphs = {name: (digest, count, size) for name, (digest, count, size) in record["graphs"].items()}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        raise StoreError(f"the store's manifest is damaged: {wrong}", path=path, cure="run `kb build`") from None
    by_path = {entry.path: entry for entry in entries}
    return Manifest(
        engine=record["engine"], names=record["names"], graphs=graphs, entries=by_path, results=results, derived=derived,
    )  # fmt: skip


def as_rows(results: Iterable[object]) -> tuple[tuple[str, ...], ...]:
    """Return SHACL results as plain rows for the manifest."""
    return tuple(tuple(asdict(result).values()) for result in results)
