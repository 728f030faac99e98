"""Versions of the store: made aside under `.kb/versions/`, published by swapping one link, the last three kept."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from itertools import chain, count
from pathlib import Path

from kb.build.articles import is_whole
from kb.build.manifest import Manifest, read_manifest, write_manifest
from kb.errors import StoreError
from kb.files import swap_link
from kb.home import Home
from kb.store import change_store, create_store, store_ok, update_store

KEEP = 3
LATE = ("dataset", "derived")  # graphs made from a store that holds all others
SMALL = 0.2  # share of the quads up to which changing a copy of the last store beats loading all


def name_of(manifest: Manifest) -> str:
    """Return the version's name: a digest of what it holds, before what is derived from that."""
    graphs = "\n".join(f"{name} {digest}" for name, digest in sorted(manifest.quads_of().items()))
    return sha256(f"{manifest.engine}\n{graphs}".encode()).hexdigest()[:20]


def published(home: Home) -> tuple[Path | None, Manifest | None, str]:
    """Return the folder and manifest of the published version, and in words why there is none to build on."""
    if not home.current.exists():
        return None, None, ""
    folder = home.current.resolve()
    try:
        manifest = read_manifest(folder / "manifest.json")
    except StoreError as wrong:
        return None, None, wrong.message
    if manifest is None:
        return None, None, "the store was made by another version of kb"
    if not store_ok(folder / "store"):
        return None, None, "the store is damaged"
    return folder, manifest, ""


def make_version(
    home: Home, manifest: Manifest, last: tuple[Path | None, Manifest | None], finish: Callable[[Manifest, Path], Manifest]
) -> tuple[Path, Manifest]:
    """Return the folder of a version that holds `manifest`'s quads, and what `finish` made of the manifest and that store.

    It is made aside, so a killed build leaves no half of one, and takes the place of no other: that may be published.
    """
    for folder in _of_name(home, name_of(manifest)) if last[1] is not None else ():
        if (made := _finished(home, folder, manifest)) is not None:
            write_manifest(made, folder / "manifest.json")
            return folder, made
    folder = _free(home.cache / "versions" / name_of(manifest))
    aside = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        there = _fill(home, manifest, aside / "store", *last)
        made = finish(manifest, aside / "store")
        _add_late(home, made, aside / "store", there)
        write_manifest(made, aside / "manifest.json")
        aside.rename(folder)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    return folder, made


def _of_name(home: Home, name: str) -> list[Path]:
    """Return the folders of one version, which may have been made more than once, the published one first."""
    current = home.current.resolve()
    found = (path for path in (home.cache / "versions").glob(f"{name}*") if path.name.partition("-")[0] == name)
    return sorted(found, key=lambda path: (path != current, path.name))


def _free(folder: Path) -> Path:
    """Return a folder that is not there yet: this one, or one with a number behind its name."""
    numbered = (folder.with_name(f"{folder.name}-{number}") for number in count(2))
    return next(path for path in chain([folder], numbered) if not path.exists())


def _finished(home: Home, folder: Path, manifest: Manifest) -> Manifest | None:
    """Return the manifest completed from a whole version that is already there, None when there is none."""
    try:
        saved = read_manifest(folder / "manifest.json") if store_ok(folder / "store") else None
    except StoreError:
        return None
    if saved is None or "derived" not in saved.graphs:
        return None
    late = {name: saved.graphs[name] for name in LATE}
    if not all(is_whole(_file(home, digest), size) for digest, _, size in late.values()):
        return None
    return replace(manifest, graphs={**manifest.graphs, **late}, derived=saved.derived)


def _file(home: Home, digest: str) -> Path:
    return home.cache / "quads" / f"{digest}.nq"


def _fill(home: Home, manifest: Manifest, store: Path, old_folder: Path | None, old: Manifest | None) -> dict[str, str]:
    """Make a store of all graphs but the late ones; return those late graphs (name → digest) that it took over from the old."""

    def file(digest: str) -> Path:
        return _file(home, digest)

    now, before = ({name: quads for name, quads in one.quads_of().items() if name not in LATE} if one else {} for one in (manifest, old))
    changed = [name for name, digest in now.items() if before.get(name) != digest]
    gone = [name for name in before if name not in now]
    if old_folder is None or old is None or len(changed) + len(gone) > max(4, SMALL * len(now)):
        create_store(store, [file(digest) for digest in now.values()])
        return {}
    removed = [_graph(manifest, name) for name in (*gone, *(name for name in changed if name in before))]
    update_store(old_folder / "store", store, removed, [file(now[name]) for name in changed])
    return {name: digest for name, digest in old.quads_of().items() if name in LATE}


def _add_late(home: Home, manifest: Manifest, store: Path, there: dict[str, str]) -> None:
    """Bring the late graphs of a store up to the manifest, and count the whole."""
    now = {name: digest for name, digest in manifest.quads_of().items() if name in LATE}
    changed = [name for name in now if there.get(name) != now[name]]
    removed = [_graph(manifest, name) for name in changed if name in there]
    quads = change_store(store, removed, [_file(home, now[name]) for name in changed])
    if quads != manifest.quads:
        raise StoreError(f"the store holds {quads} quads, not {manifest.quads}", path=store, cure="remove .kb and build again")


def _graph(manifest: Manifest, name: str) -> str:
    base = manifest.engine.split(" ", 1)[1]
    return f"{base}id/graph/{name}"


def publish(home: Home, folder: Path, manifest: Manifest) -> None:
    """Make `folder`, which holds `manifest`, the current version, then tidy up."""
    folder.touch()
    swap_link(home.current, Path("versions") / folder.name)
    tidy(home, manifest)


def tidy(home: Home, manifest: Manifest) -> None:
    """Keep the last versions and the published one, and the quads files that they need."""
    folders = (path for path in (home.cache / "versions").iterdir() if path.is_dir())
    versions = sorted(folders, key=lambda path: path.stat().st_mtime_ns)
    kept = [path for path in versions if not path.name.startswith(".")][-KEEP:]
    kept.append(home.current.resolve())
    for path in versions:
        if path not in kept:
            shutil.rmtree(path, ignore_errors=True)
    if len(os.listdir(home.cache / "quads")) > 1.5 * len(manifest.entries) + 50:
        _prune_quads(home, kept)


def _prune_quads(home: Home, kept: list[Path]) -> None:
    """Remove quads files that no kept version names: worth a look only when there are many more than one version needs."""
    needed = {digest for path in kept for digest in _needed(path)}
    for file in (home.cache / "quads").iterdir():
        if file.stem not in needed:
            file.unlink(missing_ok=True)


def _needed(version: Path) -> list[str]:
    """Return the digests of a version's quads files; none of one whose manifest is damaged: it can not be gone back to."""
    try:
        manifest = read_manifest(version / "manifest.json")
    except StoreError:
        return []
    return manifest.files() if manifest else []
