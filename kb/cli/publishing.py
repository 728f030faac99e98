"""The command that publishes: site."""

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
