"""A stored query as a page: its question, its parameters as a form, its rows with claims written out as sayings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

from kb.errors import InputError, KbError, QueryRefused
from kb.pages.cards import Card, cards
from kb.pages.figures import Figure, bar, bounds, places, timeline
from kb.pages.reading import Reader, Thing, clip
from kb.query import Param, StoredQuery, bind, pieces, read_value
from kb.rows import Result, Row, Term

SHOWN = 100  # rows on a page; the downloads have all
OFFERED = 300  # names offered while typing
_SCHEMES = ("event-type", "flag-kind", "time-basis", "question-kind", "quantity-kind", "modality", "polarity")
_NUMBERS = ("integer", "decimal", "double", "nonNegativeInteger")
Params = Mapping[str, Sequence[str]]
Run = Callable[[str], Result]


class Option(NamedTuple):
    """What a parameter may name."""

    id: str
    label: str
    iri: str


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter in the form: `kind` of input, the value given, and names to choose from."""

    name: str
    about: str
    type: str
    kind: str
    value: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell: a claim, a thing, or a text."""

    text: str = ""
    card: Card | None = None
    thing: Thing | None = None
    address: str = ""
    lang: str = ""
    is_number: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedView:
    template = "query.html"
    name: str
    summary: str
    query: StoredQuery
    fields: tuple[Field, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    number: int
    truncated: bool
    has_run: bool
    triples: str
    downloads: tuple[tuple[str, str], ...]
    figure: Figure | None
    problem: str

    @property
    def title(self) -> str:
        return self.summary

    @property
    def pieces(self) -> list[tuple[str, str]]:
        """The query's text as `kb.query.pieces` gives it: what a page without a server puts values into."""
        return list(pieces(self.query.text))


def status_of(wrong: KbError) -> int:
    """Return the HTTP status that says what went wrong: theirs (400, 403) or for now (503)."""
    return 403 if isinstance(wrong, QueryRefused) else 400 if isinstance(wrong, InputError) else 503


def once(run: Run) -> Run:
    """Return `run` that remembers what the last text gave, an error too: one that took too long is not tried again for each form."""
    last: list[tuple[str, Result | KbError]] = []

    def remembered(text: str) -> Result:
        if not last or last[0][0] != text:
            try:
                last[:] = [(text, run(text))]
            except KbError as wrong:
                last[:] = [(text, wrong)]
        found = last[0][1]
        if isinstance(found, KbError):
            raise found
        return found

    return remembered


def answer(query: StoredQuery, reader: Reader, params: Params, run: Run) -> Result:
    """Return what a stored query gives for the values of a request. Raises what reading, binding and running raise."""
    return run(bound(query, reader, params))


def bound(query: StoredQuery, reader: Reader, params: Params) -> str:
    """Return a stored query's text with the values of a request. Raises what reading and binding raise."""
    given: dict[str, list[str]] = {}
    for name, words in params.items():
        if name not in query.params:
            bind(query, {name: ""})  # raises with the nearest names
        given[name] = [read_value(reader.store, query.params[name], word.strip()[:1000]) for word in words if word.strip()]
    return bind(query, {name: values for name, values in given.items() if values})


def asked_view(query: StoredQuery, reader: Reader, params: Params, run: Run | None) -> tuple[AskedView, int]:
    """Return the page of a stored query and its status. A wrong value or an ended query is told on the page."""
    result, problem, status = None, "", 200
    try:
        result = answer(query, reader, params, run) if run else None
    except KbError as wrong:
        problem, status = f"{wrong.message}{'. ' + wrong.cure if wrong.cure else ''}", status_of(wrong)
    words = [(name, word) for name in query.params for word in params.get(name, ()) if word.strip()]
    columns, rows = _table(reader, result) if result is not None and result.kind == "select" else ((), ())
    forms = ("csv", "tsv", "json") if query.kind == "select" else ("ttl", "nt", "jsonld") if query.kind in ("construct", "describe") else ("json",)
    view = AskedView(
        name=query.name, summary=query.summary, query=query, fields=tuple(_field(reader, param, params) for param in query.params.values()),
        columns=columns, rows=rows, number=len(result.rows) if result else 0, truncated=bool(result and result.truncated), has_run=result is not None,
        triples=result.triples[:20_000].rpartition("\n")[0] if result else "", downloads=tuple((form, f"{query.name}.{form}" + (f"?{urlencode(words)}" if words else "")) for form in forms),
        figure=_figure(reader, query, result) if result is not None else None, problem=problem,
    )  # fmt: skip
    return view, status


