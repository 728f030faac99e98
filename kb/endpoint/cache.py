"""Answers kept on disk: one file each, named by what was asked. A file that is not whole counts as none."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

from kb.endpoint.wire import Reply
from kb.errors import InputError
from kb.files import write_atomically

LARGEST = 512 << 20  # bytes kept: a year of weekly checks of ten thousand links, and no disk filled unseen
_FORMAT = 1


def key_of(url: str, asked: str | Mapping[str, str]) -> str:
    """Return the name of an answer: a digest of the address and of the query, or of the parameters in any order."""
    text = json.dumps([_FORMAT, url, asked if isinstance(asked, str) else sorted(asked.items())], ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer from the cache. `asked` is when it came, in seconds since 1970."""

    reply: Reply
    asked: float


def read_kept(folder: Path, key: str) -> Kept | None:
    """Return the answer kept under `key`; None when there is none, or it is damaged."""
    try:
        head, _, body = _file(folder, key).read_bytes().partition(b"\n")
        told = json.loads(head)
        if told["key"] != key or told["sha256"] != hashlib.sha256(body).hexdigest():
            return None
        headers = Message()
        headers["Content-Type"] = told["media"]
        return Kept(Reply(200, headers, body), float(told["asked"]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def keep(folder: Path, key: str, url: str, reply: Reply, asked: float) -> None:
    """Keep a good answer. Raises InputError where the disk refuses."""
    head = {"key": key, "url": url, "asked": round(asked, 3), "media": reply.headers.get("Content-Type", ""), "sha256": hashlib.sha256(reply.body).hexdigest()}
    path = _file(folder, key)
    make_folder(path.parent)
    write_atomically(path, [json.dumps(head).encode(), b"\n", reply.body], sync=False)


def prune(folder: Path, *, largest: int = LARGEST) -> int:
    """Remove the answers asked longest ago while all together are larger than `largest`, and return how many went.

    Age alone is no reason: with `--offline` an answer counts at any age.
    """
    found = [(state.st_mtime, state.st_size, path) for path in folder.glob("??/*") if (state := _state(path)) is not None]
    left, gone = sum(size for _, size, _ in found), 0
    for _, size, path in sorted(found):
        if left <= largest:
            break
        with suppress(OSError):
            path.unlink()
            left, gone = left - size, gone + 1
    return gone


def _state(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:  # another process pruned it
        return None


def read_wait(folder: Path, host: str) -> float:
    """Return until when the host wants to be left alone, in seconds since 1970; 0 when it does not."""
    try:
        return float(_waits(folder, host).read_text("ascii"))
    except (OSError, ValueError):
        return 0.0


def keep_wait(folder: Path, host: str, until: float) -> None:
    make_folder(folder)
    write_atomically(_waits(folder, host), f"{until:.0f}", sync=False)


def make_folder(folder: Path) -> None:
    """Make the folder where answers are kept. Raises InputError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as wrong:
        raise InputError(f"cannot keep answers here: {(wrong.strerror or '').lower()}", path=folder, cure="make room or take what stands there away") from None


def _file(folder: Path, key: str) -> Path:
    return folder / key[:2] / key[2:]


def _waits(folder: Path, host: str) -> Path:
    return folder / f"{hashlib.sha256(host.encode()).hexdigest()[:20]}.wait"
