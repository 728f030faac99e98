"""The command that serves."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kb.cli import app, home, say


@app.command()
def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen on; any but this machine's own opens the knowledge base to others.")] = "127.0.0.1",
    allow_host: Annotated[list[str] | None, typer.Option("--allow-host", help="Name by which it may be asked beside this machine's own, for a proxy or a name of yours; repeatable.")] = None,
    port: Annotated[int, typer.Option("--port", help="Port to listen on.", min=0, max=65535)] = 8000,
    timeout: Annotated[float, typer.Option("--timeout", help="Seconds after which a query is ended.", min=0.1)] = 30,
    max_rows: Annotated[int, typer.Option("--max-rows", help="Rows of one answer at most.", min=1)] = 100_000,
    workers: Annotated[int, typer.Option("--workers", help="Small queries that run at once, and as many long ones.", min=1, max=64)] = 2,
    map: Annotated[Path | None, typer.Option("--map", help="TopoJSON or GeoJSON outlines for the map, in place of ours.")] = None,
) -> None:
    """Serve pages, linked data and a read-only SPARQL endpoint until stopped; a new build is picked up by itself."""
    from kb.assets import read_map
    from kb.serve import Limits, check_installed
    from kb.serve import serve as answer

    check_installed()
    if map is not None:
        read_map(map)
    answer(home(), host, port, Limits(timeout=timeout, max_rows=max_rows, workers=workers), say=say, names=allow_host or (), map_file=map)
