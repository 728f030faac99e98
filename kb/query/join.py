"""A joined query: one SELECT over two others, one of our claims, one for Wikidata; each part runs where its data is.

    SELECT … WHERE {
      { SELECT ?claim ?item … WHERE { … } }                              what claims say, and the item of whom or what
      { SELECT ?item ?wdOffice … WHERE { VALUES ?item { UNDEF } … } }    what Wikidata says of these items
      FILTER(…)
    }
    ORDER BY …

It is plain SPARQL 1.1 and runs as it stands on a store that holds both. Where Wikidata is elsewhere, the items of the first
part go into the slot of the second, which Wikidata is asked; its answer then stands in its place as a table, and the whole
runs here. Nothing leaves the machine but the second part and the ids.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from kb.errors import BadIri, InputError, QuerySyntaxError, RemoteError
from kb.query.tokens import Token, outline, tokens
from kb.rows import Result, Row, Term, iri, literal
from kb.vocab import PREFIXES

ITEM = "item"
MARK = "wd"  # how the name of a column starts that Wikidata fills
BATCH = 100  # items asked about at once
LONGEST = 16 << 20  # characters of a query with its table
_ITEM = re.compile(r"http://www\.wikidata\.org/entity/Q([1-9][0-9]{0,11})", re.ASCII)
_LANGUAGE = re.compile(r"[A-Za-z]+(?:-[A-Za-z0-9]+)*", re.ASCII)
_SLOT = ("VALUES", f"?{ITEM}", "{", "UNDEF", "}")
_NARROW = "narrow the query by its parameters"
Complaint = tuple[Token | None, str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """One inner SELECT: where it starts and ends in the query (its braces left out), its columns (None for `*`), its words."""

    start: int
    end: int
    columns: tuple[str, ...] | None
    words: tuple[Token, ...]

    @property
    def slots(self) -> list[Token]:
        """The UNDEF of each `VALUES ?item { UNDEF }`."""
        shapes = zip(*(self.words[number:] for number in range(len(_SLOT))), strict=False)
        return [five[3] for five in shapes if tuple(one.upper or one.text for one in five) == _SLOT]


@dataclass(frozen=True, slots=True)
class Join:
    """A joined query, cut: `here` is the part about claims, `there` the one for Wikidata."""

    text: str
    here: Part
    there: Part
    prefixes: dict[str, str]

    @property
    def place(self) -> int:
        """The place of ?item among the columns that Wikidata fills."""
        return (self.there.columns or ()).index(ITEM)

    def items_query(self) -> str:
        """Return the query for the items at hand: of the part about claims, ?item alone."""
        return f"{self._prologue(self.here)}SELECT DISTINCT ?{ITEM} WHERE {{ {{\n{self._inner(self.here)}\n}} }}"

    def wikidata_query(self, items: Iterable[int]) -> str:
        """Return the query for Wikidata about some items, each told by its number, and by nothing else of ours."""
        slot, inner = self.there.slots[0], self._inner(self.there)
        start = slot.start - self.there.start
        names = " ".join(f"<{PREFIXES['wd']}Q{number:d}>" for number in items)
        return f"{self._prologue(self.there)}{inner[:start]}{names}{inner[start + len(slot.text) :]}\n"

    def filled(self, rows: Iterable[Row]) -> str:
        """Return the query with what Wikidata answered in place of the part that asks it."""
        columns = " ".join(f"?{name}" for name in self.there.columns or ())
        table = "\n".join(f"({' '.join(map(_cell, row))})" for row in rows)
        return f"{self.text[: self.there.start]} VALUES ({columns}) {{\n{table}\n}} {self.text[self.there.end :]}"

    def _inner(self, part: Part) -> str:
        return self.text[part.start : part.end]

    def _prologue(self, part: Part) -> str:
        used = {token.text.partition(":")[0] for token in part.words if token.kind == "name"}
        return "".join(f"PREFIX {name}: {Term('iri', value)}\n" for name, value in self.prefixes.items() if name in used)


@dataclass(frozen=True, slots=True)
class Joined:
    """What a joined query gave; of how many items Wikidata was asked, and of how many of them it said nothing."""

    result: Result
    items: int
    silent: int


def run_join(text: str, run: Callable[[str], Result], ask: Callable[[str], Result], *, path: str = "") -> Joined:
    """Return what a joined query gives.

    `run` answers a query from our store, `ask` one from Wikidata; both may raise what they raise. Wikidata's unknown
    values come as empty cells. Raises InputError for a query that is none, RemoteError for an answer that does not fit.
    """
    join = cut(text, path=path)
    found = run(join.items_query())
    items = sorted({item_number(term) for (term,) in found.rows} - {None})
    rows = [] if found.truncated else [row for batch in _batches(items) for row in _answer(join, batch, ask)]
    filled = join.filled(rows)
    if found.truncated or len(filled) > LONGEST:
        raise InputError(f"{len(items):,} items and {len(rows):,} rows about them are too many to join", path=path, cure=_NARROW)
    return Joined(_joined(join, filled, run), len(items), len(items) - len({item_number(row[join.place]) for row in rows}))


def is_join(text: str) -> bool:
    """True for a query that can be joined with Wikidata."""
    return next(complaints(text), None) is None


def cut(text: str, *, path: str = "") -> Join:
    """Return the parts of a joined query. Raises InputError with the first reason why it is none."""
    for token, message, cure in complaints(text):
        line = text.count("\n", 0, token.start) + 1 if token else 0
        raise InputError(message, path=path, line=line, cure=cure)
    parts = list(_parts(text))
    there = next(part for part in parts if part.slots)
    here = next(part for part in parts if part is not there and ITEM in (part.columns or ()))
    return Join(text, here, there, outline(text).prefixes)


def complaints(text: str) -> Iterator[Complaint]:
    """Yield why a query cannot be joined: the word it is about (None for the whole), what is wrong, the cure."""
    parts = list(_parts(text))
    theirs, ours = [part for part in parts if part.slots], [part for part in parts if not part.slots and ITEM in (part.columns or ())]
    if len(theirs) != 1 or len(theirs[0].slots) != 1:
        yield None, f"{sum(len(part.slots) for part in theirs)} inner SELECTs for Wikidata", "write one, with the line  VALUES ?item { UNDEF }  once"
        return
    if len(ours) != 1:
        yield None, f"{len(ours)} inner SELECTs of claims that give ?{ITEM}", f"write one:  {{ SELECT ?claim ?{ITEM} … WHERE {{ … }} }}"
        return
    yield from _complaints_there(theirs[0], ours[0])


def _complaints_there(there: Part, here: Part) -> Iterator[Complaint]:
    first, columns = there.words[0], there.columns or ()
    if ITEM not in columns:
        yield first, f"the SELECT for Wikidata does not give ?{ITEM}", "name it first"
    for name in columns:
        if name != ITEM and not re.match(rf"{MARK}[A-Z]", name):
            yield first, f"?{name} comes from Wikidata and is not named so", f"call it ?{MARK}{name[:1].upper()}{name[1:]}"
    for name in sorted({*columns} & {*(here.columns or ())} - {ITEM}):
        yield first, f"?{name} stands on both sides", f"the parts meet in ?{ITEM} alone; compare other columns below them"
    for number, token in enumerate(there.words):
        if token.upper in ("LIMIT", "OFFSET"):
            yield token, f"{token.upper} in the SELECT for Wikidata", "leave it out: items are asked about in batches"
        if token.upper == "UNDEF" and token not in there.slots:
            cure = "Wikidata is told ids alone; put the parameter beside the parts"
            yield token, f"a parameter in the SELECT for Wikidata: {there.words[number - 2].text}", cure


def item_number(term: Term | None) -> int | None:
    """Return the number of the item of Wikidata that a term names; None when it names none."""
    found = _ITEM.fullmatch(term.value) if term is not None and term.kind == "iri" else None
    return int(found[1]) if found else None


def _batches(items: Sequence[int]) -> Iterator[Sequence[int]]:
    return (items[start : start + BATCH] for start in range(0, len(items), BATCH))


def _answer(join: Join, batch: Sequence[int], ask: Callable[[str], Result]) -> Iterator[Row]:
    """Yield the rows that Wikidata answers about some items, in the order of our columns."""
    result, columns, asked = ask(join.wikidata_query(batch)), join.there.columns or (), set(batch)
    if result.kind != "select" or sorted(result.columns) != sorted(columns):
        raise _unfit(f"other columns than asked for: {', '.join(result.columns)[:200] or result.kind}")
    places = [result.columns.index(name) for name in columns]
    for row in result.rows:
        item = row[result.columns.index(ITEM)]
        if item_number(item) not in asked:
            raise _unfit(f"a row about {item.value[:80] if item else 'nothing'}, which was not asked about")
        yield tuple(row[place] for place in places)


def _joined(join: Join, filled: str, run: Callable[[str], Result]) -> Result:
    try:
        return run(filled)
    except QuerySyntaxError:
        run(join.filled([]))  # a slip of the query's own is told with its place
        raise _unfit("an IRI, a datatype or a language that SPARQL does not take") from None


def _unfit(what: str) -> RemoteError:
    return RemoteError(f"not an answer to our question: {what}", endpoint="Wikidata", cure="look at the endpoint's address, or try again later")


def _cell(term: Term | None) -> str:
    """Return a term as a table in a query holds it; unbound for a blank node, which is Wikidata's unknown value.

    Raises RemoteError for a term that could not be written so that it stays one.
    """
    if term is None or term.kind == "blank":
        return "UNDEF"
    try:
        if term.kind == "iri":
            return str(iri(term.value))
        if term.kind == "literal" and (not term.lang or _LANGUAGE.fullmatch(term.lang)):
            return str(literal(term.value, iri(term.datatype).value if term.datatype and not term.lang else "", term.lang))
    except (BadIri, InputError):
        pass
    raise _unfit(f"a value that is none: {str(term)[:80]!r}")


def _parts(text: str) -> Iterator[Part]:
    """Yield the outermost inner SELECTs of a query, in their order: each `{ SELECT … }` within its WHERE."""
    words = list(tokens(text))
    number = 0
    while number < len(words) - 1:
        if words[number].text == "{" and words[number + 1].upper == "SELECT":
            shut = _closing(words, number)
            start, end = words[number + 1].start, words[shut].start if shut < len(words) else len(text)
            found = outline(text[start:end])
            yield Part(start, end, found.columns, tuple(words[number + 1 : shut]))
            number = shut
        number += 1


def _closing(words: Sequence[Token], opening: int) -> int:
    level = 0
    for number in range(opening, len(words)):
        level += (words[number].text == "{") - (words[number].text == "}")
        if level == 0:
            return number
    return len(words)
