"""Versions of the store: made aside under `.kb/versions/`, published by swapping one link, the last three kept."""

from __future__ import annotations

import shutil
from hashlib import sha256
from pathlib import Path

from kb.build.manifest import Manifest, read_manifest, write_manifest
from kb.errors import StoreError
from kb.files import swap_link
from kb.home import Home
from kb.store import create_store, store_ok, update_store

KEEP = 3
SMALL = 0.2  # share of the quads up to which changing a copy of the last store beats loading all


def name_of(manifest: Manifest) -> str:
    """Return the version's name: a digest of what it holds."""
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
        return None, None, f"{wrong.message}; building anew from the corpus"
    if manifest is None:
        return None, None, "the store was made by another version of kb; building anew from the corpus"
    if not store_ok(folder / "store"):
        return None, None, "the store is damaged; building anew from the corpus"
    return folder, manifest, ""


def make_version(home: Home, manifest: Manifest, last: tuple[Path | None, Manifest | None]) -> Path:
    """Return the folder of a version that holds `manifest`'s quads; made aside, so a killed build leaves no half of one."""
    folder = home.cache / "versions" / name_of(manifest)
    if folder.is_dir() and store_ok(folder / "store"):
        write_manifest(manifest, folder / "manifest.json")
        return folder
    aside = folder.with_name(f".{folder.name}.new")
    for leftover in (aside, folder):
        shutil.rmtree(leftover, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        _fill(home, manifest, aside / "store", *last)
        write_manifest(manifest, aside / "manifest.json")
        aside.rename(folder)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    return folder


def _fill(home: Home, manifest: Manifest, store: Path, old_folder: Path | None, old: Manifest | None) -> None:
    def file(digest: str) -> Path:
        return home.cache / "quads" / f"{digest}.nq"

    now, before = manifest.quads_of(), old.quads_of() if old else {}
    changed = [name for name, digest in now.items() if before.get(name) != digest]
    gone = [name for name in before if name not in now]
    if old_folder is None or old is None or len(changed) + len(gone) > max(4, SMALL * len(now)):
        count = create_store(store, [file(digest) for digest in now.values()])
    else:
        base = _base_of(manifest)
        removed = [f"{base}id/graph/{name}" for name in (*gone, *(name for name in changed if name in before))]
        count = update_store(old_folder / "store", store, removed, [file(now[name]) for name in changed])
    if count != manifest.quads:
        raise StoreError(f"the store holds {count} quads, not {manifest.quads}", path=store, cure="remove .kb and build again")


def _base_of(manifest: Manifest) -> str:
    return manifest.engine.split(" ", 1)[1]


def publish(home: Home, folder: Path) -> None:
    """Make `folder` the current version, then remove what no kept version needs."""
    folder.touch()
    swap_link(home.current, Path("versions") / folder.name)
    versions = sorted((path for path in folder.parent.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime_ns)
    kept = [path for path in versions if not path.name.startswith(".")][-KEEP:]
    for path in versions:
        if path not in kept and path != folder:
            shutil.rmtree(path, ignore_errors=True)
    _prune_quads(home, kept)


def _prune_quads(home: Home, kept: list[Path]) -> None:
    """Remove quads files that no kept version names. Looks only when there are many more than one version needs."""
    files = list((home.cache / "quads").iterdir())
    manifest = read_manifest(home.current / "manifest.json")
    if manifest is None or len(files) < 1.5 * len(manifest.entries) + 50:
        return
    manifests = [found for path in kept if (found := read_manifest(path / "manifest.json"))]
    needed = {digest for found in manifests for digest in found.files()}
    for file in files:
        if file.stem not in needed:
            file.unlink(missing_ok=True)
