"""Exports: the same bytes for the same facts, and the same quads when another library reads them."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb import home, ids, model, vocab
from kb.errors import InputError, StoreError
from kb.export import FORMATS, dataset_quads, export_quads, serialize_triples

B = ids.DEFAULT_BASE
XSD = vocab.PREFIXES["xsd"]
ARTICLE = f"""
@base <{B}id/> .
@prefix kb: <{ids.NS}> . @prefix polarity: <{ids.NS}polarity/> . @prefix schema: <https://schema.org/> .
@prefix rdfs: <{vocab.PREFIXES["rdfs"]}> . @prefix oa: <{vocab.PREFIXES["oa"]}> . @prefix xsd: <{XSD}> .
<graph/harbour-evacuated> {{
  <claim/harbour-evacuated/governor-orders> a kb:Claim ; rdfs:label "The governor ordered \\"all\\" out.\\nTwice."@en ;
    kb:reportedIn <article/harbour-evacuated> ; kb:speaker <entity/governor-of-north> ; kb:polarity polarity:not-observed ;
    kb:confidence 0.90 ; kb:presupposed true ; kb:time "2031-05-03/.."^^<{vocab.EDTF}> ; kb:predicate "orders" ;
    kb:participant <entity/a-very-long-name-of-a-harbour-district-north>, <entity/another-very-long-name-of-a-harbour-district> ;
    kb:evidence <claim/harbour-evacuated/governor-orders/evidence/10>, <claim/harbour-evacuated/governor-orders/evidence/2> .
  <claim/harbour-evacuated/governor-orders/evidence/10> a oa:SpecificResource ; oa:start "17"^^xsd:nonNegativeInteger .
  <claim/harbour-evacuated/governor-orders/evidence/2> a oa:SpecificResource ; oa:start 017 .
  <claim/harbour-evacuated/governor-orders-2> a kb:Claim ; rdfs:label "Die Räumung endete."@de-AT .
  <article/harbour-evacuated> a schema:ReportageNewsArticle, schema:NewsArticle ; schema:url <https://example.org/a/../b?c=d#e> .
}}
<graph/entities> {{ <entity/governor-of-north> a schema:Person, kb:Entity ; rdfs:label "Governor"@en . }}
"""
TURTLE = """
<article/harbour-evacuated> a schema:NewsArticle, schema:ReportageNewsArticle ;
    schema:url <https://example.org/a/../b?c=d#e> .

<claim/harbour-evacuated/governor-orders> a kb:Claim ;
    rdfs:label "The governor ordered \\"all\\" out.\\nTwice."@en ;
    kb:reportedIn <article/harbour-evacuated> ;
    kb:speaker <entity/governor-of-north> ;
    kb:predicate "orders" ;
    kb:confidence 0.90 ;
    kb:evidence
        <claim/harbour-evacuated/governor-orders/evidence/2> ,
        <claim/harbour-evacuated/governor-orders/evidence/10> ;
    kb:participant
        <entity/a-very-long-name-of-a-harbour-district-north> ,
        <entity/another-very-long-name-of-a-harbour-district> ;
    kb:polarity polarity:not-observed ;
    kb:presupposed true ;
    kb:time "2031-05-03/.."^^edtf:EDTF .

<claim/harbour-evacuated/governor-orders/evidence/2> a oa:SpecificResource ;
    oa:start "017"^^xsd:integer .

<claim/harbour-evacuated/governor-orders/evidence/10> a oa:SpecificResource ;
    oa:start "17"^^xsd:nonNegativeInteger .

<claim/harbour-evacuated/governor-orders-2> a kb:Claim ;
    rdfs:label "Die Räumung endete."@de-AT .
