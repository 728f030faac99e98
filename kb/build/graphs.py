"""The quads files of the published version: what exports are made from."""

from __future__ import annotations

from pathlib import Path

from kb.build.articles import write_quads
from kb.build.versions import published
from kb.errors import InputError, UnknownName, did_you_mean
from kb.home import Home
from kb.ids import Mint
from kb.quads import same_as_quads
from kb.store import file_lines


def graph_files(home: Home, article: str | None = None) -> tuple[list[Path], str]:
    """Return the quads files of the published version in the order of their graphs, or one article's, and the base IRI."""
    _, manifest, why = published(home)
    if manifest is None:
        raise InputError(why or "nothing is built yet", path=home.root, cure="run `kb build`")
    base = manifest.engine.split(" ", 1)[1]
    quads = manifest.quads_of()
    if article is not None and article not in quads:
        names = [entry.article for entry in manifest.entries.values()]
        raise UnknownName(f"no article '{article}'", cure=did_you_mean(article, names) or "`kb query articles` lists them")
    digests = [quads[article]] if article is not None else manifest.files()
    return [home.cache / "quads" / f"{digest}.nq" for digest in digests], base


def same_as_file(home: Home) -> Path:
    """Return a quads file that says owl:sameAs of the individuals linked in the published version, in a graph of its own."""
    files, base = graph_files(home, "links")
    lines = [line for path in files for line in file_lines(path)]
    digest, *_ = write_quads(same_as_quads(lines, Mint(base)), home.cache)
    return home.cache / "quads" / f"{digest}.nq"