def _field(reader: Reader, param: Param, params: Params) -> Field:
    kind = {"date": "date", "integer": "number"}.get(param.type, "text")
    value = next(iter(params.get(param.name, ())), param.default or "")[:300]
    return Field(param.name, param.about, param.type, kind, value, tuple(_options(reader, param.type)))


def _options(reader: Reader, type_: str) -> Iterator[Option]:
    """Yield what a parameter may name; of claims there are too many."""
    if type_ == "concept":
        yield from (Option(word.id, word.label, word.iri) for scheme in _SCHEMES for word in reader.words(scheme))
        return
    kinds = {"iri": ("entity", "event")}.get(type_, (type_,))
    things = [thing for kind in kinds if kind in ("entity", "event", "article", "question") for thing in reader.things(kind)]
    yield from (Option(thing.id, thing.label, thing.iri) for thing in things[:OFFERED])


def _table(reader: Reader, result: Result) -> tuple[tuple[str, ...], tuple[tuple[Cell, ...], ...]]:
    """Return the columns and rows as shown: a claim is written as a saying, and what then says nothing more is left out."""
    rows = result.rows[:SHOWN]
    claims = {term.value for row in rows for term in row if _is_claim(reader, term)}
    told = cards(reader, sorted(claims))
    hidden = _hidden(result.columns, rows, told)
    shown = [place for place, name in enumerate(result.columns) if name not in hidden]
    labels = {name: result.columns.index(f"{name}Label") for name in result.columns if f"{name}Label" in result.columns}
    table = tuple(tuple(_cell(reader, row[place], told, _label_of(row, labels.get(result.columns[place]))) for place in shown) for row in rows)
    if "end" in hidden:
        return tuple("characters" if result.columns[place] == "start" else _words(result.columns[place]) for place in shown), _spanned(result, shown, table)
    return tuple(_words(result.columns[place]) for place in shown), table


def _spanned(result: Result, shown: Sequence[int], table: Sequence[tuple[Cell, ...]]) -> tuple[tuple[Cell, ...], ...]:
    """Return the table with start and end of evidence in one cell."""
    start, end = result.columns.index("start"), result.columns.index("end")
    at = list(shown).index(start)
    spans = [Cell(f"{row[start].value}–{row[end].value}") if row[start] is not None and row[end] is not None else Cell() for row in result.rows[: len(table)]]
    return tuple((*cells[:at], span, *cells[at + 1 :]) for cells, span in zip(table, spans, strict=True))


def _label_of(row: Row, place: int | None) -> str:
    term = row[place] if place is not None else None
    return term.value if term is not None else ""


def _is_claim(reader: Reader, term: Term | None) -> bool:
    return term is not None and term.kind == "iri" and reader.path(term.value).startswith("id/claim/") and "#" not in reader.path(term.value)


def _hidden(columns: Sequence[str], rows: Sequence[Row], told: Mapping[str, Card]) -> set[str]:
    """Return the columns that repeat what another shows: labels of things, wordings and speakers of claims."""
    hidden = {name for name in columns if name.endswith("Label") and name.removesuffix("Label") in columns}
    stems = [place for place, name in enumerate(columns) if any(row[place] is not None and row[place].value in told for row in rows)]
    for place, name in enumerate(columns):
        if place in stems or not rows:
            continue
        for stem in stems:
            pairs = [(told.get(row[stem].value) if row[stem] is not None else None, row[place]) for row in rows]
            if all(card is None or (cell is not None and clip(cell.value) in (card.label, card.speaker.iri, card.speaker.label, card.article.iri)) for card, cell in pairs):
                hidden.add(name)
    if {"start", "end"} <= set(columns):
        hidden.add("end")
    return hidden


