"""The ontology is whole, agrees with the code, and its examples, context and alignments say what it says."""

from __future__ import annotations

import hashlib
import json
import re
from operator import attrgetter
from pathlib import Path

import pyoxigraph
import pytest
import sssom_pydantic
from rdflib import OWL, RDF, RDFS, SKOS, BNode, Dataset, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS

from kb import vocab
from kb.ids import NS, concept

ROOT = Path(__file__).parents[1]
ONTOLOGY = ROOT / "ontology"
FILES = sorted(ONTOLOGY.glob("*.ttl"))
EXAMPLES = sorted((ONTOLOGY / "examples").glob("*.trig"))
ALIGNMENTS = sorted((ONTOLOGY / "align").glob("*.sssom.tsv"))
CONTEXT = json.loads((ONTOLOGY / "context.jsonld").read_text(encoding="utf-8"))["@context"]
KB, SCHEMA, OA = Namespace(NS), Namespace(vocab.SCHEMA), Namespace(vocab.PREFIXES["oa"])
VANN = Namespace("http://purl.org/vocab/vann/")
KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, SKOS.Concept, SKOS.ConceptScheme)
COLUMNS = ("subject_id", "subject_label", "predicate_id", "object_id", "object_label")
MATCHES = {f"skos:{kind}Match" for kind in ("exact", "close", "broad", "narrow", "related")}


def graph_of(*files: Path) -> Graph:
    graph = Graph()
    for file in files:
        graph.parse(file, format="turtle")
    return graph


def terms_of(graph: Graph) -> set[URIRef]:
    return {term for kind in KINDS for term in graph.subjects(RDF.type, kind)}


ALL = graph_of(*FILES)
TERMS = terms_of(ALL)


def gaps(graph: Graph) -> list[str]:
    """Return what a term of `graph` lacks: each has one label, definition, example and home."""
    found = []
    for term in terms_of(graph):
        for need in (RDFS.label, SKOS.definition, SKOS.example, RDFS.isDefinedBy):
            if len(list(graph.objects(term, need))) != 1:
                found.append(f"{term} {need}")
    return found


def unknown_terms(words: set[str]) -> set[str]:
    """Return those local names of `kb:` that the ontology does not declare."""
    return {word for word in words if KB[word] not in TERMS}


def read_example(file: Path) -> Dataset:
    dataset = Dataset()
    dataset.parse(file, format="trig")
    return dataset


def quads_of(dataset: Dataset) -> set[tuple]:
    return {(s, p, o, str(graph)) for s, p, o, graph in dataset.quads()}


@pytest.mark.parametrize("file", FILES, ids=attrgetter("name"))
def test_two_parsers_read_the_same_triples_and_no_blank_node(file):
    ours = graph_of(file)
    theirs = {str(quad.triple) for quad in pyoxigraph.parse(path=str(file), format=pyoxigraph.RdfFormat.TURTLE)}
    assert len(theirs) == len(ours) > 5
    assert not any(isinstance(node, BNode) for triple in ours for node in triple)


def test_every_term_has_label_definition_example_and_home():
    assert len(TERMS) > 180
    assert gaps(ALL) == []


@pytest.mark.parametrize("need", [RDFS.label, SKOS.definition, SKOS.example, RDFS.isDefinedBy])
def test_a_term_that_lacks_one_of_them_is_found(need):
    broken = Graph() + ALL
    broken.remove((KB.speaker, need, None))
    assert gaps(broken) == [f"{KB.speaker} {need}"]


@pytest.mark.parametrize("term", sorted(TERMS))
def test_a_label_is_lower_case_and_a_definition_one_sentence(term):
    label, definition = str(ALL.value(term, RDFS.label)), str(ALL.value(term, SKOS.definition))
    assert label == label.lower() and label.strip()
    assert definition.endswith(".") and not re.search(r"[.!?] [A-Z]", definition)
    assert all(text.language == "en" for text in ALL.objects(term) if isinstance(text, Literal))


