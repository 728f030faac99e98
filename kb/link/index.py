"""A local index of items by name, in one SQLite file: built once from extracts of any size, read without loading it.

A name is found by its words. A word of the query meets the same word, or one a single slip away (a letter left out, put in
or changed), through the words shortened by one letter; of the words met the rarest are looked up.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from kb.errors import InputError
from kb.link.extracts import Item, items
from kb.link.names import folded, shortened

_FORMAT = 1
_FEW = 400  # names looked at for one query: enough for every namesake that matters, few enough for milliseconds
_SCHEMA = """
CREATE TABLE items (number INTEGER PRIMARY KEY, label, description, classes, country, latitude, longitude, weight);
CREATE TABLE names (id INTEGER PRIMARY KEY, folded TEXT, item INTEGER);
CREATE TABLE raw (word TEXT, name INTEGER);
CREATE TABLE words (word TEXT PRIMARY KEY, count INTEGER) WITHOUT ROWID;
CREATE TABLE places (word TEXT, name INTEGER, PRIMARY KEY (word, name)) WITHOUT ROWID;
CREATE TABLE rough (short TEXT, word TEXT);
CREATE TABLE slips (short TEXT, word TEXT, PRIMARY KEY (short, word)) WITHOUT ROWID;
"""
_FINISH = """
CREATE INDEX names_folded ON names (folded);
CREATE INDEX names_item ON names (item);
INSERT INTO words SELECT word, COUNT(*) FROM raw GROUP BY word ORDER BY word;
INSERT INTO places SELECT DISTINCT word, name FROM raw ORDER BY word, name;
DROP TABLE raw;
"""

_OF_WORD = "SELECT item, folded FROM places JOIN names ON names.id = name WHERE word = ? LIMIT ?"


@dataclass(frozen=True, slots=True)
class Entry:
    """An item of the index, with the folded names it goes by."""

    number: int
    label: str
    description: str
    classes: tuple[str, ...]
    country: str
    point: tuple[float, float] | None
    weight: int
    names: tuple[str, ...]


def build_index(files: Sequence[Path], path: Path, progress: Callable[[int], None] = lambda _: None) -> int:
    """Build the index of `files` at `path`, whole or not at all, and return how many items it holds. Raises InputError."""
    aside = path.with_name(f".kb-{os.getpid()}-index.new")
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileNotFoundError):
        aside.unlink()
    try:
        with closing(sqlite3.connect(aside)) as database:
            count = _fill(database, files, progress)
        os.replace(aside, path)
    except sqlite3.Error as wrong:
        raise InputError(f"cannot write: {wrong}", path=path, cure="make room on that disk, or write elsewhere") from None
    finally:
        with suppress(FileNotFoundError):
            aside.unlink()
    return count


def _fill(database: sqlite3.Connection, files: Sequence[Path], progress: Callable[[int], None]) -> int:
    database.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = FILE; PRAGMA user_version = {_FORMAT};")
    database.executescript(_SCHEMA)
    for path in files:
        before = database.total_changes
        for done, item in enumerate(items(path), 1):
            _insert(database, item)
            if done % 10_000 == 0:
                progress(done)
        if database.total_changes == before:
            raise InputError("holds no item with an id and a label", path=path, cure="look at its columns, or at `kb link index --help`")
    database.executescript(_FINISH)
    words = database.execute("SELECT word FROM words WHERE length(word) BETWEEN 4 AND 30")
    database.executemany("INSERT INTO rough VALUES (?, ?)", ((short, word) for (word,) in words for short in shortened(word)))
    database.executescript("INSERT INTO slips SELECT DISTINCT short, word FROM rough ORDER BY short, word; DROP TABLE rough;")
    database.commit()
    return database.execute("SELECT COUNT(*) FROM items").fetchone()[0]


def _insert(database: sqlite3.Connection, item: Item) -> None:
    point = item.point or (None, None)
    row = (item.number, item.label, item.description, "|".join(item.classes), item.country, *point, item.weight)
    database.execute("INSERT OR IGNORE INTO items VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    for name in dict.fromkeys(folded(name) for name in item.names):
        if name:
            key = database.execute("INSERT INTO names (folded, item) VALUES (?, ?)", (name, item.number)).lastrowid
            database.executemany("INSERT INTO raw VALUES (?, ?)", ((word, key) for word in set(name.split())))


class Index:
    """An index opened for reading."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise InputError("no index of Wikidata here", path=path, cure="build one with `kb link index FILE…`")
        try:
            self._database = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
            found = self._database.execute("PRAGMA user_version").fetchone()[0]
        except sqlite3.Error as wrong:
            raise InputError(f"no index: {wrong}", path=path, cure="build it anew with `kb link index FILE…`") from None
        if found != _FORMAT:
            raise InputError("an index of another version of kb", path=path, cure="build it anew with `kb link index FILE…`")

    def close(self) -> None:
        self._database.close()

    def find(self, name: str, *, limit: int = 40) -> list[int]:
        """Return the numbers of the items whose names are most like `name`, those of the very name first."""
        from rapidfuzz import fuzz, process

        key = folded(name)
        same = self._rows("SELECT item FROM names WHERE folded = ? ORDER BY item LIMIT ?", (key, _FEW))
        met = [row for word in self._rarest(key.split()) for row in self._rows(_OF_WORD, (word, _FEW))]
        found, texts = dict.fromkeys(number for (number,) in same), [text for _, text in met]
        for scorer in (fuzz.ratio, fuzz.token_sort_ratio):
            found |= dict.fromkeys(met[place][0] for _, _, place in process.extract(key, texts, scorer=scorer, limit=limit, score_cutoff=50))
        return list(found)

    def entries(self, numbers: Iterable[int]) -> Iterator[Entry]:
        """Yield the items of these numbers."""
        for number in numbers:
            (row,) = self._rows("SELECT label, description, classes, country, latitude, longitude, weight FROM items WHERE number = ?", (number,))
            names = tuple(name for (name,) in self._rows("SELECT folded FROM names WHERE item = ? ORDER BY id", (number,)))
            point = (row[4], row[5]) if row[4] is not None else None
            yield Entry(number, row[0], row[1], tuple(part for part in row[2].split("|") if part), row[3], point, row[6], names)

    def _rarest(self, words: Sequence[str]) -> list[str]:
        """Return up to four words of the index that are these or one slip away, the rarest first."""
        met: dict[str, int] = {}
        for word in words:
            near = [word, *shortened(word)] if len(word) >= 4 else [word]
            marks = ",".join("?" * len(near))
            met |= self._rows(f"SELECT word, count FROM words WHERE word IN ({marks})", near)
            if len(word) >= 4:
                met |= self._rows(f"SELECT slips.word, count FROM slips JOIN words USING (word) WHERE short IN ({marks})", near)
        return sorted(met, key=lambda word: (met[word], word))[:4]

    def _rows(self, query: str, values: Sequence[object]) -> list[tuple]:
        return self._database.execute(query, values).fetchall()
