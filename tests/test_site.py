"""A site of files: all pages, whole or not at all, the same bytes each time, and never over what is something else."""

from __future__ import annotations

import html
import os
import re
import signal
from pathlib import Path

import pytest

from kb.assets import asset, asset_paths, classic, page_policy, read_map
from kb.build import graph_files
from kb.errors import InputError, QueryStopped, StoreError
from kb.home import Home
from kb.site import Written, write_site
from kb.site.folder import MARK, new_folder
from kb.site.write import open_site
from tests.small_world import built, says, world


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    found = world(tmp_path_factory.mktemp("site"), {"one": [says("was", "ada", "emptied"), says("was-not", "sol", "not-emptied")]})
    built(found)
    return found


@pytest.fixture(scope="module")
def written(home: Home, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Written]:
    folder = tmp_path_factory.mktemp("out") / "public"
    return folder, write(home, folder)


@pytest.fixture(scope="module")
def site(written: tuple[Path, Written]) -> Path:
    return written[0]


def write(home: Home, folder: Path, **options: object) -> Written:
    return write_site(home, folder, *graph_files(home), jobs=1, **options)


def place(home: Home, folder: Path, *, force: bool = False) -> None:
    """Put a small folder in place as a site is put."""
    with new_folder(folder, home, force=force) as aside:
        (aside / "index.html").write_text("new")
        (aside / MARK).write_text("")


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_every_listed_page_and_asset_is_there(home: Home, site: Path) -> None:
    found = set(files(site))
    assert {"index.html", "404.html", ".nojekyll", "data/kb.ttl", "id/claim/one/was.html", "id/claim/one/was.ttl", "id/entity/ada.jsonld"} <= found
    assert set(asset_paths(site=True)) <= found


def test_the_whole_and_the_words_are_described(site: Path) -> None:
    void, words = ((site / path).read_text("utf-8") for path in (".well-known/void", "ns.ttl"))
    assert "void:Dataset" in void and "void:triples" in void
    assert "kb:speaker" in words and "skos:definition" in words


def test_the_count_is_what_lies_there(written: tuple[Path, Written]) -> None:
    folder, done = written
    found = files(folder)
    assert (done.files, done.bytes) == (len(found), sum(map(len, found.values())))
    assert done.pages == sum(name.endswith(".html") for name in found) - 1  # all but 404.html