@pytest.mark.parametrize("file", FILES, ids=attrgetter("name"))
def test_a_term_is_defined_by_the_module_it_stands_in(file):
    graph = graph_of(file)
    (header,) = graph.subjects(RDF.type, OWL.Ontology)
    assert header == KB[file.stem if file.stem != "kb" else ""]
    assert {graph.value(term, RDFS.isDefinedBy) for term in terms_of(graph)} <= {header}


def test_the_header_names_version_licence_prefix_and_every_module():
    header = KB[""]
    assert ALL.value(header, OWL.versionIRI) == URIRef(f"{NS}{ALL.value(header, OWL.versionInfo)}")
    assert ALL.value(header, DCTERMS.license) == URIRef("https://creativecommons.org/publicdomain/zero/1.0/")
    assert str(ALL.value(header, VANN.preferredNamespacePrefix)) == "kb"
    assert str(ALL.value(header, VANN.preferredNamespaceUri)) == NS
    assert set(ALL.objects(header, OWL.imports)) == {KB[file.stem] for file in FILES if file.stem != "kb"}
    assert {str(ALL.value(one, OWL.versionInfo)) for one in ALL.subjects(RDF.type, OWL.Ontology)} == {"0.1.0"}


@pytest.mark.parametrize("file", FILES, ids=attrgetter("name"))
def test_terms_stand_in_the_order_of_the_alphabet_under_each_heading(file):
    for part in re.split(r"^# .*$", file.read_text(encoding="utf-8"), flags=re.M)[1:]:
        subjects = re.findall(r"^([a-z]+:[\w-]*) a ", part, flags=re.M)
        assert subjects and subjects == sorted(subjects)


@pytest.mark.parametrize("scheme", sorted(vocab.SCHEMES))
def test_a_scheme_holds_the_words_that_the_code_knows(scheme):
    iri = URIRef(f"{NS}{scheme}/")
    assert (iri, RDF.type, SKOS.ConceptScheme) in ALL
    assert set(ALL.subjects(SKOS.inScheme, iri)) == {URIRef(concept(scheme, word)) for word in vocab.SCHEMES[scheme]}


def test_the_ontology_has_no_scheme_and_no_stray_concept_that_the_code_does_not_know():
    assert set(ALL.subjects(RDF.type, SKOS.ConceptScheme)) == {URIRef(f"{NS}{scheme}/") for scheme in vocab.SCHEMES}
    words = {URIRef(concept(scheme, word)) for scheme, words in vocab.SCHEMES.items() for word in words}
    assert set(ALL.subjects(RDF.type, SKOS.Concept)) == words


def test_every_concept_reaches_the_top_of_its_own_scheme():
    for word in ALL.subjects(RDF.type, SKOS.Concept):
        scheme = ALL.value(word, SKOS.inScheme)
        for chain in _chains(word):
            assert len(chain) == len(set(chain)) <= 3
            assert (chain[-1], SKOS.topConceptOf, scheme) in ALL
            assert {ALL.value(one, SKOS.inScheme) for one in chain} == {scheme}


def _chains(word):
    """Yield each way from a concept upwards; a concept may be narrower than two."""
    wider = list(ALL.objects(word, SKOS.broader))
    yield from ([word, *chain] for other in wider for chain in _chains(other))
    if not wider:
        yield [word]


@pytest.mark.parametrize(
    ("word", "parent"),
    [("withdrawal", "movement"), ("movement", "military"), ("arms-transfer", "military"), ("asset-freeze", "sanction")],
)
def test_event_types_stand_in_a_shallow_hierarchy(word, parent):
    assert ALL.value(URIRef(concept("event-type", word)), SKOS.broader) == URIRef(concept("event-type", parent))


