"""The command line as a user meets it: exit codes, what goes where, wrong words answered with the nearest right ones."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from pyoxigraph import QueryResultsFormat

from kb.home import Home
from kb.store import open_store

KB = [sys.executable, "-c", "from kb.cli import main; main()"]


def kb(*words: str, at: Path, stdin: str = "", **env: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"NO_COLOR": "1", "COLUMNS": "200"} | env
    return subprocess.run([*KB, *words], cwd=at, input=stdin, capture_output=True, text=True, env=environment, timeout=120)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new knowledge base, made and built by the commands that `kb init` names."""
    top = tmp_path_factory.mktemp("cli")
    done = kb("init", "mine", at=top)
    assert done.returncode == 0 and "kb build" in done.stderr
    done = kb("build", at=top / "mine")
    assert done.returncode == 0, done.stderr
    assert "1 article, 5 claims" in done.stdout and "next:" in done.stderr
    return top / "mine"


def test_init_overwrites_nothing(built: Path) -> None:
    done = kb("init", "mine", at=built.parent)
    assert done.returncode == 2 and "already there" in done.stderr


def test_query_lists_the_questions(built: Path) -> None:
    done = kb("query", at=built)
    assert done.returncode == 0 and "who-says-what" in done.stdout and "troop-strength" in done.stdout


@pytest.mark.parametrize("name", ["ada-brink", "Ada Brink", "ada brink", "Ada Brinck", "https://example.org/kb/id/entity/ada-brink"])
def test_a_parameter_is_an_id_a_label_a_spelling_or_an_iri(built: Path, name: str) -> None:
    for words in (["--speaker", name], [f"--speaker={name}"]):
        done = kb("query", "who-says-what", *words, "--format", "csv", at=built)
        assert done.returncode == 0, done.stderr
        assert len(done.stdout.splitlines()) == 2 and "Ada Brink announced" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["who-says-what", "--speaker", "ada-brnk"], "ada-brink"),
        (["who-says-what", "--speker", "ada-brink"], "speaker"),
        (["who-says-what", "--speaker"], "needs a value"),
        (["who-says-wat"], "who-says-what"),
        (["nowhere.rq"], "cannot be read"),
        (["-", "--format", "turtle"], "for CONSTRUCT"),
        (["who-says-what", "--format", "xml"], "xml"),
        (["who-says-what", "--timeout", "-1"], "timeout"),
    ],
)
def test_wrong_words_end_with_2_and_the_nearest_right_ones(built: Path, words: list[str], said: str) -> None:
    done = kb("query", *words, at=built, stdin="SELECT * WHERE { ?s ?p ?o } LIMIT 1")
    assert done.returncode == 2 and said in done.stderr and not done.stdout, done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("format", "check"),
    [
        ("csv", lambda text: text.splitlines()[0] == "n" and text.splitlines()[1] == "5"),
        ("tsv", lambda text: text.startswith("?n\n")),
        ("json", lambda text: json.loads(text)["results"]["bindings"][0]["n"]["value"] == "5"),
        ("jsonl", lambda text: json.loads(text) == {"n": 5}),
        ("table", lambda text: "5" in text),
    ],
)
def test_a_query_from_stdin_comes_in_every_format(built: Path, format: str, check) -> None:
    ask = "PREFIX kb: <https://w3id.org/conflict-kb/ns/> SELECT (COUNT(?c) AS ?n) WHERE { ?c a kb:Claim }"
    done = kb("query", "-", "--format", format, at=built, stdin=ask)
    assert done.returncode == 0 and check(done.stdout), done.stdout + done.stderr


@pytest.mark.parametrize("format", ["turtle", "ntriples", "jsonld"])
def test_a_construct_gives_a_graph(built: Path, format: str) -> None:
    ask = "CONSTRUCT { ?c a ?t } WHERE { ?c a ?t } "
    done = kb("query", "-", "--format", format, at=built, stdin=ask)
    assert done.returncode == 0 and "kb" in done.stdout, done.stderr


