"""Commands that ask Wikidata about links that are made: link check, link enrich."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from kb.cli import exit_with_findings, home, say, tell_findings
from kb.cli.judging import built_store
from kb.cli.linking import group
from kb.cli.making import FindingsFormat
from kb.cli.remote import TIMEOUT, Endpoint, MaxAge, Offline, Timeout, as_of, day_of, make_client, sparql_address

if TYPE_CHECKING:
    from kb.endpoint import Client
    from kb.home import Home
    from kb.rows import Result


@group.command("check")
def _check(
    format: Annotated[FindingsFormat, typer.Option("--format", "-f", help="How findings are written.")] = FindingsFormat.table,
    endpoint: Endpoint = None,
    offline: Offline = False,
    max_age: MaxAge = 0.0,
    timeout: Timeout = TIMEOUT,
) -> None:
    """Ask Wikidata what became of the judged items: merged, deleted, renamed, of another class; offices not held on the day."""
    from kb.facts import read_corpus, read_names
    from kb.ids import Mint
    from kb.link import drift, offices_claimed, read_judgements

    here, url = home(), sparql_address(endpoint)
    client, store = make_client(here, offline=offline, max_age=max_age, timeout=timeout, tell_age=False), built_store(here)
    if store is None:
        say("nothing is built: offices are not looked at; run `kb build`")
    names, mint = read_names(here.name_files()), Mint(read_corpus(here.config, name="corpus/corpus.yaml").base)
    judgements, held = read_judgements(here.link_files()), offices_claimed(store) if store else []
    asked: list[float] = []
    found = drift(_noting(client, url, asked), judgements, names, mint, held, endpoint=url, today=date.today().isoformat())
    say(f"what {url} says as of {as_of(client, asked)}")
    tell_findings(found.findings, found.looked_at, format.value)
    exit_with_findings(found.findings)


@group.command()
def enrich(endpoint: Endpoint = None, offline: Offline = False, max_age: MaxAge = 0.0, timeout: Timeout = TIMEOUT) -> None:
    """Fetch what Wikidata says of the linked items into corpus/links/wikidata.nt: labels, kinds, places, offices and dates."""
    from kb.files import write_atomically
    from kb.link import fetch, fetched_text, read_fetched, read_judgements

    here, url = home(), sparql_address(endpoint)
    client, before = make_client(here, offline=offline, max_age=max_age, timeout=timeout, tell_age=False), _fetched_before(here)
    asked: list[float] = []
    fetched = fetch(_noting(client, url, asked), read_judgements(here.link_files()), endpoint=url)
    day = day_of(min(asked))
    write_atomically(here.fetched, fetched_text(fetched, endpoint=url, day=day))
    after = read_fetched(here.fetched_files())
    new, lost = len(set(after) - set(before)), len(set(before) - set(after))
    say(f"{here.shown(here.fetched)}: {len(after):,} triples about {len(fetched.items)} item{'s' * (len(fetched.items) != 1)} as of {day}; {new:,} new, {lost:,} gone")
    if fetched.gone:
        say(f"not there any more: {', '.join(fetched.gone)}; `kb link check` tells why")
    say("next: kb build")


def _noting(client: Client, url: str, asked: list[float]) -> Callable[[str], Result]:
    """Return what asks an endpoint, and notes in `asked` when each answer came."""

    def ask(text: str) -> Result:
        answer = client.ask(url, text)
        asked.append(client.asked_at(url, text))
        return answer

    return ask


def _fetched_before(here: Home) -> list[str]:
    """Return the triples that were fetched before; none, and a word about it, for a file that does not read: it is fetched again."""
    from kb.errors import FactFileError
    from kb.link import read_fetched

    try:
        return read_fetched(here.fetched_files())
    except FactFileError as wrong:
        say(f"{wrong.faults[0]}\n  what was there counts as nothing")
        return []
