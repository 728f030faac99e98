"""A local index of items by name, in one SQLite file: built once from extracts of any size, read without loading it.

A name is found as it stands, by its beginning, and by its words. A word of the query meets the same word, one that sounds
like it, or one a single slip away (a letter left out, put in or changed), through the words shortened by one letter; of the
words met the rarest are looked up, until enough names are met.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from kb.errors import InputError
from kb.files import new_path, remove_leftovers
from kb.link.extracts import items
from kb.link.items import Entry, Item, Office, folded_names
from kb.link.names import folded, shortened, sound
from kb.link.sources import Thing, batches, written
from kb.model import Entity

_FORMAT = 2
_FEW = 300  # names looked at for one query: enough for every namesake that matters, few enough for milliseconds
_BATCH = 200  # items read at once
_TOLD = 10_000  # items between two words about progress
_SAME = 60  # items of the very same name; the oldest are the best known
_SCHEMA = """
CREATE TABLE items (
  number INTEGER PRIMARY KEY, label, description, classes, countries, latitude, longitude, weight, born, died, begun, ended);
CREATE TABLE offices (item INTEGER, office, start, end, PRIMARY KEY (item, office, start, end)) WITHOUT ROWID;
CREATE TABLE names (id INTEGER PRIMARY KEY, folded TEXT, item INTEGER);
CREATE TABLE raw (word TEXT, name INTEGER);
CREATE TABLE words (word TEXT PRIMARY KEY, count INTEGER) WITHOUT ROWID;
CREATE TABLE places (word TEXT, name INTEGER, PRIMARY KEY (word, name)) WITHOUT ROWID;
CREATE TABLE rough (short TEXT, word TEXT);
CREATE TABLE sounds (sound TEXT, word TEXT, PRIMARY KEY (sound, word)) WITHOUT ROWID;
CREATE TABLE slips (short TEXT, word TEXT, PRIMARY KEY (short, word)) WITHOUT ROWID;
"""
_FINISH = """
CREATE INDEX names_folded ON names (folded, item);
CREATE INDEX names_item ON names (item);
INSERT INTO words SELECT word, COUNT(*) FROM raw GROUP BY word ORDER BY word;
INSERT INTO places SELECT DISTINCT word, name FROM raw ORDER BY word, name;
DROP TABLE raw;
"""

_COLUMNS = "label description classes countries latitude longitude weight born died begun ended".split()
_NOTHING = "''"
_PUT = (  # of an item in two extracts the first counts, and the second where the first says nothing
    f"INSERT INTO items VALUES ({', '.join('?' * (len(_COLUMNS) + 1))}) ON CONFLICT (number) DO UPDATE SET "
    + ", ".join(f"{name} = coalesce(nullif({name}, {'NULL' if name.endswith('itude') else 0 if name == 'weight' else _NOTHING}), excluded.{name})" for name in _COLUMNS)
)
_OF_WORD = "SELECT item, folded FROM places JOIN names ON names.id = name WHERE word = ? LIMIT ?"


def build_index(files: Sequence[Path], path: Path, progress: Callable[[int], None] = lambda _: None) -> int:
    """Build the index of `files` at `path`, whole or not at all, and return how many items it holds. Raises InputError.

    `progress` is told how many items are read, of all files.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    remove_leftovers(path.parent)
    if path.is_dir():
        raise InputError("a folder stands where the index is to be", path=path, cure="move it away")
    try:
        with new_path(path) as aside, closing(sqlite3.connect(aside)) as database:
            return _fill(database, files, progress)
    except sqlite3.Error as wrong:
        raise InputError(f"cannot write: {wrong}", path=path, cure="make room on that disk, or write elsewhere") from None


def _fill(database: sqlite3.Connection, files: Sequence[Path], progress: Callable[[int], None]) -> int:
    database.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = FILE; PRAGMA user_version = {_FORMAT};")
    database.executescript(_SCHEMA)
    done = 0
    for path in files:
        before = database.total_changes
        for item in items(path):
            _insert(database, item)
            done += 1
            if done % _TOLD == 0:
                progress(done)
        if database.total_changes == before:
            raise InputError("holds no item with an id and a label", path=path, cure="look at its columns, or at `kb link index --help`")
    database.executescript(_FINISH)
    words = database.execute("SELECT word FROM words WHERE length(word) BETWEEN 4 AND 30")
    database.executemany("INSERT INTO rough VALUES (?, ?)", ((short, word) for (word,) in words for short in shortened(word)))
    database.executescript("INSERT INTO slips SELECT DISTINCT short, word FROM rough ORDER BY short, word; DELETE FROM rough;")
    words = database.execute("SELECT word FROM words WHERE length(word) BETWEEN 3 AND 30")
    database.executemany("INSERT INTO rough VALUES (?, ?)", ((sound(word), word) for (word,) in words))
    database.executescript("INSERT INTO sounds SELECT short, word FROM rough ORDER BY short, word; DROP TABLE rough;")
    database.commit()
    return database.execute("SELECT COUNT(*) FROM items").fetchone()[0]


