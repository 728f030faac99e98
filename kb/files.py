"""All writing to disk: a file is there whole or not at all, and one build at a time.

A new file is written aside in its own folder (`.kb-<process>-<number>.new`), synced, then renamed over the old one,
so a reader, a full disk or `kill -9` never meets half a file.
"""

from __future__ import annotations

import errno
import hashlib
import io
import itertools
import os
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from kb.errors import InputError, StoreBusy

_CURES = {
    errno.ENOSPC: "make room on that disk, or write elsewhere",
    errno.EDQUOT: "make room on that disk, or write elsewhere",
    errno.EFBIG: "write to a file system, or under a limit, that takes larger files",
    errno.EROFS: "that file system is read-only; write elsewhere",
    errno.EACCES: "give yourself the right to write there, or write elsewhere",
    errno.EPERM: "give yourself the right to write there, or write elsewhere",
    errno.ENOENT: "make the folder first, or look for a slip in its name",
    errno.ENOTDIR: "a part of the path is a file; choose another path",
    errno.EISDIR: "that is a folder; name a file",
    errno.ENOTEMPTY: "a folder stands in the way; move it",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.ELOOP: "its symbolic links run in a circle; remove one",
}
_UNREAD = "check that it is there and may be read"
_PAUSE = 0.05  # seconds between two looks at a held lock
_numbers = itertools.count(1)


def write_atomically(path: str | Path, content: bytes | str | Iterable[bytes], *, sync: bool = True) -> None:
    """Write `content` to `path`: afterwards the file holds all of it, or what it held before.

    Text is written as UTF-8. Without `sync` that holds when the process is killed, but not when the machine loses power:
    for a cache that can tell. Raises InputError as `new_file` does.
    """
    pieces = _pieces(path, content)
    with new_file(path, sync=sync) as out:
        for piece in pieces:
            out.write(piece)


@contextmanager
def new_file(path: str | Path, *, sync: bool = True) -> Iterator[BinaryIO]:
    """Give a file to write; when the block ends well it becomes `path`, whole and synced, else it is gone.

    An existing file keeps its mode, a symbolic link its place. A device or pipe is written to directly.
    Raises InputError where the disk refuses; what else goes wrong in the block passes through untouched.
    """
    target = Path(os.path.realpath(path))
    with _told(path):
        mode = _mode(target)
    if mode is not None and stat.S_ISDIR(mode):
        raise InputError("cannot write: it is a folder", path=path, cure=_CURES[errno.EISDIR])
    if mode is not None and not stat.S_ISREG(mode):
        with _told(path):
            handle = os.open(target, os.O_WRONLY)
        with _open(path, handle) as out:
            yield out
        return
    with _aside(path, target) as (handle, aside):
        with _open(path, handle, sync=sync) as out:
            if mode is not None:
                os.fchmod(handle, stat.S_IMODE(mode))
            yield out
        with _told(path):
            os.replace(aside, target)
    if sync:
        _sync_folder(target.parent)


@contextmanager
def new_path(path: str | Path) -> Iterator[Path]:
    """Give the name of an empty file for an engine that writes it itself; when the block ends well, and the engine has
    closed it, it becomes `path`, whole and synced, else it is gone. Raises InputError where the disk refuses."""
    target = Path(os.path.realpath(path))
    with _aside(path, target) as (handle, aside):
        try:
            yield aside
            with _told(path):
                os.fsync(handle)
        finally:
            os.close(handle)
        with _told(path):
            os.replace(aside, target)
    _sync_folder(target.parent)


def swap_link(link: str | Path, target: str | Path) -> None:
    """Point the symbolic link `link` to `target` in one step; it never points to nothing in between. Raises InputError."""
    link = Path(link)
    with _told(link):
        if link.is_dir() and not link.is_symlink():
            raise InputError("cannot put a link here: it is a folder", path=link, cure=_CURES[errno.ENOTEMPTY])
    while True:
        aside = link.with_name(_new_name())
        with _told(link), suppress(FileExistsError):  # a dead process of our number left it
            os.symlink(target, aside)
            break
    try:
        with _told(link):
            os.replace(aside, link)
    except BaseException:
        _remove(aside)
        raise
    _sync_folder(link.parent)


