"""Commands for links to Wikidata: link, link index."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kb.cli import app, home, say
from kb.cli.remote import (
    MAX_AGE,
    TIMEOUT,
    Endpoint,
    MaxAge,
    Offline,
    Timeout,
    api_address,
    has_api,
    has_sparql,
    make_client,
    reconcile_address,
    sparql_address,
)

if TYPE_CHECKING:
    from kb.endpoint import Client
    from kb.home import Home
    from kb.link import Heard, Source

group = typer.Typer(help="Suggest links to Wikidata; a person judges them.", invoke_without_command=True)
app.add_typer(group, name="link")


class TableFormat(StrEnum):
    table = "table"
    csv = "csv"
    tsv = "tsv"
    json = "json"
    jsonl = "jsonl"


class SourceName(StrEnum):
    index = "index"
    api = "api"
    sparql = "sparql"
    reconcile = "reconcile"


@group.callback()
def link(
    context: typer.Context,
    source: Annotated[
        list[SourceName] | None, typer.Option("--source", help="Where to look, once or more: the local index (when none is named), or online the other three, which are sent the names of things.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", help="Candidates at most for one thing.", min=1)] = 5,
    format: Annotated[TableFormat | None, typer.Option("--format", "-f", help="How candidates are shown; a table in a terminal, else csv.")] = None,
    endpoint: Endpoint = None,
    offline: Offline = False,
    max_age: MaxAge = MAX_AGE,
    timeout: Timeout = TIMEOUT,
) -> None:
    """Show candidates for what has no link, and write them to corpus/links/predictions.sssom.tsv. Never a link by itself."""
    if context.invoked_subcommand is not None:
        return
    from kb.facts import read_corpus, read_names
    from kb.files import write_atomically
    from kb.ids import Mint
    from kb.link import file_text, new_file, predictions, read_judgements, suggest

    here = home()
    corpus, names = read_corpus(here.config, name="corpus/corpus.yaml"), read_names(here.name_files())
    mint, target = Mint(corpus.base), here.corpus / "links" / "predictions.sssom.tsv"
    client = make_client(here, offline=offline, max_age=max_age, timeout=timeout)
    with ExitStack() as opened:
        chosen = list(dict.fromkeys(source or [SourceName.index]))
        sources = [_source(one, chosen, here, client, endpoint, opened) for one in chosen]
        found = list(suggest(names, read_judgements(here.link_files()), sources, mint, heard=_heard(here), limit=limit))
    target.parent.mkdir(exist_ok=True)
    write_atomically(target, file_text(new_file("predictions", predictions(found, names, mint), mint, licence=corpus.licence)))
    _show(found, format)
    say(f"{here.shown(target)}: candidates: {len(found)}, for things: {len({one.thing for one in found})}; judge them before they count")


def _source(name: SourceName, chosen: Sequence[SourceName], here: Home, client: Client, endpoint: str | None, opened: ExitStack) -> Source:
    from kb.link import Api, Index, Reconcile, Sparql

    if name is SourceName.index:
        return opened.enter_context(closing(Index(here.link_index)))
    if name is SourceName.api:
        return Api(client, api_address())
    if name is SourceName.sparql:
        return Sparql(client, sparql_address(endpoint))
    return Reconcile(client, reconcile_address(), _facts(chosen, client, endpoint))


def _facts(chosen: Sequence[SourceName], client: Client, endpoint: str | None) -> Callable[..., Mapping] | None:
    """Return what tells the facts of items that a reconciliation service names: what was chosen or configured beside it, else nothing."""
    from kb.link import Api, Sparql

    if SourceName.api in chosen or has_api():
        return Api(client, api_address()).numbered
    if SourceName.sparql in chosen or has_sparql(endpoint):
        return Sparql(client, sparql_address(endpoint)).items
    return None


def _heard(here: Home) -> Mapping[str, Heard]:
    """Return when the corpus has things speak; nothing, and a word about it, when it is not built."""
    from kb.link import heard
    from kb.store import open_store

    if not here.store.is_dir():
        say("nothing is built yet, so dates are not looked at; run `kb build` first")
        return {}
    return heard(open_store(here.store.resolve()))


def _show(found: list, format: TableFormat | None) -> None:
    from kb.rows import Term
    from kb.show import show_rows

    rows = [
        tuple(Term("literal", text) for text in (one.thing.rpartition("/id/")[2], f"{one.score:.3f}", f"Q{one.entry.number}", one.entry.label, "; ".join(one.reasons)))
        for one in found
    ]  # fmt: skip
    shown = format.value if format else "table" if sys.stdout.isatty() else "csv"
    show_rows(("thing", "score", "item", "label", "why"), rows, shown, sys.stdout)


@group.command()
def index(
    files: Annotated[list[Path], typer.Argument(help="Extracts: .tsv, .sssom.tsv, .json (a Wikidata dump), .nt; plain, .gz or .bz2.")],
) -> None:
    """Build the local index of items' names that `kb link` looks in, from FILES of any size; it takes the place of the last one."""
    from kb.link import build_index

    here = home()
    here.cache.mkdir(exist_ok=True)
    seen = sys.stderr.isatty() and "NO_COLOR" not in os.environ
    try:
        count = build_index(files, here.link_index, _tell_read if seen else lambda _: None)
    finally:
        if seen:
            sys.stderr.write("\r\x1b[K")
    say(f"{here.shown(here.link_index)}: {count:,} items, {here.link_index.stat().st_size / 1e6:.1f} MB")


def _tell_read(items: int) -> None:
    """Say how far reading is, on one line that is written over."""
    sys.stderr.write(f"\r{items:,} items read \x1b[K\r")
    sys.stderr.flush()
