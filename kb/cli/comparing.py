"""The command that compares: who contradicts whom, who agrees, and who only repeats."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kb.cli import app, home, say
from kb.errors import InputError, UnknownName, did_you_mean

if TYPE_CHECKING:
    from datetime import date

    from kb.home import Home
    from kb.store import Store


class ComparisonFormat(StrEnum):
    table = "table"
    json = "json"
    jsonl = "jsonl"
    csv = "csv"
    turtle = "turtle"


@app.command()
def compare(
    question: Annotated[list[str] | None, typer.Option("--question", help="Only this question, by id or label; may be repeated.")] = None,
    entity: Annotated[str | None, typer.Option("--entity", help="Only questions with a claim by this entity, from it or about it.")] = None,
    kind: Annotated[list[str] | None, typer.Option("--kind", help="Only questions of this kind: fact, value, cause, framing, purpose, forecast, evaluation.")] = None,
    min_strength: Annotated[str | None, typer.Option("--min-strength", help="Only questions at least weak, medium or strong.")] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="Only what had been said by that day, as 2031-05-04.")] = None,
    pairs: Annotated[bool, typer.Option("--pairs", help="List each pair of claims that clash.")] = False,
    propose: Annotated[bool, typer.Option("--propose", help="Show what rules propose as questions that nobody has entered yet.")] = False,
    copies: Annotated[bool, typer.Option("--copies", help="Show passages that articles share nearly word for word, proposed as of one origin.")] = False,
    texts: Annotated[Path | None, typer.Option("--texts", help="With --copies: folder with the articles' texts; corpus/texts when left out.")] = None,
    format: Annotated[ComparisonFormat, typer.Option("--format", "-f", help="How the comparison is written; turtle holds its nodes alone.")] = ComparisonFormat.table,
) -> None:
    """Print, question by question, who contradicts whom and who agrees. A contradiction is a result: the exit code stays 0."""
    from kb import compare as comparing
    from kb.query import resolve_name

    given = {
        "--question": question, "--entity": entity, "--kind": kind, "--min-strength": min_strength, "--as-of": as_of,
        "--pairs": pairs or None, "--propose": propose or None, "--copies": copies or None, "--texts": texts,
    }  # fmt: skip
    _fitting([option for option, value in given.items() if value not in (None, [])], format)
    here = home()
    store = _store(here)
    if copies:
        _copies(store, here, texts or here.texts, format)
        return
    if propose:
        _propose(store, here, format)
        return
    wanted = comparing.Filter(
        questions=[resolve_name(store, word, "question") for word in question or ()],
        entity=None if entity is None else resolve_name(store, entity, "entity"),
        kinds=[_word("question-kind", word, "--kind") for word in kind or ()],
        min_strength=None if min_strength is None else _word("strength", min_strength, "--min-strength"), as_of=_day(as_of),
    )  # fmt: skip
    _write(comparing.compare(store, wanted, words=_relations(here)), here, format, pairs)


def _fitting(given: list[str], format: ComparisonFormat) -> None:
    """Raise InputError where an option would have no effect beside another one."""
    if "--texts" in given and "--copies" not in given:
        raise InputError("--texts is for --copies, and --copies stands alone", cure="kb compare --copies --texts DIR")
    for option, with_it in (("--copies", ["--texts"]), ("--propose", [])):
        others = [one for one in given if one not in (option, *with_it)]
        if option in given and others:
            raise InputError(f"{option} stands alone: it looks at all claims", cure=f"leave out {', '.join(others)}")
    if "--pairs" in given and format is ComparisonFormat.turtle:
        raise InputError("pairs have no triples: a clash has its members", cure="use --format table, json, jsonl or csv")


def _store(here: Home) -> Store:
    from kb.store import open_store

    if not here.store.is_dir():
        raise InputError("nothing is built yet", path=here.root, cure="run `kb build`")
    return open_store(here.store.resolve())


def _relations(here: Home) -> object:
    from kb.query import stored_queries

    return next((one for one in stored_queries(here.queries) if one.name == "claims-set-against-each-other"), None)


def _word(scheme: str, word: str, option: str) -> str:
    from kb.vocab import SCHEMES

    if word not in SCHEMES[scheme]:
        raise UnknownName(f"{option}: no {word!r}", cure=did_you_mean(word, SCHEMES[scheme]) or f"one of {', '.join(SCHEMES[scheme])}")
    return word


def _day(text: str | None) -> date | None:
    from datetime import date

    from kb.errors import BadDate

    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:  # other forms of ISO 8601, as 2031-W07, are no day or another one
        raise BadDate(f"--as-of: {text!r} is not a day", cure="write it like 2031-05-04")
    return day


def _propose(store: Store, here: Home, format: ComparisonFormat) -> None:
    from kb import compare as comparing
    from kb.facts import read_corpus
    from kb.show import proposals as shown

    if format is ComparisonFormat.turtle:
        raise InputError("proposals are for an editor and have no triples", cure="use --format table, json, jsonl or csv")
    found, comparison = comparing.propose(store), comparing.compare(store)
    new = list(comparing.new_ones(found, comparison))
    sum_ = shown.summary(found, new, comparing.score(found, comparison))
    if format is ComparisonFormat.table:
        shown.write_table(new, sum_, sys.stdout, read_corpus(here.config).base)
    else:
        {"json": shown.write_json, "jsonl": shown.write_jsonl, "csv": shown.write_rows}[format.value](new, sum_, sys.stdout)


def _copies(store: Store, here: Home, folder: Path, format: ComparisonFormat) -> None:
    from kb.compare.shared import shared_passages
    from kb.facts import read_corpus
    from kb.show import copies as shown

    if format is ComparisonFormat.turtle:
        raise InputError("copies are proposals and have no triples", cure="use --format table, json, jsonl or csv")
    found = shared_passages(store, folder)
    if format is ComparisonFormat.table:
        shown.write_table(found, sys.stdout, read_corpus(here.config).base)
    else:
        {"json": shown.write_json, "jsonl": shown.write_jsonl, "csv": shown.write_rows}[format.value](found, sys.stdout)
    if format in (ComparisonFormat.jsonl, ComparisonFormat.csv):
        say(shown.summary(found))


def _write(found: object, here: Home, format: ComparisonFormat, pairs: bool) -> None:
    from kb.export import serialize_triples
    from kb.facts import read_corpus
    from kb.show import comparison

    base = read_corpus(here.config).base
    if format is ComparisonFormat.table:
        comparison.write_table(found, sys.stdout, base, with_pairs=pairs)
    elif format is ComparisonFormat.turtle:
        context = here.ontology / "context.jsonld"
        sys.stdout.write(serialize_triples(comparison.triples(found), "turtle", context=context, base=base))
    else:
        write = {"json": comparison.write_json, "jsonl": comparison.write_jsonl, "csv": comparison.write_rows}[format.value]
        write(found, sys.stdout, with_pairs=pairs)