"""
CONTEXT = {
    "@vocab": ids.NS,
    "id": "@id",
    "schema": "https://schema.org/",
    "rdfs": vocab.PREFIXES["rdfs"],
    "oa": {"@id": vocab.PREFIXES["oa"], "@prefix": True},
    "xsd": XSD,
    "label": {"@id": "rdfs:label", "@language": "en"},
    "speaker": {"@type": "@id"},
    "reportedIn": {"@id": f"{ids.NS}reportedIn", "@type": "@id"},
    "polarity": {"@type": "@vocab"},
    "not-observed": f"{ids.NS}polarity/not-observed",
    "evidence": {"@type": "@id", "@container": "@set"},
    "confidence": {"@type": "xsd:decimal"},
    "presupposed": {"@type": "xsd:boolean"},
    "start": {"@id": "oa:start", "@type": "xsd:nonNegativeInteger"},
    "Person": "schema:Person",
}


def as_nquads(trig: str) -> list[str]:
    """The sorted lines that the mapper would write; language tags as written, which pyoxigraph would not keep."""
    import pyoxigraph as ox

    text = ox.serialize(ox.parse(trig.encode(), format=ox.RdfFormat.TRIG), format=ox.RdfFormat.N_QUADS).decode()
    return sorted(line.replace("@de-at", "@de-AT") for line in text.splitlines())


def written(folder: Path, lines: list[str]) -> list[Path]:
    """The lines as one file a graph, in the order of the graphs."""
    graphs: dict[str, list[str]] = {}
    for line in lines:
        graphs.setdefault(line[:-2].rpartition(" ")[2], []).append(line)
    folder.mkdir(exist_ok=True)
    for number, graph in enumerate(sorted(graphs)):
        (folder / f"{number}.nq").write_bytes("".join(f"{line}\n" for line in sorted(graphs[graph])).encode())
    return sorted(folder.glob("*.nq"))


@pytest.fixture
def sample(tmp_path) -> list[Path]:
    return written(tmp_path / "quads", as_nquads(ARTICLE))


@pytest.fixture
def context(tmp_path) -> Path:
    (tmp_path / "context.jsonld").write_text(json.dumps({"@context": CONTEXT}))
    return tmp_path / "context.jsonld"


def export(files: list[Path], format: str, **options) -> str:
    out = io.BytesIO()
    export_quads(files, format, out, **options)
    return out.getvalue().decode()


def by_pyoxigraph(text: str, format: str) -> set[tuple[str, ...]]:
    import pyoxigraph as ox

    kinds = {"turtle": "TURTLE", "trig": "TRIG", "nquads": "N_QUADS", "ntriples": "N_TRIPLES", "jsonld": "JSON_LD"}

    def key(term) -> tuple[str, ...]:
        if isinstance(term, ox.Literal):
            return term.value, (term.language or "").lower(), "" if term.language else term.datatype.value
        return (getattr(term, "value", ""),)

    parsed = ox.parse(text.encode(), format=getattr(ox.RdfFormat, kinds[format]))
    return {(key(q.subject), key(q.predicate), key(q.object), key(q.graph_name)) for q in parsed}


def by_rdflib(text: str, format: str) -> set[tuple[str, ...]]:
    from rdflib import Dataset, Literal, term

    def key(node) -> tuple[str, ...]:
        if isinstance(node, Literal):
            return str(node), (node.language or "").lower(), "" if node.language else str(node.datatype or f"{XSD}string")
        return ("" if node is None or str(node) == "urn:x-rdflib:default" else str(node),)

    before, term._is_valid_uri = term._is_valid_uri, lambda _: True  # it warns of IRIs that are sound
    try:
        data = Dataset()
        data.parse(data=text.encode(), format={"jsonld": "json-ld", "ntriples": "nt"}.get(format, format))
        return {tuple(key(node) for node in quad) for quad in data.quads()}
    finally:
        term._is_valid_uri = before


@pytest.fixture(autouse=True)
def _literals_as_written(monkeypatch):
    import rdflib

    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)


def expected(files: list[Path], format: str) -> set[tuple[str, ...]]:
    quads = by_pyoxigraph("".join(path.read_text() for path in files), "nquads")
    return quads if format in ("trig", "nquads") else {(*quad[:3], ("",)) for quad in quads}


@pytest.mark.parametrize("read_back", [by_pyoxigraph, by_rdflib])
@pytest.mark.parametrize("format", FORMATS)
def test_an_export_read_by_either_library_gives_the_same_quads(sample, context, format, read_back):
    assert len(expected(sample, format)) == 25
    assert read_back(export(sample, format), format) == expected(sample, format)
    assert read_back(export(sample, format, context=context), format) == expected(sample, format)
    assert read_back(export(sample, format, base="https://example.org/kb/"), format) == expected(sample, format)


def test_turtle_reads_like_a_page(sample):
    header, _, body = export(sample[1:], "turtle").partition("\n\n")
    assert header.splitlines()[:2] == [f"@base <{B}id/> .", f"@prefix kb: <{ids.NS}> ."]
    assert "\n" + body == TURTLE


def test_trig_holds_each_graph_in_a_block(sample):
    text = export(sample, "trig")
    assert (
        '\n<graph/entities> {\n    <entity/governor-of-north> a schema:Person, kb:Entity ;\n        rdfs:label "Governor"@en .\n}\n'
        in text
    )
    assert "\n<graph/harbour-evacuated> {\n    <article/harbour-evacuated> a " in text


def test_json_ld_uses_the_words_of_the_context(sample, context):
    document = json.loads(export(sample, "jsonld", context=context))
    assert document["@context"] == {"@base": f"{B}id/", **CONTEXT}
    nodes = {node["id"]: node for node in document["@graph"]}
    assert nodes["entity/governor-of-north"] == {
        "id": "entity/governor-of-north",
        "@type": ["Person", "Entity"],
        "label": "Governor",
    }
    claim = nodes["claim/harbour-evacuated/governor-orders"]
    assert claim["label"] == 'The governor ordered "all" out.\nTwice.'
    assert (claim["polarity"], claim["speaker"]) == ("not-observed", "entity/governor-of-north")
    assert (claim["confidence"], claim["presupposed"], claim["predicate"]) == ("0.90", True, "orders")
    assert claim["evidence"] == [f"{claim['id']}/evidence/2", f"{claim['id']}/evidence/10"]
    assert nodes[f"{claim['id']}/evidence/10"]["start"] == 17
    assert nodes[f"{claim['id']}/evidence/2"]["oa:start"] == {"@value": "017", "@type": "xsd:integer"}
    assert nodes[f"{claim['id']}-2"]["label"] == {"@value": "Die Räumung endete.", "@language": "de-AT"}


@pytest.mark.parametrize("format", FORMATS)
def test_the_bytes_do_not_hang_on_the_hash_seed_or_the_order_of_lines(sample, format):
    code = (
        "import sys; from pathlib import Path; from kb.export import export_quads\n"
        "export_quads([Path(p) for p in sys.argv[2:]], sys.argv[1], sys.stdout.buffer)"
    )
    before = export(sample, format)
    for path in sample:
        path.write_bytes(b"".join(reversed(path.read_bytes().splitlines(keepends=True))))
    for seed in "12":
        env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(ids.__file__).parents[1])}
        done = subprocess.run([sys.executable, "-c", code, format, *map(str, sample)], env=env, capture_output=True, check=True)
        assert done.stdout.decode() == before


def test_the_number_of_quads_comes_back(sample):
    assert export_quads(sample, "ntriples", io.BytesIO()) == 25


@pytest.mark.parametrize("format", FORMATS)
def test_nothing_at_all_is_still_a_document(format):
    assert by_pyoxigraph(export([], format), format) == set()


def test_a_file_is_written_before_the_next_is_read(sample, monkeypatch):
    out = io.BytesIO()
    sizes = []
    real = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: sizes.append(out.tell()) or real(path))
    export_quads(sample * 2, "jsonld", out)
    assert sizes == sorted(set(sizes))


@pytest.mark.parametrize(
    ("line", "number"),
    [
        (b"<http://x/a> <http://x/b> .", 1),
        (b"<relative> <http://x/b> <http://x/c> .", 1),
        (b"<http://x/a> <http://x/b> <http://x/c d> .", 1),
        (b'<http://x/a> <http://x/b> "open .', 1),
        (b'<http://x/a> <http://x/b> "\\q" .', 1),
        (b'<http://x/a> <http://x/b> "a" . <http://x/a> <http://x/b> "a" .', 1),
        (b"# a comment\n\n<http://x/a>", 3),
        (b'<http://x/a> <http://x/b> "\xff" .', 0),
    ],
)
def test_a_damaged_file_is_refused_with_its_line(tmp_path, line, number):
    (tmp_path / "a.nq").write_bytes(line)
    with pytest.raises(StoreError, match="the file is damaged") as caught:
        export([tmp_path / "a.nq"], "turtle")
    assert (caught.value.path, caught.value.line) == (str(tmp_path / "a.nq"), number)


def test_a_file_that_is_gone_is_told(tmp_path):
    with pytest.raises(StoreError, match="cannot read: no such file"):
        export([tmp_path / "a.nq"], "nquads")


def test_an_unknown_format_is_refused_with_the_nearest_name(sample):
    with pytest.raises(InputError, match="no export format 'turtel'\n  did you mean 'turtle'"):
        export(sample, "turtel")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"name": {"@id": "http://x/name", "@container": "@language"}}, "'name' uses @container: @language"),
        ({"name": {"@id": "http://x/name", "@context": {}}}, "'name' uses @context"),
        ({"inverse": {"@reverse": "http://x/name"}}, "'inverse' uses @reverse"),
        ({"@import": "http://x/context"}, "uses @import"),
        ({"https": "http://x/"}, None),
        ({"urn": "http://x/"}, "'urn:n' would be read by the context's 'urn'"),
    ],
)
def test_a_context_that_would_say_something_else_is_refused(tmp_path, words, message):
    (tmp_path / "context.jsonld").write_text(json.dumps({"@context": words}))
    text = "<https://x/a> <http://x/name> <urn:n> .\n"
    if message is None:
        assert '"https://x/a"' in serialize_triples(text, "jsonld", context=tmp_path / "context.jsonld")
        return
    with pytest.raises(InputError, match=message):
        serialize_triples(text, "jsonld", context=tmp_path / "context.jsonld")


@pytest.mark.parametrize("content", ["", "[]", '{"@context": []}', '{"@context": "https://example.org/context"}', None])
def test_a_context_file_that_is_none_is_refused(tmp_path, content):
    if content is not None:
        (tmp_path / "context.jsonld").write_text(content)
    with pytest.raises(InputError, match="context"):
        serialize_triples("", "jsonld", context=tmp_path / "context.jsonld")


def test_the_context_we_ship_loses_nothing(sample):
    shipped = home.shipped("ontology") / "context.jsonld"
    text = export(sample, "jsonld", context=shipped)
    assert by_pyoxigraph(text, "jsonld") == expected(sample, "jsonld")
    assert by_rdflib(text, "jsonld") == expected(sample, "jsonld")


def test_results_of_a_construct_declare_only_the_prefixes_they_use():
    text = f'<{B}id/claim/a/b> <{ids.NS}speaker> _:who .\n_:who <{ids.NS}predicate> "says" .\n' * 2
    assert serialize_triples(text, "turtle") == (
        f'@base <{B}id/> .\n@prefix kb: <{ids.NS}> .\n\n<claim/a/b> kb:speaker _:who .\n\n_:who kb:predicate "says" .\n'
    )
    assert serialize_triples(text, "ntriples").splitlines() == sorted(set(text.splitlines()))
    assert [node["@id"] for node in json.loads(serialize_triples(text, "jsonld"))["@graph"]] == ["claim/a/b", "_:who"]


def test_triples_that_are_none_are_refused_with_their_line():
    with pytest.raises(InputError) as caught:
        serialize_triples("<http://x/a> <http://x/b> <http://x/c> .\nnonsense", "turtle")
    assert caught.value.line == 2


# --- hostile names and texts -----------------------------------------------------------------------------------------

NAMESPACES = [
    *vocab.PREFIXES.values(),
    f"{B}id/",
    f"{B}id/claim/",
    "http://x/",
    "http://x#",
    "urn:x:",
    "HTTP://X.org/../",
    B,
    "mailto:",
]
LOCALS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), max_size=8) | st.text(
    "a1.-_~/:%41'(,;=@&#?", max_size=8
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.text(
    "\"'\\\n\r\t\x00\x0b\x0c\x1b\x7f\x85\u2028\ufeff\u202e.;^@#<>", max_size=10
)
LANGUAGES = st.sampled_from(["@en", "@en-GB", "@zh-Hans", "@x-a1"])
NUMBERS = st.sampled_from(
    ["0", "-0", "1.10", "1.", ".5", "-0.0", "007", "+1", "1e3", "true", "1", "TRUE", "NaN", "9" * 30, "٣"]
)
DATATYPES = st.sampled_from(
    [f"{XSD}{name}" for name in ("integer", "decimal", "boolean", "double", "nonNegativeInteger", "date")] + [vocab.EDTF]
)


def is_iri(text: str) -> bool:
    import pyoxigraph as ox

    try:
        ox.NamedNode(text)
    except ValueError:
        return False
    return not set('<>"{}|^`\\ ') & set(text)


IRIS = st.builds(str.__add__, st.sampled_from(NAMESPACES), LOCALS).filter(is_iri).map("<{}>".format)


def quoted(text: str) -> str:
    for sign, escape in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\0", "\\u0000")):
        text = text.replace(sign, escape)
    return f'"{text}"'


LITERALS = (
    TEXTS.map(quoted)
    | st.builds(lambda text, tag: quoted(text) + tag, TEXTS, LANGUAGES)
    | st.builds(lambda text, datatype: f"{quoted(text)}^^<{datatype}>", NUMBERS | TEXTS, DATATYPES)
)
GRAPHS = st.sampled_from([f"<{B}id/graph/harbour>", "<http://x/g;h>"])
QUADS = st.lists(st.tuples(IRIS, IRIS, IRIS | LITERALS, GRAPHS).map(" ".join), min_size=1, max_size=6)


@pytest.mark.parametrize("format", FORMATS)
@given(lines=QUADS)
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
def test_hostile_names_and_texts_come_back_as_they_were(tmp_path_factory, context, format, lines):
    folder = tmp_path_factory.mktemp("hostile")
    files = written(folder, [f"{line} ." for line in lines])
    shipped = home.shipped("ontology") / "context.jsonld"
    for chosen in (None, context, shipped) if format == "jsonld" and shipped.exists() else (None,):
        text = export(files, format, context=chosen)
        assert by_pyoxigraph(text, format) == expected(files, format)
        assert by_rdflib(text, format) == expected(files, format)


# --- the dataset's own description -----------------------------------------------------------------------------------


def described(**options) -> list[str]:
    corpus = model.Corpus(title="Harbour news", description="What two papers say.", creator=("Ada Example",))
    counts = {"triples": 1000, "articles": 2, "claims": 30}
    return list(dataset_quads(corpus, counts, ids.Mint(), **options))


def test_the_description_says_name_licence_maker_and_size():
    lines = described(examples=[f"{B}id/claim/a/b"], downloads={"text/turtle": "https://example.org/all.ttl"})
    text = serialize_triples("\n".join(line.rpartition(" <")[0] + " ." for line in lines), "turtle")
    for piece in (
        "\n<dataset> a void:Dataset, dcat:Dataset ;",
        'dcterms:title "Harbour news"@en ;',
        "dcterms:license <https://creativecommons.org/publicdomain/zero/1.0/> ;",
        'dcterms:creator "Ada Example" ;',
        "void:triples 1000 ;",
        "void:entities 32 ;",
        f'void:uriSpace "{B}id/" ;',
        "void:exampleResource <claim/a/b> ;",
        "\n<dataset/claims> void:class kb:Claim ;\n    void:entities 30 .",
        "dcat:downloadURL <https://example.org/all.ttl> ;",
    ):
        assert piece in text
    assert lines == sorted(lines)
    assert all(line.endswith(f" <{B}id/graph/dataset> .") for line in lines)
    assert len(by_pyoxigraph("\n".join(lines), "nquads")) == len(lines)


def test_a_count_of_something_unknown_is_refused():
    with pytest.raises(InputError, match="no count 'claim'"):
        list(dataset_quads(model.Corpus(title="x"), {"claim": 1}, ids.Mint()))