def _cell(reader: Reader, term: Term | None, told: Mapping[str, Card], label: str) -> Cell:
    if term is None:
        return Cell()
    if term.kind != "iri":
        return Cell(clip(term.value), lang=term.lang, is_number=term.datatype.rpartition("#")[2] in _NUMBERS)
    if term.value in told:
        return Cell(card=told[term.value])
    path = reader.path(term.value)
    if path:
        known = reader.thing(term.value)
        word = reader.word(term.value) if path.startswith("ns.html") else None
        return Cell(thing=Thing(term.value, clip(label) or (word.label if word else known.label), path))
    wikidata = term.value.startswith(("http://www.wikidata.org/entity/", "https://www.wikidata.org/entity/"))
    return Cell(clip(label or term.value.rpartition("/")[2] if wikidata else term.value), address=term.value if wikidata else "")


def _words(column: str) -> str:
    """Return a column's name as words: `otherSpeaker` is other speaker."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in column.removesuffix("Label"))


def _figure(reader: Reader, query: StoredQuery, result: Result) -> Figure | None:
    if not query.view or result.kind != "select" or not result.rows:
        return None
    rows = [dict(zip(result.columns, row, strict=True)) for row in result.rows]
    makers = {"timeline": _timeline, "bar": _bar, "map": _map}
    return makers[query.view](reader, query, rows)


def _text(row: Mapping[str, Term | None], *names: str) -> str:
    return next((term.value for name in names if (term := row.get(name)) is not None), "")


def _subject(reader: Reader, row: Mapping[str, Term | None]) -> tuple[str, str]:
    """Return the label and address of what a row is about: its first thing, a claim as a saying."""
    name, term = next(((name, term) for name, term in row.items() if term is not None and term.kind == "iri"), ("", None))
    if row.get("claim") is not None:
        name, term = "claim", row["claim"]
    label = _text(row, "label", f"{name}Label") if name == "claim" else _text(row, f"{name}Label", "label")
    said = f"{_text(row, 'speakerLabel', 'officialLabel')}: " if name == "claim" and _text(row, "speakerLabel", "officialLabel") else ""
    return clip(said + (label or (term.value.rpartition("/")[2] if term else ""))), f"../{reader.path(term.value)}" if term and reader.path(term.value) else ""


def _timeline(reader: Reader, query: StoredQuery, rows: Sequence[Mapping[str, Term | None]]) -> Figure:
    found = []
    for row in rows:
        label, href = _subject(reader, row)
        early, late = (_text(row, "earliest"), _text(row, "latest")) if "earliest" in row else bounds(_text(row, "time", "said"))
        if early or late:
            lane, certainty = _text(row, "speakerLabel", "officialLabel", "basisLabel"), _text(row, "certainty")
            found.append({"label": label, "href": href, "earliest": early, "latest": late, "lane": lane, "certainty": certainty})
    return timeline(query.summary, found)


def _bar(reader: Reader, query: StoredQuery, rows: Sequence[Mapping[str, Term | None]]) -> Figure:
    count = bar_column(query.columns)
    found = []
    for row in rows:
        label, href = _subject(reader, row)
        more = " ".join(filter(None, (_text(row, name) for name in ("months", "part"))))
        try:
            found.append((f"{label} {more}".strip(), float(_text(row, count)), href))
        except ValueError:
            continue
    return bar(query.summary, count, found)


def bar_column(columns: Sequence[str]) -> str:
    """Return the column that a bar's length shows."""
    from kb.query.header import VIEWS

    return next(name for name in VIEWS["bar"][0] if name in columns)


def _map(reader: Reader, query: StoredQuery, rows: Sequence[Mapping[str, Term | None]]) -> Figure:
    found = []
    for row in rows:
        label, href = _subject(reader, row)
        try:
            found.append((label, href, float(_text(row, "latitude")), float(_text(row, "longitude")), int(_text(row, "claims") or 0)))
        except ValueError:
            continue
    return places(query.summary, found)