def _insert(database: sqlite3.Connection, item: Item) -> None:
    offices = [(item.number, one.office, one.start, one.end) for one in item.offices]
    database.executemany("INSERT OR IGNORE INTO offices VALUES (?, ?, ?, ?)", offices)
    if not item.names:
        return
    facts = (item.label, item.description, "|".join(item.classes), "|".join(item.countries), *(item.point or (None, None)), item.weight)
    row = (item.number, *facts, item.born, item.died, item.begun, item.ended)
    database.execute(_PUT, row)
    for name in folded_names(item.names):
        key = database.execute("INSERT INTO names (folded, item) VALUES (?, ?)", (name, item.number)).lastrowid
        database.executemany("INSERT INTO raw VALUES (?, ?)", ((word, key) for word in set(name.split())))


class Index:
    """An index opened for reading: the source of candidates that asks nobody."""

    name = "index"

    def __init__(self, path: Path) -> None:
        self._path, self._inner = path, dict[str, bool]()
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

    def candidates(self, things: Iterable[Thing]) -> Iterator[tuple[Entry, ...]]:
        """Yield the items with a name like one of each thing's, wrong spellings included."""
        for thing in things:
            slips = thing.misspellings if isinstance(thing, Entity) else ()
            names = dict.fromkeys(folded(name) for name in (*(name.text for name in written(thing, limit=40)), *slips))
            yield tuple(self.entries(dict.fromkeys(number for name in names for number in self.find(name))))

    def find(self, name: str, *, limit: int = 40) -> list[int]:
        """Return the numbers of the items whose names are most like `name`, those of the very name first."""
        from rapidfuzz import fuzz, process

        key = folded(name)
        if not key:
            return []
        same = self._rows("SELECT item FROM names WHERE folded = ? ORDER BY item LIMIT ?", (key, _SAME))
        met = self._rows("SELECT item, folded FROM names WHERE folded > ? AND folded < ? LIMIT ?", (f"{key} ", f"{key}!", limit))
        for word in self._rarest(key.split()):
            if len(met) < _FEW:
                met += self._rows(_OF_WORD, (word, _FEW - len(met)))
        found, texts = dict.fromkeys(number for (number,) in same), [text for _, text in met]
        for scorer in (fuzz.ratio, fuzz.token_sort_ratio):
            found |= dict.fromkeys(met[place][0] for _, _, place in process.extract(key, texts, scorer=scorer, limit=limit, score_cutoff=50))
        return list(found)

    def entries(self, numbers: Iterable[int]) -> Iterator[Entry]:
        """Yield the items of these numbers, in their order. Raises ValueError for one that is not here."""
        for some in batches(numbers, _BATCH):
            marks = ",".join("?" * len(some))
            facts = {row[0]: row for row in self._rows(f"SELECT * FROM items WHERE number IN ({marks})", some)}
            names: dict[int, list[str]] = {}
            offices: dict[int, list[Office]] = {}
            for item, name in self._rows(f"SELECT item, folded FROM names WHERE item IN ({marks}) ORDER BY id", some):
                names.setdefault(item, []).append(name)
            for item, *office in self._rows(f"SELECT * FROM offices WHERE item IN ({marks})", some):
                offices.setdefault(item, []).append(Office(*office))
            inner = self._inner_classes({part for row in facts.values() for part in _parts(row[3])})
            for number in some:
                if number not in facts:
                    raise ValueError(f"no item Q{number} in the index")
                _, label, description, classes, countries, latitude, longitude, weight, *dates = facts[number]
                point = (latitude, longitude) if latitude is not None else None
                yield Entry(
                    number, label, description, _parts(classes), _parts(countries), point, weight, tuple(dict.fromkeys(names.get(number, ()))), *dates,
                    tuple(offices.get(number, ())), is_inner=not inner.isdisjoint(_parts(classes)),
                )  # fmt: skip

    def _inner_classes(self, classes: Collection[str]) -> set[str]:
        """Return those of these classes that the index knows by name as classes of inner pages; each is looked up once."""
        new = [one for one in classes if one not in self._inner and one[:1] == "Q" and one[1:].isdecimal()]
        for some in batches(new, _BATCH):
            query = f"SELECT number FROM items WHERE number IN ({','.join('?' * len(some))}) AND (label LIKE 'Wikimedia %' OR label = 'disambiguation page')"
            inner = {f"Q{number}" for (number,) in self._rows(query, [int(one[1:]) for one in some])}
            self._inner |= {one: one in inner for one in some}
        return {one for one in classes if self._inner.get(one)}

    def _rarest(self, words: Sequence[str]) -> list[str]:
        """Return up to six words of the index that are these, sound alike or are one slip away, the rarest first."""
        met: dict[str, int] = {}
        for word in words:
            met |= self._rows("SELECT word, count FROM words WHERE word = ?", (word,))
            if len(word) >= 3:
                met |= self._rows("SELECT sounds.word, count FROM sounds JOIN words USING (word) WHERE sound = ? LIMIT 20", (sound(word),))
            if len(word) >= 4:
                near = [word, *shortened(word)]
                marks = ",".join("?" * len(near))
                met |= self._rows(f"SELECT word, count FROM words WHERE word IN ({marks})", near)
                met |= self._rows(f"SELECT slips.word, count FROM slips JOIN words USING (word) WHERE short IN ({marks})", near)
        return sorted(met, key=lambda word: (met[word], word))[:6]

    def _rows(self, query: str, values: Sequence[object]) -> list[tuple]:
        try:
            return self._database.execute(query, values).fetchall()
        except sqlite3.Error as wrong:
            raise InputError(f"the index is damaged: {wrong}", path=self._path, cure="build it anew with `kb link index FILE…`") from None


def _parts(text: str) -> tuple[str, ...]:
    return tuple(text.split("|")) if text else ()
