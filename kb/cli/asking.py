"""The command that asks: query."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kb.cli import app, home, say
from kb.cli.remote import MAX_AGE, Endpoint, MaxAge, Offline, make_client, sparql_address
from kb.cli.remote import TIMEOUT as REQUEST
from kb.errors import InputError, UnknownName, did_you_mean

if TYPE_CHECKING:
    from kb.endpoint import Client
    from kb.home import Home
    from kb.model import Corpus
    from kb.query import StoredQuery
    from kb.rows import Result
    from kb.store import Store


class RowsFormat(StrEnum):
    table = "table"
    csv = "csv"
    tsv = "tsv"
    json = "json"
    jsonl = "jsonl"
    turtle = "turtle"
    ntriples = "ntriples"
    jsonld = "jsonld"


_GRAPHS = ("turtle", "ntriples", "jsonld")


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def query(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="A stored query, a .rq file, or - for stdin; left out: lists the stored queries.")] = None,
    format: Annotated[RowsFormat | None, typer.Option("--format", "-f", help="turtle, ntriples and jsonld are for CONSTRUCT.")] = None,
    store: Annotated[str | None, typer.Option("--store", help="A SPARQL 1.1 endpoint to ask instead of the built store.")] = None,
    timeout: Annotated[
        float | None, typer.Option("--timeout", help="Seconds after which the query, or a request to Wikidata, is ended (30 and 60).", min=0.1)
    ] = None,
    limit: Annotated[int, typer.Option("--limit", help="Rows at most.", min=1)] = 100_000,
    endpoint: Endpoint = None,
    offline: Offline = False,
    max_age: MaxAge = MAX_AGE,
    fetched: Annotated[bool, typer.Option("--fetched", help="Ask nobody: join with what `kb link enrich` fetched of the linked items.")] = False,
) -> None:
    """Answer a stored query, a file, or stdin. A query's own parameters are options: --speaker olaf-scholz.

    Those listed under wikidata: are joined with what Wikidata says of the linked things; it is told their ids, nothing else.
    """
    from kb import query as queries
    from kb.ids import DEFAULT_BASE
    from kb.store import open_store

    if name is None:
        _list(queries.stored_queries(home().queries))
        return
    here = _home(needed=store is None or not _is_text(name))
    where = store or _built(here)
    corpus = _corpus(here) if here else None
    contact = corpus.contact if corpus else None
    asked = _asked(name, here)
    seconds = timeout or queries.TIMEOUT
    text = _bound(asked, context.args, partial(open_store, where, timeout=seconds, contact=contact))
    run = partial(queries.run_query, where, timeout=seconds, contact=contact, path=name)
    is_join = asked.folder == queries.JOINED or (_is_text(name) and queries.is_join(text))
    if is_join and not fetched:
        client = make_client(here or home(), offline=offline, max_age=max_age, timeout=timeout or REQUEST)
        result = _joined(text, run, client, sparql_address(endpoint), limit)
    elif not is_join and (fetched or endpoint is not None):
        option, cure = "--fetched" if fetched else "--endpoint", "--store names another store" if endpoint else ""
        raise InputError(f"{option} is for the queries listed under wikidata:, {name} is none", cure=cure)
    else:
        if fetched:
            _tell_fetched(run, corpus or _corpus(home()))
        result = run(text, max_rows=limit)
    if result.truncated:
        say("the answer was cut off: narrow the query, or raise --limit")
    _show(result, format, here, corpus.base if corpus else DEFAULT_BASE)


def _joined(text: str, run: partial[Result], client: Client, url: str, limit: int) -> Result:
    from kb import query as queries

    here = partial(run, longest=queries.LONGEST, max_rows=max(limit, queries.MAX_ROWS))
    found = queries.run_join(text, here, partial(client.ask, url), path=run.keywords["path"])
    say(f"joined with what {url} says of {found.items} items; of {found.silent} it says nothing of that")
    rows = found.result.rows
    return replace(found.result, rows=rows[:limit], truncated=found.result.truncated or len(rows) > limit)


def _tell_fetched(run: partial[Result], corpus: Corpus) -> None:
    """Say how old what was fetched of Wikidata is. Raises InputError when nothing was."""
    from kb.ids import Mint
    from kb.vocab import PREFIXES

    graph = Mint(corpus.base).graph("wikidata")
    days = run(f"SELECT (MIN(?day) AS ?first) WHERE {{ GRAPH <{graph}> {{ ?page <{PREFIXES['dcterms']}date> ?day }} }}").rows
    if not days or days[0][0] is None:
        raise InputError("the store holds nothing that was fetched of Wikidata", cure="run `kb link enrich`, then `kb build`")
    say(f"joined with what was fetched of Wikidata's linked items, as of {days[0][0].value} or later")


def _home(*, needed: bool) -> Home | None:
    """Return the knowledge base we stand in. One that is not `needed` still names a contact and a base; it may be missing."""
    try:
        return home()
    except InputError:
        if needed:
            raise
        return None


def _is_text(name: str) -> bool:
    return name == "-" or name.endswith(".rq")


def _built(here: Home) -> str:
    if not here.store.is_dir():
        raise InputError("nothing is built yet", path=here.root, cure="run `kb build`")
    return str(here.store.resolve())


def _corpus(here: Home) -> Corpus:
    from kb.facts import read_corpus

    return read_corpus(here.config, name="corpus/corpus.yaml")


def _asked(name: str, here: Home | None) -> StoredQuery:
    from kb import query as queries

    if not _is_text(name):
        return _stored(name, here)
    return queries.loose_query(sys.stdin.buffer.read() if name == "-" else _content(Path(name)), name)


def _bound(asked: StoredQuery, words: list[str], opened: Callable[[], Store]) -> str:
    """Return the query's text with its parameters put in; names are looked up in the store that is `opened`."""
    from kb import query as queries

    values: dict[str, list[str]] = {}
    store = opened() if words else None
    for param, word in _given(words, asked):
        values.setdefault(param, []).append(queries.read_value(store, asked.params[param], word))
    return queries.bind(asked, values)