def test_the_same_build_gives_the_same_bytes_with_one_process_or_two(home: Home, site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.site.write.MANY", 1)
    write_site(home, tmp_path / "again", *graph_files(home), jobs=2)
    assert files(tmp_path / "again") == files(site)


def test_every_relative_link_of_every_page_leads_to_a_file(site: Path) -> None:
    broken, looked_at = [], 0
    for path in site.rglob("*.html"):
        for link in re.findall(r'(?:href|src)="([^"]*)"', path.read_text("utf-8")):
            address = link.partition("#")[0].partition("?")[0]
            if re.match(r"[a-z]+:", address) or not address:
                continue
            looked_at += 1
            assert not address.startswith("/"), (path, link)
            if not (path.parent / address).exists():
                broken.append((path.relative_to(site).as_posix(), link))
    assert looked_at > 100 and broken == []


def test_no_page_loads_anything_from_another_host(site: Path) -> None:
    loads = re.compile(r'<(?:script|link|img|iframe|source)\b[^>]*\b(?:src|href)="(?:[a-z]+:)?//')
    assert [path.name for path in site.rglob("*.html") if loads.search(path.read_text("utf-8"))] == []


def test_every_page_carries_the_strict_policy(site: Path) -> None:
    pages = {path.relative_to(site).as_posix(): path.read_text("utf-8") for path in site.rglob("*.html")}
    for path, text in pages.items():
        policy = html.escape(page_policy(path, live=False), quote=True).replace("&#x27;", "&#39;")
        assert f'<meta http-equiv="Content-Security-Policy" content="{policy}">' in text, path
        assert "unsafe-inline" not in policy and not re.search(r"<style|\sstyle=|\son[a-z]+=", text), path
    assert len(pages) > 20


def test_only_the_editor_has_a_worker_and_its_one_style() -> None:
    plain, editor, served = page_policy("map.html", live=False), page_policy("sparql.html", live=False), page_policy("sparql.html", live=True)
    assert "style-src 'self';" in plain and "worker-src" not in plain and "default-src 'none'" in plain
    assert "'sha256-" in editor and "worker-src blob:" in editor
    assert "'sha256-" in served and "worker-src" not in served and "frame-ancestors 'none'" in served


def test_nothing_names_the_machine_it_was_written_on(home: Home, site: Path) -> None:
    assert [name for name, body in files(site).items() if str(home.root).encode() in body] == []


def test_an_earlier_site_is_replaced_whole(home: Home, tmp_path: Path) -> None:
    place(home, tmp_path / "public")
    (tmp_path / "public" / "gone.html").write_text("of an earlier build")
    place(home, tmp_path / "public")
    assert not (tmp_path / "public" / "gone.html").exists() and os.listdir(tmp_path) == ["public"]


def test_an_empty_folder_is_taken(home: Home, tmp_path: Path) -> None:
    (tmp_path / "public").mkdir()
    place(home, tmp_path / "public")
    assert (tmp_path / "public" / "index.html").is_file()


def test_a_folder_that_is_no_site_stays_unless_forced(home: Home, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("mine")
    with pytest.raises(InputError, match="no site of kb"):
        place(home, tmp_path / "letters")
    assert (tmp_path / "letters" / "dear.txt").read_text() == "mine"
    place(home, tmp_path / "letters", force=True)
    assert not (tmp_path / "letters" / "dear.txt").exists()


@pytest.mark.parametrize("where", [".", "..", "corpus", "corpus/new", ".kb/site"])
def test_the_knowledge_base_is_never_written_over(home: Home, where: str) -> None:
    before = sorted(home.corpus.rglob("*"))
    with pytest.raises(InputError, match="cannot write a site"):
        place(home, home.root / where, force=True)
    assert sorted(home.corpus.rglob("*")) == before


def test_a_site_beside_the_corpus_is_fine(home: Home) -> None:
    place(home, home.root / "public")
    assert (home.root / "public" / "index.html").is_file()


def test_the_folder_you_are_in_is_never_replaced(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(InputError, match="no site"):
        place(home, Path())


def test_a_file_in_the_way_is_told(home: Home, tmp_path: Path) -> None:
    (tmp_path / "public").write_text("")
    with pytest.raises(InputError, match="it is a file"):
        place(home, tmp_path / "public")


def test_what_fails_midway_leaves_the_old_site(home: Home, tmp_path: Path) -> None:
    place(home, tmp_path / "public")
    before = files(tmp_path / "public")
    with pytest.raises(InputError, match="no space left"), new_folder(tmp_path / "public", home) as aside:
        (aside / "index.html").write_text("half")
        raise OSError(28, "No space left on device")
    assert files(tmp_path / "public") == before and os.listdir(tmp_path) == ["public"]


def test_what_a_killed_writer_left_is_cleared_and_the_old_site_put_back(home: Home, tmp_path: Path) -> None:
    dead = 4_194_305  # above any process number
    for end in ("new", "old"):
        (tmp_path / f".kb-{dead}-public.{end}").mkdir()
    (tmp_path / f".kb-{dead}-public.old" / ".kb-site").write_text("")
    with pytest.raises(RuntimeError), new_folder(tmp_path / "public", home):
        assert (tmp_path / "public" / ".kb-site").is_file()
        raise RuntimeError
    assert os.listdir(tmp_path) == ["public"]


def test_nothing_built_is_told(tmp_path: Path) -> None:
    empty = world(tmp_path / "empty", {})
    with pytest.raises((InputError, StoreError)):
        write_site(empty, tmp_path / "public", [], "https://example.org/kb/")


@pytest.mark.parametrize(("content", "why"), [
    ("{", "not JSON"), ("[]", "no map"), ('{"type": "Topology"}', "no map"), ('{"type": "Topology", "objects": {}, "arcs": []}', "no map"),
    ('{"type": "Point", "coordinates": [1, 2]}', "no map"), ("[" * 100_000, "not JSON"),
])  # fmt: skip
def test_a_map_that_is_none_is_refused(tmp_path: Path, content: str, why: str) -> None:
    (tmp_path / "map.json").write_text(content)
    with pytest.raises(InputError, match=why):
        read_map(tmp_path / "map.json")


def test_a_map_of_ones_own_takes_the_place_of_the_outlines(tmp_path: Path) -> None:
    (tmp_path / "own.json").write_text('{"type": "FeatureCollection", "features": []}')
    script = (asset("static/outline.js", map_file=tmp_path / "own.json") or b"").decode()
    assert '"features":[]' in script and "own.json, given by" in script and "Natural Earth" not in script


def test_the_engine_is_a_classic_script() -> None:
    assert classic("export class A {}\nexport { A as default };\nlet b = import.meta.url;") == "class A {}\n\nlet b = '';"


@pytest.mark.parametrize("path", ["static/../assets.py", "static/vendor/../../home.py", "static/nothing.js", "kb.css", "static/", "static/vendor/oxigraph/web.js"])
def test_no_other_file_is_an_asset(path: str) -> None:
    assert asset(path) is None


def test_a_query_that_took_too_long_is_not_waited_for_again(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def slow(store: Path, text: str, *, timeout: float) -> None:
        asked.append(text)
        raise QueryStopped(f"the query took longer than {timeout:.0f} seconds and was ended")

    monkeypatch.setattr("kb.site.write.run_query", slow)
    made = open_site(home, home.store.resolve(), None)
    pages = [made.page(f"query/said-by.{form}") for form in ("html", "csv", "tsv", "json")]
    assert len(asked) == 1 and b"took longer" in pages[0].body and {page.status for page in pages} == {503}


def test_a_process_that_is_killed_is_told_and_leaves_the_old_site(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "public"
    graphs, base = graph_files(home)
    write_site(home, folder, graphs, base)
    before = (folder / "index.html").read_bytes()
    monkeypatch.setattr("kb.site.write.MANY", 1)
    monkeypatch.setattr("kb.site.write._write_batch", _killed)
    with pytest.raises(StoreError, match="ended from outside"):
        write_site(home, folder, graphs, base, jobs=2)
    assert (folder / "index.html").read_bytes() == before


def _killed(aside: Path, paths: list[str]) -> None:
    os.kill(os.getpid(), signal.SIGKILL)
