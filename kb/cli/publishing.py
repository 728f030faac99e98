"""The commands that publish: site, push."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kb.cli import Meter, app, home, say


@app.command()
def site(
    dir: Annotated[Path, typer.Argument(help="The folder to write; an earlier site there is replaced.")],
    map: Annotated[Path | None, typer.Option("--map", help="TopoJSON or GeoJSON outlines for the map, in place of ours.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a folder that is no site, with all that is in it.")] = False,
) -> None:
    """Write all pages and data as files with relative links, SPARQL in the page included: for any host, or to open from the folder."""
    from kb.build import graph_files
    from kb.site import check_installed, write_site

    check_installed()
    here, meter = home(), Meter()
    graphs, base = graph_files(here)
    try:
        done = write_site(here, dir, graphs, base, map_file=map, force=force, progress=meter)
    finally:
        meter.clear()
    print(f"{dir}: {done.files:,} files, {done.pages:,} pages for people, {done.bytes / 1e6:.1f} MB; {done.seconds:.2f} s")
    say(f"open {dir / 'index.html'} in a browser, or put the folder on any host")


@app.command()
def push(
    url: Annotated[str, typer.Argument(help="The Graph Store Protocol of a store, such as https://example.org/store.")],
    full: Annotated[bool, typer.Option("--full", help="Put all graphs, those too that did not change since the last push there.")] = False,
    timeout: Annotated[float, typer.Option("--timeout", help="Seconds that the store has for each graph.", min=0.1)] = 60,
) -> None:
    """Put the graphs of the build into a SPARQL store, each whole, and only what changed since the last push there.

    A password goes into KB_PUSH_AUTH as user:password, or a token as Bearer …; it is sent to this machine or by https.
    """
    from kb.build import graph_files
    from kb.facts import read_corpus
    from kb.push import push as put
    from kb.show import counted

    here, meter = home(), Meter()
    files, _ = graph_files(here)
    contact = read_corpus(here.config, name="corpus/corpus.yaml").contact
    try:
        done = put(here, url, files, contact=contact, timeout=timeout, full=full, progress=meter)
    finally:
        meter.clear()
    print(f"{url}: {counted(done.put, 'graphs')} put with {counted(done.quads, 'quads')}, {done.removed} removed, {done.kept} as before")