@pytest.mark.parametrize(
    "ask",
    [
        "SELECT * WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * WHERE { S\\u0045RVICE SILENT <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * FROM <file:///etc/passwd> WHERE { ?s ?p ?o }",
        "SELECT * FROM NAMED <http://127.0.0.1:9/x> WHERE { GRAPH ?g { ?s ?p ?o } }",
        "LOAD <http://127.0.0.1:9/>",
        "DROP ALL",
    ],
)
def test_no_query_reaches_out_or_writes(built: Path, ask: str) -> None:
    done = kb("query", "-", at=built, stdin=ask)
    assert done.returncode == 2 and "kb: " in done.stderr and not done.stdout


@pytest.fixture
def endpoint(built: Path):
    """A SPARQL 1.1 endpoint on this machine that answers from the built store."""
    opened = open_store((built / ".kb" / "current" / "store").resolve())

    class Answer(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            body = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.answer(body["query"][0])

        def do_GET(self) -> None:
            self.answer(parse_qs(urlsplit(self.path).query)["query"][0])

        def answer(self, query: str) -> None:
            solutions = opened.engine.query(query, use_default_graph_as_union=True)
            body = solutions.serialize(format=QueryResultsFormat.JSON)
            self.send_response(200)
            self.send_header("Content-Type", "application/sparql-results+json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/sparql"
        server.shutdown()


def test_an_endpoint_gives_the_same_rows_as_the_embedded_store(built: Path, endpoint: str) -> None:
    words = ["query", "who-says-what", "--speaker", "Ada Brinck", "--format", "csv"]
    here, there = kb(*words, at=built), kb(*words, "--store", endpoint, at=built)
    assert there.returncode == 0 and here.stdout == there.stdout and len(here.stdout.splitlines()) == 2, there.stderr


def test_a_far_endpoint_is_not_asked_without_a_contact(built: Path) -> None:
    done = kb("query", "who-says-what", "--store", "https://sparql.example.org/", at=built)
    assert done.returncode == 2 and "contact" in done.stderr


def test_a_syntax_error_has_line_and_column(built: Path) -> None:
    done = kb("query", "-", at=built, stdin="SELECT *\nWHERE { ?s ?p }")
    assert done.returncode == 2 and "line 2" in done.stderr and "column" in done.stderr


def test_a_runaway_query_is_ended(built: Path) -> None:
    ask = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    done = kb("query", "-", "--timeout", "1", at=built, stdin=ask)
    assert done.returncode == 2 and "1 s" in done.stderr.replace("1.0", "1")


@pytest.mark.parametrize("format", ["turtle", "trig", "nquads", "ntriples", "jsonld"])
def test_export_gives_the_same_bytes_to_a_file_and_to_stdout(built: Path, tmp_path: Path, format: str) -> None:
    file = tmp_path / "out"
    assert kb("export", "--format", format, "-o", str(file), at=built, PYTHONHASHSEED="1").returncode == 0
    done = subprocess.run([*KB, "export", "-f", format], cwd=built, capture_output=True, env=os.environ | {"PYTHONHASHSEED": "2"}, timeout=60)
    assert done.stdout == file.read_bytes() and len(done.stdout) > 1000


def test_export_of_one_article_and_of_none_that_exists(built: Path) -> None:
    assert "ada-brink" in kb("export", "--article", "harbour-evacuated", at=built).stdout
    done = kb("export", "--article", "harbor-evacuated", at=built)
    assert done.returncode == 2 and "harbour-evacuated" in done.stderr


def test_check_is_clean_and_says_what_it_looked_at(built: Path) -> None:
    done = kb("check", at=built)
    assert done.returncode == 0, done.stdout
    assert all(word in done.stdout for word in ("claims", "rules", "focus nodes", "queries"))


@pytest.mark.parametrize("format", ["table", "json", "jsonl", "sarif"])
def test_check_tells_findings_with_file_and_line_and_ends_with_1(built: Path, tmp_path: Path, format: str) -> None:
    import shutil

    broken = tmp_path / "broken"
    shutil.copytree(built, broken, symlinks=True)
    path = broken / "corpus" / "harbour-evacuated.yaml"
    path.write_text(path.read_text("utf-8").replace("speaker: town-hall", "speaker: town-hal"), "utf-8")
    done = kb("check", "--format", format, at=broken)
    assert done.returncode == 1 and "harbour-evacuated.yaml" in done.stdout and "did you mean" in done.stdout
    if format != "table":
        assert [json.loads(line) for line in ([done.stdout] if format != "jsonl" else done.stdout.splitlines())]


def test_check_compares_with_the_texts(built: Path) -> None:
    done = kb("check", "--texts", "corpus/texts", at=built)
    assert done.returncode == 0 and "% of headline and body in evidence" in done.stderr and "not covered: " in done.stderr
    done = kb("check", "--texts", "queries", at=built)
    assert done.returncode == 2 and "holds no text" in done.stderr


@pytest.mark.parametrize(
    ("file", "old", "new"), [("entities/all.yaml", "kind: body", "kind: boddy"), ("harbour-evacuated.yaml", "polarity: not-observed", "polarity: boddy")]
)
def test_check_with_texts_hides_no_fault_of_the_corpus(own: Home, file: str, old: str, new: str) -> None:
    path = own.corpus / file
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    for folder, code in (("corpus/texts", 1), ("queries", 1 if file.startswith("harbour") else 2)):
        done = kb("check", "--texts", folder, at=own.root)
        assert done.returncode == code and "'boddy'" in done.stdout, done.stderr
        assert ("holds no text of any article" in done.stderr) == (code == 2)


def test_anchor_writes_positions_and_refuses_what_is_not_there(built: Path, tmp_path: Path) -> None:
    text = built / "corpus" / "texts" / "harbour-evacuated.txt"
    file = tmp_path / "x.yaml"
    file.write_text('claims:\n- id: a\n  quote: "no evacuation"\n', "utf-8")
    done = kb("anchor", str(file), "--text", str(text), at=tmp_path)
    assert done.returncode == 0 and "1 quote placed, 0 digests added" in done.stderr and "evidence: " in file.read_text("utf-8")
    file.write_text('claims:\n- id: a\n  quote: "no evacuations at all"\n', "utf-8")
    before = file.read_bytes()
    done = kb("anchor", str(file), "--text", str(text), at=tmp_path)
    assert done.returncode == 2 and f"{file}:3" in done.stderr and file.read_bytes() == before


def test_away_from_a_knowledge_base_it_says_how_to_start_one(tmp_path: Path) -> None:
    done = kb("build", at=tmp_path)
    assert done.returncode == 2 and "kb init" in done.stderr


def test_dir_leads_to_a_knowledge_base_elsewhere(built: Path, tmp_path: Path) -> None:
    assert kb("-C", str(built / "corpus"), "query", "articles", "-f", "csv", at=tmp_path).returncode == 0


def test_before_a_build_a_query_says_so(own: Home) -> None:
    done = kb("query", "articles", at=own.root)
    assert done.returncode == 2 and "kb build" in done.stderr


def test_a_second_build_ends_with_75(own: Home) -> None:
    from kb.files import lock

    own.cache.mkdir()
    with lock(own.cache / "lock"):
        done = kb("build", at=own.root)
    assert done.returncode == 75 and "build" in done.stderr


def test_a_reader_that_leaves_ends_an_export_quietly(built: Path) -> None:
    with subprocess.Popen([*KB, "export", "-f", "nquads"], cwd=built, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(60) == 0 and process.stderr.read() == b""


@pytest.mark.parametrize("words", [["bild"], ["build", "--fast"], []])
def test_usage_errors_end_with_2(words: list[str], tmp_path: Path) -> None:
    done = kb(*words, at=tmp_path)
    assert done.returncode in (0, 2) and (words == [] or done.returncode == 2) and "Usage" in done.stdout + done.stderr


def test_our_own_bug_ends_with_70(tmp_path: Path) -> None:
    code = "import kb.home, kb.cli\nkb.cli.find_home = lambda _: 1 / 0\nkb.cli.main(['build'])"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 70 and "bug of ours (ZeroDivisionError)" in done.stderr


def test_version() -> None:
    from kb import __version__

    assert __version__ in kb("--version", at=Path.cwd()).stdout


@pytest.mark.parametrize(("step", "said"), [("read", "read 25 of 50 articles"), ("check", "check 25 of 50 articles"), ("page", "page 25 of 50")])
def test_progress_says_how_much_of_what(step: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from kb.cli import Meter

    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.delenv("NO_COLOR", raising=False)
    Meter()(step, 25, 50)
    assert capsys.readouterr().err == f"\r{said} \x1b[K"
