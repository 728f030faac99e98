"""A store's folder: made whole from quads files, or from an older store and a change; checked before it is opened.

It is a cache, never changed afterwards; the corpus is the truth. A note beside the engine's files says which version made
it, how many quads it holds and how long each file is: the engine opens a store with a torn manifest as an empty one,
without a word.
"""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from kb.errors import KbError, StoreError
from kb.store.nquads import Joined, by_graph, line_count, lines

FORMAT = 1
NOTE = "kb.json"
# Quads above which a new store's files are merged. The bulk load leaves one overlapping set of files a million quads, and
# each look-up goes through all sets: of 7 M quads, look-ups took 2.2 times as long as after merging, which took 17 s of CPU.
MERGED_FROM = 1_500_000
REBUILD = "run `kb build`: it makes the store again from the corpus"


def check_folder(where: str | Path) -> Path:
    """Return the resolved folder of a store, so that a swapped link cannot mix two versions. Raises StoreError as `open_store`.

    An Oxigraph store without our note, made by other hands, is taken as it is.
    """
    folder = Path(where).resolve()
    if not (folder / "CURRENT").is_file():
        raise StoreError("there is no store here", path=where, cure="run `kb build` first, or name a store's folder")
    with _told(where):
        note = _read_note(folder)
    if note is None:
        return folder
    if (note["format"], note["engine"]) != (FORMAT, _engine()):
        raise StoreError(
            f"the store was made by another version ({note['engine']}, we have {_engine()})", path=where, cure=REBUILD
        )
    if note["files"] != _files(folder):
        raise StoreError("the store is damaged: its files are not those that were built", path=where, cure=REBUILD)
    return folder


def open_folder(where: str | Path) -> Any:
    """Return the engine on a store's folder, read only. Raises StoreError as `open_store`."""
    from pyoxigraph import Store as Engine

    folder = check_folder(where)
    with _told(where):
        return Engine.read_only(str(folder))


def store_ok(folder: str | Path) -> bool:
    """True when the folder holds a whole store of ours, of this version, that opens."""
    try:
        return (Path(folder) / NOTE).is_file() and open_folder(folder) is not None
    except StoreError:
        return False


def create_store(folder: str | Path, nquads_files: Sequence[str | Path]) -> int:
    """Make a store of N-Quads files in a new folder, and return how many quads it holds.

    Raises StoreError when the engine, the disk or the count says no; then nothing is left behind.
    """
    from pyoxigraph import RdfFormat
    from pyoxigraph import Store as Engine

    with _made(folder):
        engine = Engine(str(folder))
        engine.bulk_load(io.BufferedReader(Joined(nquads_files), 1 << 20), RdfFormat.N_QUADS)
        engine.flush()
        expected = sum(map(line_count, nquads_files))
        if expected > MERGED_FROM:
            engine.optimize()
        quads = len(engine)
        if quads != expected and quads != len(set(lines(nquads_files))):  # the same line may stand in two files
            raise StoreError(
                f"the store took {quads} quads of {expected} lines", path=folder, cure="this is a bug of ours, or the disk's"
            )
        del engine  # closes it: only then are its files final
        _write_note(Path(folder), quads)
    return quads


def update_store(
    old_folder: str | Path, new_folder: str | Path, removed_graphs: Iterable[str], added_files: Sequence[str | Path]
) -> int:
    """Make a store in a new folder from an old one: without some graphs, with some files. Return how many quads it holds.

    The old one stays as it is; what did not change is shared with it by hard links. A graph of `added_files` that
    the old store holds must be among the removed. Raises StoreError as `create_store` does.
    """
    from pyoxigraph import Store as Engine

    old = check_folder(old_folder)
    note = _read_note(old)
    if note is None:
        raise StoreError("the old store has no note of its quads", path=old_folder, cure=REBUILD)
    with _made(new_folder):
        Engine.read_only(str(old)).backup(str(new_folder))
        return _change(new_folder, note["quads"], removed_graphs, added_files)


def change_store(folder: str | Path, removed_graphs: Iterable[str], added_files: Sequence[str | Path]) -> int:
    """Change a store that nobody reads yet, as `update_store` would a copy. Return how many quads it holds.

    It is not whole until this returns. Raises StoreError as `create_store` does.
    """
    note = _read_note(check_folder(folder))
    if note is None:
        raise StoreError("the store has no note of its quads", path=folder, cure=REBUILD)
    with _told(folder):
        return _change(folder, note["quads"], removed_graphs, added_files)


def _change(folder: str | Path, quads: int, removed_graphs: Iterable[str], added_files: Sequence[str | Path]) -> int:
    from pyoxigraph import NamedNode, RdfFormat
    from pyoxigraph import Store as Engine

    added = by_graph(added_files)
    engine = Engine(str(folder))
    for graph in removed_graphs:
        quads -= _count(engine, graph)
        engine.remove_graph(NamedNode(graph))
    engine.load(io.BufferedReader(Joined(added_files), 1 << 20), RdfFormat.N_QUADS)
    engine.flush()
    wrong = [graph for graph, expected in added.items() if _count(engine, graph) != len(expected)]
    quads += sum(map(len, added.values()))
    del engine  # closes it: only then are its files final, and may be taken away
    if wrong:
        raise StoreError(f"the store took other than {len(added[wrong[0]])} quads of {wrong[0]}", path=folder, cure=REBUILD)
    _write_note(Path(folder), quads)
    return quads


def _count(engine: Any, graph: str) -> int:
    [row] = engine.query(f"SELECT (COUNT(*) AS ?quads) WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}")
    return int(row[0].value)


def _engine() -> str:
    from pyoxigraph import __version__

    return f"pyoxigraph {'.'.join(__version__.split('.')[:2])}"


def _files(folder: Path) -> dict[str, int]:
    """Return the sizes of the files that the engine never changes after it is closed."""
    kept = (
        path for path in folder.iterdir() if path.suffix == ".sst" or path.name == "CURRENT" or path.name.startswith("MANIFEST")
    )
    return {path.name: path.stat().st_size for path in sorted(kept)}


def _write_note(folder: Path, quads: int) -> None:
    from kb.files import write_atomically

    note = {"format": FORMAT, "engine": _engine(), "quads": quads, "files": _files(folder)}
    write_atomically(folder / NOTE, json.dumps(note, indent=1) + "\n")


def _read_note(folder: Path) -> dict[str, Any] | None:
    with suppress(FileNotFoundError):
        note = json.loads((folder / NOTE).read_bytes())
        return {key: note[key] for key in ("format", "engine", "quads", "files")}
    return None


@contextmanager
def _made(folder: str | Path) -> Iterator[None]:
    """Take away what was made of a new store when the block fails."""
    if Path(folder).exists():
        raise StoreError(
            "a store is made in a new folder; this one exists", path=folder, cure="name another folder, or remove it"
        )
    try:
        with _told(folder):
            Path(folder).parent.mkdir(parents=True, exist_ok=True)
            yield
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


@contextmanager
def _told(folder: str | Path) -> Iterator[None]:
    """Turn what the engine and the disk say into a StoreError with its cure."""
    try:
        yield
    except KbError:
        raise
    except (OSError, RuntimeError, ValueError, KeyError, TypeError, SyntaxError) as error:
        said = " ".join(str(error).split())[:300]
        cure = REBUILD
        if "no space left" in said.lower():
            cure = "make room on that disk"
        elif "permission denied" in said.lower():
            cure = "give yourself the right to read and write there"
        raise StoreError(f"the store cannot be opened or made: {said}", path=folder, cure=cure) from None