def test_every_property_says_whose_it_is_and_where_it_points():
    properties = [term for term in TERMS if {OWL.ObjectProperty, OWL.DatatypeProperty} & set(ALL.objects(term, RDF.type))]
    assert len(properties) > 60
    for one in properties:
        ends = set(ALL.objects(one, SCHEMA.domainIncludes)) | set(ALL.objects(one, SCHEMA.rangeIncludes))
        assert ALL.value(one, SCHEMA.domainIncludes) and ALL.value(one, SCHEMA.rangeIncludes), one
        assert all(end in TERMS for end in ends if end.startswith(NS)), one
        if SKOS.Concept in ends:
            assert (ALL.value(one, RDFS.seeAlso), RDF.type, SKOS.ConceptScheme) in ALL, one


def test_the_roles_and_the_ends_of_the_predicate_lie_below_participant():
    below = set(ALL.subjects(RDFS.subPropertyOf, KB.participant))
    assert below == {KB[role] for role in (*vocab.ROLES, "subject", "object")}


def test_the_classes_of_the_code_are_declared():
    own = {iri for iri in vocab.ENTITY_KINDS.values() if iri.startswith(NS)}
    assert len(own) > 5 and {URIRef(iri) for iri in own} <= set(ALL.subjects(RDFS.subClassOf, KB.Entity))
    assert (KB.Claim, RDFS.subClassOf, SCHEMA.Claim) in ALL


def words_in_rdf(file: Path) -> set[str]:
    text = re.sub(r'"(?:[^"\\\n]|\\.)*"|^#.*$|<[^<>\s]*>', "", file.read_text(encoding="utf-8"), flags=re.M)
    return set(re.findall(r"(?<![\w:])kb:([A-Za-z][\w-]*)", text))


def test_the_code_names_only_declared_terms():
    code = "\n".join(file.read_text(encoding="utf-8") for file in sorted((ROOT / "kb").rglob("*.py")))
    words = set(re.findall(r'\b(?:own|term)\(\s*"([A-Za-z0-9]+)"', code))
    assert {"speaker", "Claim"} <= words
    assert unknown_terms(words) == set()


@pytest.mark.parametrize(
    "file", sorted([*ONTOLOGY.glob("shapes/*.ttl"), *ROOT.glob("queries/**/*.rq")]), ids=attrgetter("name")
)
def test_shapes_and_queries_name_only_declared_terms(file):
    assert unknown_terms(words_in_rdf(file)) == set()


def test_an_undeclared_term_is_found(tmp_path):
    file = tmp_path / "wrong.rq"
    file.write_text('# kb:comment\nSELECT * { ?claim kb:speeker ?s ; kb:speaker "kb:text" }', encoding="utf-8")
    assert unknown_terms(words_in_rdf(file)) == {"speeker"}


@pytest.mark.parametrize("file", EXAMPLES, ids=attrgetter("name"))
def test_an_example_uses_only_declared_terms_and_no_blank_node(file):
    quads = quads_of(read_example(file))
    theirs = pyoxigraph.parse(path=str(file), format=pyoxigraph.RdfFormat.TRIG)
    assert len(set(map(str, theirs))) == len(quads) > 50
    nodes = {node for quad in quads for node in quad[:3]}
    assert {node for node in nodes if node.startswith(NS)} <= TERMS
    assert not any(isinstance(node, BNode) for node in nodes)


@pytest.mark.parametrize("file", EXAMPLES, ids=attrgetter("name"))
def test_an_example_gives_the_digest_of_the_words_it_shows(file):
    graph = read_example(file)
    graph.default_union = True
    places = list(graph.subjects(RDF.type, OA.SpecificResource))
    assert places
    for place in places:
        words = str(graph.value(URIRef(f"{place}/quote"), OA.exact))
        start, end = (int(graph.value(URIRef(f"{place}/position"), side)) for side in (OA.start, OA.end))
        assert end - start == len(words)
        assert str(graph.value(place, KB.sha256)) == hashlib.sha256(words.encode()).hexdigest()


@pytest.mark.parametrize("file", EXAMPLES, ids=attrgetter("name"))
def test_what_plays_a_role_in_an_example_is_a_participant_too(file):
    graph = read_example(file)
    graph.default_union = True
    for role in (*vocab.ROLES, "subject", "object"):
        for claim, thing in graph.subject_objects(KB[role]):
            if (claim, RDF.type, KB.Claim) in graph:
                assert (claim, KB.participant, thing) in graph


