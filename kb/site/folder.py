"""The folder a site is written to: made aside, swapped in whole, and never a folder that is something else."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kb.errors import InputError
from kb.home import Home

MARK = ".kb-site"


@contextmanager
def new_folder(folder: Path, home: Home, *, force: bool = False) -> Iterator[Path]:
    """Give an empty folder beside `folder`; when the block ends well it takes its place, else it is gone.

    What stands at `folder` must be nothing, an empty folder, or a site of ours; `force` lets another folder go, but never
    one that holds the knowledge base, or the folder you are in. Raises InputError.
    """
    target = Path(os.path.realpath(folder))
    _refuse(target, folder, home, force)
    _clear(target)
    aside = target.with_name(_aside_name(target, "new"))
    with _told(folder):
        target.parent.mkdir(parents=True, exist_ok=True)
        aside.mkdir()
    try:
        with _told(folder):
            yield aside
            _swap(aside, target)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _refuse(target: Path, folder: Path, home: Home, force: bool) -> None:
    if target.exists() and not target.is_dir():
        raise InputError("cannot write a site here: it is a file", path=folder, cure="name a new folder")
    root = Path(os.path.realpath(home.root))
    kept = (root, home.corpus, home.cache, *home.queries, home.ontology, Path.cwd(), Path.home())
    if any(Path(os.path.realpath(one)).is_relative_to(target) for one in kept):
        raise InputError("cannot write a site here: it would replace what is no site", path=folder, cure="name a new folder, for example `kb site public`")
    if any(target.is_relative_to(Path(os.path.realpath(one))) for one in (home.corpus, home.cache)):
        raise InputError("cannot write a site into the knowledge base's own files", path=folder, cure="name a new folder, for example `kb site public`")
    if not force and target.is_dir() and not (target / MARK).is_file() and any(target.iterdir()):
        raise InputError("the folder is not empty, and no site of kb", path=folder, cure="name another folder, or give --force to replace it with all in it")


def _swap(aside: Path, target: Path) -> None:
    """Put `aside` in the place of `target`. Between two renames there is none; a reader who opens a file then must ask again."""
    if not target.exists():
        aside.rename(target)
        return
    old = target.with_name(_aside_name(target, "old"))
    target.rename(old)
    try:
        aside.rename(target)
    except BaseException:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _aside_name(target: Path, end: str) -> str:
    return f".kb-{os.getpid()}-{target.name}.{end}"


def _clear(target: Path) -> None:
    """Remove what writers that were killed have left; where one was killed between two renames, put the old site back."""
    for end in ("old", "new"):
        for left in sorted(target.parent.glob(f".kb-*-{target.name}.{end}")):
            process = left.name.split("-", 2)[1]
            if not process.isdecimal() or _is_alive(int(process)):
                continue
            if end == "old" and not target.exists():
                left.rename(target)
            shutil.rmtree(left, ignore_errors=True)


def _is_alive(process: int) -> bool:
    with suppress(PermissionError):
        try:
            os.kill(process, 0)
        except (ProcessLookupError, OverflowError):
            return False
    return True


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as wrong:
        full = wrong.errno in (errno.ENOSPC, errno.EDQUOT)
        cure = "make room on that disk, or write elsewhere" if full else "write elsewhere, or give yourself the right to write there"
        raise InputError(f"cannot write: {(wrong.strerror or str(wrong)).lower()}", path=folder, cure=cure) from wrong