def _stored(name: str, here: Home) -> StoredQuery:
    from kb import query as queries

    stored = queries.stored_queries(here.queries)
    found = next((one for one in stored if one.name == name), None)
    if found is None:
        names = [one.name for one in stored]
        raise UnknownName(f"no stored query '{name}'", cure=did_you_mean(name, names) or "`kb query` lists them")
    return found


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as wrong:
        cure = "name a .rq file, or a stored query without .rq"
        raise InputError(f"cannot be read: {wrong.strerror}", path=path, cure=cure) from None


def _given(words: list[str], asked: StoredQuery) -> Iterator[tuple[str, str]]:
    """Yield parameter and word from `--name value` and `--name=value`. Raises InputError for what the query does not take."""
    left = list(words)
    while left:
        option, equals, value = left.pop(0).partition("=")
        param = option.removeprefix("--").replace("-", "_")
        if not option.startswith("--") or param not in asked.params:
            takes = ", ".join(f"--{one}" for one in asked.params)
            cure = did_you_mean(param, asked.params) or (f"it takes {takes}" if takes else "it takes no parameters")
            raise InputError(f"'{option}' is no option or parameter of {asked.name}", cure=cure)
        if not equals and not left:
            raise InputError(f"{option} needs a value")
        yield param, value if equals else left.pop(0)


def _show(result: Result, format: RowsFormat | None, here: Home | None, base: str) -> None:
    from kb.export import serialize_triples
    from kb.home import shipped
    from kb.show import show_result

    if result.kind == "construct":
        wanted = (format or RowsFormat.turtle).value
        if wanted not in _GRAPHS:
            raise InputError(f"a CONSTRUCT gives triples, not {wanted}", cure=f"use --format {', '.join(_GRAPHS)}")
        context = (here.ontology if here else shipped("ontology")) / "context.jsonld"
        sys.stdout.write(serialize_triples(result.triples, wanted, context=context, base=base))
        return
    wanted = (format or RowsFormat.table).value
    if wanted in _GRAPHS:
        raise InputError(f"{wanted} is for CONSTRUCT; this query gives rows", cure="use --format table, csv, tsv, json or jsonl")
    show_result(result, wanted, sys.stdout, base=base)


def _list(stored: list[StoredQuery]) -> None:
    for folder in dict.fromkeys(one.folder for one in stored):
        print(f"{folder}:")
        for one in stored:
            if one.folder == folder:
                options = "".join(f" [--{param}]" for param in one.params)
                print(f"  {one.name}{options}\n      {one.summary}")