@pytest.mark.parametrize(
    "term", ["excludes", "competesWith", "qualifies", "names", "flagKind", "fractionOf", "onBehalfOf", "via", "addressee", "valence", "toward", "impact"]
)
def test_the_examples_show_the_terms_that_are_hard_to_use(term):
    used = {predicate for file in EXAMPLES for _, predicate, _, _ in quads_of(read_example(file))}
    assert KB[term] in used


@pytest.mark.parametrize("file", EXAMPLES, ids=attrgetter("name"))
def test_an_example_comes_back_from_our_json_ld_unchanged(file):
    before = read_example(file)
    text = before.serialize(format="json-ld", context=CONTEXT, auto_compact=False)
    after = Dataset()
    after.parse(data=text, format="json-ld")
    assert quads_of(after) == quads_of(before)
    strict = pyoxigraph.parse(text.encode(), format=pyoxigraph.RdfFormat.JSON_LD)
    assert set(strict) == set(pyoxigraph.parse(path=str(file), format=pyoxigraph.RdfFormat.TRIG))


@pytest.mark.parametrize("kind", ["ObjectProperty", "DatatypeProperty"])
def test_the_context_coerces_every_property_as_the_ontology_says(kind):
    for one in ALL.subjects(RDF.type, OWL[kind]):
        reach = {str(iri) for iri in ALL.objects(one, SCHEMA.rangeIncludes)}
        said = CONTEXT.get(f"kb:{one.removeprefix(NS)}", {})
        prefix, _, word = said.get("@type", "").partition(":")
        wanted = {"@id"} if kind == "ObjectProperty" else reach - {vocab.PREFIXES["xsd"] + "string", str(RDF.langString)}
        assert ({vocab.PREFIXES[prefix] + word if word else prefix} - {""}) == wanted, one
        assert (said.get("@language") == "en") == (str(RDF.langString) in reach), one


def test_the_context_has_the_prefixes_of_the_code():
    assert {key: iri for key, iri in CONTEXT.items() if isinstance(iri, str)} == vocab.PREFIXES
    assert {said["@language"] for said in CONTEXT.values() if isinstance(said, dict) and "@language" in said} == {"en"}


def test_there_is_an_alignment_with_each_vocabulary_we_promise():
    names = {file.name.removesuffix(".sssom.tsv") for file in ALIGNMENTS}
    assert names == {"acled", "aif", "cameo", "cito", "plover", "prov", "schema", "sem", "wikidata"}


@pytest.mark.parametrize("file", ALIGNMENTS, ids=attrgetter("name"))
def test_an_alignment_is_valid_and_speaks_of_terms_that_exist(file):
    mappings, converter, about = sssom_pydantic.read(file)
    assert len(mappings) > 10 and about.version == "0.1.0" and about.comment
    assert str(about.license) == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert str(about.id).endswith(f"/{file.name}")
    for one in mappings:
        subject = URIRef(converter.expand(one.subject.curie, strict=True))
        assert subject in TERMS and one.subject_name == str(ALL.value(subject, RDFS.label))
        assert one.predicate.curie in MATCHES and one.justification.curie == "semapv:ManualMappingCuration"
        assert converter.expand(one.object.curie, strict=True) and one.object_name


@pytest.mark.parametrize("file", ALIGNMENTS, ids=attrgetter("name"))
def test_the_rows_of_an_alignment_stand_in_order_and_say_a_thing_once(file):
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    columns, rows = lines[0].split("\t"), [line.split("\t") for line in lines[1:]]
    assert columns == [*COLUMNS, "mapping_justification", "comment"]
    keys = [(row[0], row[2], row[3]) for row in rows]
    assert keys == sorted(keys)
    assert len({(row[0], row[3]) for row in rows}) == len(rows)