def digest_file(path: str | Path) -> str:
    """Return the SHA-256 of the file's bytes in 64 hex digits. Raises InputError."""
    with _told(path, "read"), open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def remove_leftovers(folder: str | Path) -> list[Path]:
    """Remove the files aside that dead processes left in `folder`, and return them."""
    gone = [path for path in sorted(Path(folder).glob(".kb-*-*.new")) if not _is_alive(path.name.split("-")[1])]
    for path in gone:
        _remove(path)
    return gone


@contextmanager
def lock(path: str | Path, *, wait: bool | float = False) -> Iterator[None]:
    """Hold the lock file `path`, which names the process that holds it. `wait` is in seconds, True without end.

    The kernel frees it when the holder ends in whatever way, so a stale lock cannot be; the file stays.
    A forked child holds it along with its parent: start children with exec. Raises StoreBusy (exit 75), InputError.
    """
    import fcntl

    with _told(path):
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        until = time.monotonic() + (float("inf") if wait is True else wait)
        while not _locks(handle, fcntl):
            if time.monotonic() >= until:
                raise _busy(path, handle)
            time.sleep(_PAUSE)
        with _told(path):
            _note(handle, f"{os.getpid()}\n")
        try:
            yield
        finally:
            with suppress(OSError):
                _note(handle, "")
    finally:
        os.close(handle)


def _locks(handle: int, fcntl: object) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _note(handle: int, text: str) -> None:
    os.ftruncate(handle, 0)
    os.pwrite(handle, text.encode(), 0)


def _busy(path: str | Path, handle: int) -> StoreBusy:
    holder = os.pread(handle, 20, 0).decode("ascii", "replace").strip()
    who = f"process {holder}" if holder.isdecimal() else "another process"
    return StoreBusy(f"another build holds the lock ({who})", path=path, cure="try again when it has ended, or wait for it")


@contextmanager
def _told(path: str | Path, verb: str = "write") -> Iterator[None]:
    """Turn what the system says into where, what and the cure. A reader who left (broken pipe) is no fault."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"cannot {verb}: {reason}", path=path, cure=_CURES.get(error.errno, "") if verb == "write" else _UNREAD) from error


def _mode(target: Path) -> int | None:
    try:
        return target.stat().st_mode
    except FileNotFoundError:
        return None


def _pieces(path: str | Path, content: bytes | str | Iterable[bytes]) -> Iterable[bytes]:
    if isinstance(content, bytes):
        return (content,)
    if not isinstance(content, str):
        return content
    try:
        return (content.encode("utf-8"),)
    except UnicodeEncodeError as error:
        raise InputError(
            f"cannot write: character {error.start} is half of a surrogate pair", path=path, cure="mend the text it comes from"
        ) from error


def _new_name() -> str:
    return f".kb-{os.getpid()}-{next(_numbers)}.new"


@contextmanager
def _aside(path: str | Path, target: Path) -> Iterator[tuple[int, Path]]:
    """Give an open new file beside `target`; it is removed when the block fails. The block closes the handle."""
    while True:
        aside = target.with_name(_new_name())
        with _told(path), suppress(FileExistsError):  # a dead process of our number left it
            handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
            break
    try:
        yield handle, aside
    except BaseException:
        _remove(aside)
        raise


class _Out(io.FileIO):
    """A file that says where, what and the cure when it cannot be written."""

    def __init__(self, path: str | Path, handle: int) -> None:
        super().__init__(handle, "wb")
        self.path = path

    def write(self, piece: bytes | memoryview) -> int | None:
        with _told(self.path):
            return super().write(piece)


@contextmanager
def _open(path: str | Path, handle: int, *, sync: bool = False) -> Iterator[BinaryIO]:
    """Give a buffered file on `handle`, closed afterwards; only after a good block is it flushed and synced."""
    raw = _Out(path, handle)
    out = io.BufferedWriter(raw, 1 << 18)
    try:
        yield out
        out.flush()
        with _told(path):
            if sync:
                os.fsync(handle)
            raw.close()
    except BaseException:
        with suppress(OSError, InputError):
            raw.close()
        raise


def _sync_folder(folder: Path) -> None:
    """Make a rename last. Some file systems cannot sync a folder; the rename itself is done by then."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def _is_alive(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except (ValueError, OverflowError, PermissionError):
        return True
    return True
