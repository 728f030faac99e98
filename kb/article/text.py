"""Files ↔ texts: read as their bytes say, known by digest."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from kb.errors import InputError
from kb.model import Text

_LARGEST_FILE = 64 * 2**20


def read_text(path: str | Path) -> str:
    """Return the text of a file, each character as its bytes say. Raises InputError if it is not UTF-8."""
    return _decoded(_bytes(path), path)


def text_of(path: str | Path) -> Text:
    """Return digest, length and name of an article's file. Raises InputError as `read_text` does."""
    content = _bytes(path)
    return Text(sha256=hashlib.sha256(content).hexdigest(), characters=len(_decoded(content, path)), file=Path(path).name)


def digest(text: str) -> str:
    """Return the SHA-256 of `text` in UTF-8, in hex; for a whole text that of its file's bytes."""
    return hashlib.sha256(text.encode()).hexdigest()


def _bytes(path: str | Path) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path=path, cure="check the path and its permissions") from None


def _decoded(content: bytes, path: str | Path) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
        raise InputError(
            f"not UTF-8: byte {error.start} is 0x{content[error.start]:02x}" + (", this looks like UTF-16" if wide else ""),
            path=path,
            line=content.count(b"\n", 0, error.start) + 1,
            cure="save the file as UTF-8",
        ) from None


def find_texts(folder: str | Path, wanted: Mapping[str, Text]) -> dict[str, Path]:
    """Return the file below `folder` of each wanted article that has one: by digest, else by name, to show a changed text.

    Hidden folders are left out, files over 64 MB go by name alone; of several files the first met counts.
    Raises InputError without a folder.
    """
    if not Path(folder).is_dir():
        raise InputError("is no folder", path=folder, cure="name the folder that holds the articles' texts")
    names = {text.file for text in wanted.values()}
    by_digest: dict[str, Path] = {}
    by_name: dict[str, Path] = {}
    for path in _files(Path(folder)):
        if path.name in names:
            by_name.setdefault(path.name, path)
        by_digest.setdefault(_file_digest(path), path)
    found = {id: by_digest.get(text.sha256) or by_name.get(text.file or "") for id, text in wanted.items()}
    return {id: path for id, path in found.items() if path is not None}


def _files(folder: Path) -> Iterator[Path]:
    for where, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        paths = (Path(where, name) for name in sorted(names))
        yield from (path for path in paths if path.is_file())


def _file_digest(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, "" for one that is too large to be an article or cannot be read."""
    try:
        if path.stat().st_size > _LARGEST_FILE:
            return ""
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
