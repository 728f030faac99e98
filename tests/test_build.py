"""The build: whole or not at all, and only what changed again."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest

from kb.build import build, graph_files
from kb.build.across import missing_claims
from kb.build.manifest import Entry
from kb.check import findings
from kb.errors import InputError, StoreBusy, StoreError, UnknownName
from kb.facts import Names, read_corpus
from kb.files import lock
from kb.home import Home
from kb.model import Finding
from kb.store import open_store

ASK = "PREFIX kb: <https://w3id.org/conflict-kb/ns/> SELECT (COUNT(?c) AS ?n) WHERE { ?c a kb:Claim }"


def claims_in(home: Home) -> int:
    return int(open_store(home.store.resolve()).query(ASK).rows[0][0].value)


def edit(home: Home, old: str, new: str, name: str = "harbour-evacuated.yaml") -> None:
    path = home.corpus / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def add_article(home: Home, name: str) -> None:
    text = (home.corpus / "harbour-evacuated.yaml").read_text("utf-8").replace("id: harbour-evacuated\n  title", f"id: {name}\n  title")
    (home.corpus / f"{name}.yaml").write_text(text, "utf-8")


def messages(report) -> str:
    return "\n".join(f"{one.path}:{one.line} {one.rule} {one.message} {one.cure}" for one in report.findings)


def test_a_new_knowledge_base_builds_and_says_what_it_holds(own: Home) -> None:
    report = build(own)
    assert report.is_published and not report.errors, messages(report)
    assert report.counts["articles"] == 1 and report.counts["claims"] == claims_in(own) == 5
    assert report.counts["quads"] > 100 and report.looked_at["focus nodes"] > 10 and report.looked_at["queries"] > 0


def test_a_build_writes_no_quads_that_its_version_does_not_name(own: Home) -> None:
    build(own)
    assert sorted((own.cache / "quads").iterdir()) == sorted(set(graph_files(own)[0]))
    edit(own, "title: My knowledge base", "title: Another", "corpus.yaml")
    before = own.current.resolve()
    assert build(own).is_published and own.current.resolve() != before


def test_nothing_is_read_again_that_has_not_changed(own: Home) -> None:
    add_article(own, "second")
    assert build(own).read == 2
    (own.corpus / "second.yaml").touch()
    assert build(own).read == 0
    edit(own, "Ada Brink is governor of North.", "Ada Brink governs North.")
    assert build(own).read == 1
    assert build(own, full=True).read == 2


@pytest.mark.parametrize("small", [True, False])
def test_a_changed_store_equals_one_made_anew(own: Home, small: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(6):
        add_article(own, f"article-{number}")
    build(own)
    if not small:
        monkeypatch.setattr("kb.build.versions.SMALL", -100.0)
    (own.corpus / "article-3.yaml").unlink()
    edit(own, "Residents said they had seen no evacuation.", "Residents saw none.")
    add_article(own, "new")
    build(own)
    changed = set(map(str, open_store(own.store.resolve()).engine))
    build(own, full=True)
    assert changed == set(map(str, open_store(own.store.resolve()).engine)) and len(changed) > 100


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("  subject: ada-brink\n", "  subject: ada-brinck\n", "no entity or event 'ada-brinck'"),
        ("  polarity: not-observed\n", "  polarity: unseen\n", "'unseen' is none of"),
        ("claims:\n", "claims: [\n", "not YAML"),
    ],
)
def test_a_fault_keeps_the_last_build(own: Home, old: str, new: str, words: str) -> None:
    build(own)
    before = own.current.resolve()
    edit(own, old, new)
    report = build(own)
    assert not report.is_published and words in messages(report) and own.current.resolve() == before and claims_in(own) == 5


@pytest.mark.parametrize("name", ["harbour-evacuated.yaml", "entities/all.yaml"])
@pytest.mark.parametrize("first", [True, False])
def test_a_file_that_may_not_be_read_is_a_fault_with_its_cure(own: Home, name: str, first: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not first:
        build(own)
    read = Path.read_bytes

    def refused(path: Path, then: Callable, *more: str) -> object:
        if path == own.corpus / name:
            raise PermissionError(13, "Permission denied", str(path))
        return then(path, *more)

    monkeypatch.setattr(Path, "read_bytes", lambda path: refused(path, read))
    monkeypatch.setattr("kb.files.open", lambda path, *more: refused(path, open, *more), raising=False)
    report = build(own)
    assert not report.is_published
    assert [(one.path, one.message) for one in report.findings] == [(f"corpus/{name}", "cannot be read: Permission denied")]


def test_a_fault_in_the_entities_hides_no_fault_of_an_article_and_adds_none(own: Home) -> None:
    edit(own, "kind: body", "kind: boddy", "entities/all.yaml")
    edit(own, "polarity: not-observed", "polarity: unseen")
    report = build(own)
    assert len(report.findings) == 2 and "'boddy'" in messages(report) and "'unseen'" in messages(report)


def test_a_shacl_error_keeps_the_last_build_and_leads_to_its_line(own: Home) -> None:
    build(own)
    before = own.current.resolve()
    edit(own, "  event: harbour-evacuation\n  type: withdrawal\n", "  event: harbour-evacuation\n")
    report = build(own)
    [finding] = [one for one in report.findings if one.severity == "error"]
    assert (finding.rule, finding.claim, finding.path) == ("Claim-event-typed", "harbour-evacuated", "corpus/harbour-evacuated.yaml")
    assert own.current.resolve() == before and finding.line > 0 and "`type:`" in finding.cure


def test_an_entity_renamed_away_is_found_though_the_fact_file_did_not_change(own: Home) -> None:
    build(own)
    edit(own, "id: town-hall", "id: townhall", "entities/all.yaml")
    assert "no entity 'town-hall'" in messages(build(own))


def test_an_entity_that_changes_its_kind_has_its_articles_checked_again(own: Home) -> None:
    build(own)
    edit(own, "id: town-hall, kind: body", "id: town-hall, kind: group", "entities/all.yaml")
    assert build(own).read == 1


def test_a_claim_may_speak_of_another_articles_claim_if_that_is_there(own: Home) -> None:
    add_article(own, "second")
    edit(own, "  subject: harbour-district\n", "  subject: claim:second/brink-governor\n")
    assert build(own).is_published
    edit(own, "claim:second/brink-governor", "claim:second/brink-mayor")
    report = build(own)
    assert not report.is_published and "no claim 'second/brink-mayor' in another article" in messages(report)


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("second/brink-governer", "did you mean 'brink-governor'?"),
        ("second/xyzzy", "look at the ids of the claims of 'second'"),
        ("secand/brink-governor", "did you mean 'second'?"),
        ("xyzzy/brink-governor", "there is no article 'xyzzy'"),
    ],
)
def test_a_missing_claim_is_told_with_the_nearest_of_its_article(name: str, cure: str) -> None:
    blank = {"sha256": "", "quads": "", "count": 0, "size": 0}
    entries = [
        Entry(path="corpus/first.yaml", article="first", claims=("a",), uses={f"claim:{name}": "claim", "claim:second/b": "claim"}, **blank),
        Entry(path="corpus/second.yaml", article="second", claims=("b", "brink-governor"), **blank),
    ]
    [fault] = missing_claims(entries)
    assert fault.path == "corpus/first.yaml" and name in fault.message and fault.cure == cure


def test_of_many_missing_articles_the_nearest_is_looked_for_ten_times(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = []
    monkeypatch.setattr("kb.build.across.did_you_mean", lambda word, _: looked.append(word) or "")
    blank = {"sha256": "", "quads": "", "count": 0, "size": 0}
    entries = [Entry(path=f"{name}.yaml", article=name, claims=(), uses={f"claim:{name}x/y": "claim"}, **blank) for name in map(str, range(30))]
    assert len(missing_claims(entries)) == 30 and looked == [f"{name}x" for name in range(10)]


@pytest.mark.parametrize("scope", ["article", "corpus"])
@pytest.mark.parametrize(("entity", "words"), [("OPTIONAL { ?c kb:none ?entity }", "unbound"), ("?c kb:predicate ?entity", "no IRI")])
def test_a_check_whose_row_names_no_thing_is_refused_by_its_name(own: Home, scope: str, entity: str, words: str) -> None:
    own.root.joinpath("queries", "check").mkdir(parents=True, exist_ok=True)
    path = own.root / "queries" / "check" / "mine.rq"
    head = f"#+ summary: Is it so?\n#+ scope: {scope}\n#+ severity: warning\n#+ problem: it is so\n#+ fix: mend it\n#+ columns: [entity, property, value]\n"
    prefix = "PREFIX kb: <https://w3id.org/conflict-kb/ns/>\n"
    path.write_text(f"{head}{prefix}SELECT ?entity ?property ?value WHERE {{ ?c a kb:Claim . {entity} }} ORDER BY ?entity\n", "utf-8")
    with pytest.raises(InputError, match=f"mine.rq: the check gives a row whose .entity is .*{words}"):
        build(own)


def test_no_file_of_the_corpus_is_passed_over_for_its_ending_or_folder(own: Home) -> None:
    moved = {"entities/all.yaml": "entities/north/towns/all.yml", "events.yaml": "events.yml", "questions.yaml": "questions.yml"}
    moved["harbour-evacuated.yaml"] = "north/harbour-evacuated.YAML"
    for name, other in moved.items():
        (own.corpus / other).parent.mkdir(parents=True, exist_ok=True)
        (own.corpus / name).rename(own.corpus / other)
    assert [name for _, name in (*own.name_files(), *own.fact_files())] == [f"corpus/{other}" for other in moved.values()]
    assert build(own).is_published and claims_in(own) == 5


def test_an_empty_corpus_is_an_error(own: Home) -> None:
    (own.corpus / "harbour-evacuated.yaml").unlink()
    report = build(own)
    assert "no fact file" in messages(report) and not report.is_published


def test_fewer_claims_than_expected_is_an_error(own: Home) -> None:
    edit(own, "claims: 4", "claims: 400", "corpus.yaml")
    report = build(own)
    assert "5 claims, fewer than the 400 expected" in messages(report) and not report.is_published


def test_two_files_of_one_article_id_are_refused(own: Home) -> None:
    (own.corpus / "more").mkdir()
    (own.corpus / "more" / "harbour-evacuated.yaml").write_bytes((own.corpus / "harbour-evacuated.yaml").read_bytes())
    assert "is taken by corpus/harbour-evacuated.yaml" in messages(build(own))


def test_a_text_beside_the_corpus_is_shown_and_its_digests_verified(own: Home) -> None:
    build(own)
    shown = open_store(own.store.resolve()).query("SELECT ?t WHERE { ?s <http://www.w3.org/ns/oa#exact> ?t }").rows
    assert ("Residents said they had seen no evacuation",) in [(row[0].value,) for row in shown]
    text = (own.corpus / "harbour-evacuated.yaml").read_text("utf-8")
    digest = text.split("evidence: 0-31 ")[1][:64]
    edit(own, digest, "0" * 64)
    assert "not those the digest was made of" in messages(build(own))


def test_a_changed_text_is_told_and_its_words_are_not_shown(own: Home) -> None:
    build(own)
    path = own.texts / "harbour-evacuated.txt"
    path.write_text(path.read_text("utf-8") + "More.\n", "utf-8")
    assert "is not the one the claims were made on" in messages(build(own))


def test_without_its_text_an_article_shows_no_words(own: Home) -> None:
    (own.texts / "harbour-evacuated.txt").unlink()
    build(own)
    assert open_store(own.store.resolve()).query("SELECT ?t WHERE { ?s <http://www.w3.org/ns/oa#exact> ?t }").rows == ()


def test_a_second_build_says_that_one_runs_or_waits(own: Home) -> None:
    own.cache.mkdir()
    with lock(own.cache / "lock"), pytest.raises(StoreBusy) as caught:
        build(own)
    assert caught.value.exit_code == 75
    assert build(own, wait=True).is_published


@pytest.mark.slow
@pytest.mark.parametrize("after", [0.15, 0.4, 0.7, 1.0, 1.3])
def test_a_killed_build_leaves_the_last_one_whole(own: Home, after: float) -> None:
    build(own)
    for number in range(20):
        add_article(own, f"article-{number}")
    process = subprocess.Popen([sys.executable, "-c", f"from kb.build import build; from kb.home import find_home; from pathlib import Path; build(find_home(Path({str(own.root)!r})))"])
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert claims_in(own) in (5, 105)
    assert build(own).is_published and claims_in(own) == 105
    assert not [path for path in (own.cache / "versions").iterdir() if path.name.startswith(".")]


def test_a_kill_between_any_two_renames_leaves_the_published_version_whole(own: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    build(own)
    rename, real = Path.rename, own.current.resolve()
    for spared in range(3):
        done: list[Path] = []

        def killed(path: Path, target: Path, done: list[Path] = done, spared: int = spared) -> Path:
            if len(done) == spared:
                raise KeyboardInterrupt
            done.append(path)
            return rename(path, target)

        monkeypatch.setattr(Path, "rename", killed)
        with suppress(KeyboardInterrupt):
            build(own, full=True, keep=False)
        assert own.current.resolve() == real and claims_in(own) == 5
    monkeypatch.undo()
    assert build(own).is_published and own.current.resolve() == real and claims_in(own) == 5


def test_a_version_made_anew_is_published_beside_the_last_and_built_on(own: Home) -> None:
    build(own)
    first = own.current.resolve()
    assert build(own, full=True).is_published
    second = own.current.resolve()
    assert second != first and first.is_dir() and claims_in(own) == 5
    assert build(own).read == 0 and own.current.resolve() == second


@pytest.mark.parametrize("harm", ["manifest", "store", "format"])
def test_a_damaged_or_foreign_store_is_made_again_from_the_corpus(own: Home, harm: str) -> None:
    build(own)
    folder = own.current.resolve()
    if harm == "manifest":
        (folder / "manifest.json").write_text("{", "utf-8")
    elif harm == "format":
        record = json.loads((folder / "manifest.json").read_text("utf-8"))
        (folder / "manifest.json").write_text(json.dumps(record | {"format": 0}), "utf-8")
    else:
        for path in (folder / "store").glob("*.sst"):
            path.unlink()
    report = build(own)
    assert report.is_published and "anew" in " ".join(report.notes) and claims_in(own) == 5


def test_a_lost_quads_file_is_written_again(own: Home) -> None:
    build(own)
    for path in (own.cache / "quads").iterdir():
        path.unlink()
    assert build(own).is_published and claims_in(own) == 5
    assert all(path.is_file() for path in graph_files(own)[0])


def test_a_damaged_older_version_stands_in_no_builds_way(own: Home) -> None:
    for number in range(3):
        edit(own, "label: ", f"label: {number} ")
        build(own)
    for path in (own.cache / "versions").iterdir():
        if path != own.current.resolve():
            (path / "manifest.json").write_text("{", "utf-8")
    for number in range(80):
        (own.cache / "quads" / f"{number}.nq").write_text("", "utf-8")
    edit(own, "label: ", "label: again ")
    assert build(own).is_published and build(own).is_published
    assert not (own.cache / "quads" / "7.nq").exists()


def test_checks_alone_pile_up_no_versions(own: Home) -> None:
    build(own)
    before = own.current.resolve()
    for number in range(6):
        edit(own, "label: ", f"label: {number} ")
        build(own, keep=False)
    assert len(list((own.cache / "versions").iterdir())) <= 4 and own.current.resolve() == before and claims_in(own) == 5


def test_a_file_where_the_cache_should_be_is_told(own: Home) -> None:
    own.cache.write_text("", "utf-8")
    with pytest.raises(StoreError, match="cannot be made"):
        build(own)


def test_every_wrong_digest_has_its_line(own: Home) -> None:
    text = (own.corpus / "harbour-evacuated.yaml").read_text("utf-8")
    lines = text.splitlines()
    wrong = [number for number, line in enumerate(lines, 1) if line.startswith("  evidence: ")][:2]
    for number in wrong:
        lines[number - 1] = lines[number - 1][:-64] + "0" * 64
    (own.corpus / "harbour-evacuated.yaml").write_text("\n".join(lines) + "\n", "utf-8")
    assert [one.line for one in build(own).findings] == wrong


def test_a_change_of_the_shapes_makes_everything_anew(own: Home) -> None:
    import shutil

    build(own)
    shutil.copytree(own.ontology, own.root / "ontology")
    path = own.root / "ontology" / "shapes" / "claim.ttl"
    path.write_text(path.read_text("utf-8") + "\n# a remark\n", "utf-8")
    report = build(own)
    assert report.read == 1 and "made anew" in " ".join(report.notes)


def test_three_versions_are_kept(own: Home) -> None:
    for number in range(5):
        edit(own, "label: ", f"label: {number} ")
        assert build(own).is_published
    assert len(list((own.cache / "versions").iterdir())) == 3


def test_the_same_corpus_gives_the_same_bytes_whatever_the_hash_seed(own: Home) -> None:
    code = f"from kb.build import build; from kb.home import find_home; from pathlib import Path; r = build(find_home(Path({str(own.root)!r})), full=True); print(sorted(p.name for p in Path({str(own.cache)!r}, 'quads').iterdir()))"
    outputs = {
        subprocess.run([sys.executable, "-c", code], env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


def test_many_articles_are_read_by_several_processes_with_the_same_result(own: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(10):
        add_article(own, f"article-{number}")
    build(own)
    alone = graph_files(own)[0]
    monkeypatch.setattr("kb.build.articles.PARALLEL_FROM", 2)
    monkeypatch.setattr("kb.build.articles.BATCH", 3)
    assert multiprocessing.cpu_count() > 1 or pytest.skip("one core: nothing to spread over")
    build(own, full=True)
    assert graph_files(own)[0] == alone


def test_an_export_needs_a_build_and_a_known_article(own: Home) -> None:
    with pytest.raises(InputError, match="nothing is built yet"):
        graph_files(own)
    build(own)
    with pytest.raises(UnknownName, match="harbour-evacuated"):
        graph_files(own, "harbour-evacuatd")
    files, base = graph_files(own, "harbour-evacuated")
    assert len(files) == 1 and base == "https://example.org/kb/" and Path(files[0]).is_file()


def test_a_full_disk_ends_the_build_with_a_sentence_and_keeps_the_last(own: Home) -> None:
    build(own)
    before = own.current.resolve()
    for number in range(30):
        add_article(own, f"article-{number}")
    code = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000)); from kb.cli import main; main(['build'])"
    done = subprocess.run([sys.executable, "-c", code], cwd=own.root, capture_output=True, text=True)
    assert done.returncode == 2 and "kb: " in done.stderr and "Traceback" not in done.stderr, done.stderr
    assert own.current.resolve() == before and claims_in(own) == 5
    assert build(own).is_published and claims_in(own) == 155


@pytest.mark.parametrize("label", ['say "no" \\\\ <now>', "two\\nlines", "\u202eright to left\u202c", "emoji 🚢 and é", "=1+1", "a\\tb"])
def test_any_label_is_stored_and_exported_as_written(own: Home, label: str, tmp_path: Path) -> None:
    from rdflib import Graph

    from kb.export import export_quads

    edit(own, "label: The harbour was evacuated.", 'label: "' + label.replace('"', '\\"') + '"')
    assert build(own).is_published
    files, base = graph_files(own)
    for format in ("turtle", "ntriples"):
        with (tmp_path / format).open("wb") as out:
            export_quads(files, format, out, base=base)
    wanted = label.replace("\\n", "\n").replace("\\t", "\t").replace("\\\\", "\\")
    graphs = [Graph().parse(tmp_path / format, format="turtle" if format == "turtle" else "nt") for format in ("turtle", "ntriples")]
    assert all(wanted in {str(thing) for thing in graph.objects()} for graph in graphs) and len(graphs[0]) == len(graphs[1]) > 100


@pytest.mark.parametrize("sign", ["\x0c", "\x1e", "\x85", "\u2028", "\r"], ids=ascii)
def test_evidence_that_holds_what_some_take_for_a_line_end_is_built_and_exported(own: Home, sign: str, tmp_path: Path) -> None:
    from kb.export import export_quads

    text = (own.texts / "harbour-evacuated.txt").read_text("utf-8")
    words = text[:31]
    paged = words.replace(" ", sign, 1)
    (own.texts / "harbour-evacuated.txt").write_bytes((paged + text[31:]).encode())
    edit(own, sha256(text.encode()).hexdigest(), sha256((paged + text[31:]).encode()).hexdigest())
    edit(own, sha256(words.encode()).hexdigest(), sha256(paged.encode()).hexdigest())
    assert build(own).is_published
    shown = open_store(own.store.resolve()).query("SELECT ?t WHERE { ?s <http://www.w3.org/ns/oa#exact> ?t }").rows
    assert paged in [row[0].value for row in shown]
    files, base = graph_files(own)
    for format in ("turtle", "nquads", "jsonld"):
        with (tmp_path / format).open("wb") as out:
            assert export_quads(files, format, out, base=base, context=own.ontology / "context.jsonld") > 100


def test_findings_that_differ_in_their_words_alone_keep_one_order(own: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    build(own)
    twins = [Finding(severity="warning", rule="twin", message=words) for words in "dacb"]
    orders = []
    for judged in (twins, twins[::-1]):
        monkeypatch.setattr("kb.check.set", lambda found, judged=judged: [*judged, *found], raising=False)
        counts = dict.fromkeys(("articles", "claims", "entities", "events", "focus nodes"), 9)
        found = findings(own, read_corpus(own.config), own.store, (), Names(), {}, counts).findings
        orders.append([one.message for one in found if one.rule == "twin"])
    assert orders == [["a", "b", "c", "d"]] * 2
