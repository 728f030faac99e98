"""One article and its claims → the quads of its graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from kb import vocab
from kb.ids import Mint
from kb.model import Article, Claim, Quantity, Span, Step
from kb.quads.terms import COMMENT, DAY, LABEL, TYPE, XSD, Pairs, count, number, own, plain, tagged, time_pairs, typed, word
from kb.vocab import ARTICLE_KINDS, ROLES


class _ArticleMapper:
    """Maps one article: knows its graph, and how a name of its fact file becomes an IRI."""

    def __init__(self, article: Article, things: Mapping[str, str], mint: Mint, text: str | None) -> None:
        self.article, self.things, self.mint, self.text = article, things, mint, text
        self.iri = f"<{mint.article(article.id)}>"
        self.graph = f"<{mint.graph(article.id)}>"
        self.anchor = list(time_pairs(article.anchor, "inferred" if article.written else "stated"))
        voice = article.author[0] if article.author else article.publisher
        self.own_voice = self.thing(voice) if voice else self.iri

    def thing(self, name: str) -> str:
        if name.startswith("claim:"):
            article, _, claim = name[6:].rpartition("/")
            return f"<{self.mint.claim(article or self.article.id, claim)}>"
        mint = self.mint.event if self.things[name] == "event" else self.mint.entity
        return f"<{mint(name)}>"

    def things_of(self, property_: str, names: Iterable[str]) -> Pairs:
        for name in names:
            yield property_, self.thing(name)

    def about(self, subject: str, pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
        for property_, value in pairs:
            yield f"{subject} {property_} {value} {self.graph} ."

    def article_pairs(self) -> Pairs:
        one = self.article
        yield TYPE, own("schema:NewsArticle")
        if one.kind != "news":
            yield TYPE, f"<{ARTICLE_KINDS[one.kind]}>"
        yield LABEL, tagged(one.title)
        yield own("schema:headline"), tagged(one.title)
        yield from self.things_of(own("schema:author"), one.author)
        yield from self.things_of(own("schema:publisher"), [one.publisher] if one.publisher else [])
        yield from self.things_of(own("origin"), one.origin)
        yield own("schema:inLanguage"), plain(one.language)
        if one.url:
            yield own("schema:url"), plain(one.url)
        if one.text:
            yield own("characters"), count(one.text.characters)
            yield own("sha256"), plain(one.text.sha256)
        yield from self.article_dates()
        if one.comment:
            yield COMMENT, tagged(one.comment)

    def article_dates(self) -> Pairs:
        one = self.article
        if one.published:
            day = f"{XSD}date" if DAY.fullmatch(one.published) else vocab.EDTF
            yield own("schema:datePublished"), typed(one.published, day)
        if one.stated:
            yield own("statedDate"), typed(one.stated, vocab.EDTF)
        if one.written:
            yield own("writtenDate"), typed(one.written.interval, vocab.EDTF)
            for reason in one.written.because:
                yield own("writtenBecause"), tagged(reason)
        yield from self.anchor

    def claim(self, claim: Claim) -> Iterator[str]:
        bare = self.mint.claim(self.article.id, claim.id)
        yield from self.about(f"<{bare}>", self.claim_pairs(claim, bare))
        yield from self.attribution(claim, bare)
        yield from self.evidence(claim.evidence, f"{bare}/evidence/")
        yield from self.evidence(claim.attribution_evidence, f"{bare}/attribution-evidence/")
        if claim.quantity:
            yield from self.about(f"<{bare}/quantity>", self.quantity_pairs(claim.quantity))
        for place, (entity, form) in enumerate(_namings(claim), 1):
            pairs = [(TYPE, own("Naming")), (own("names"), self.thing(entity)), (own("written"), plain(form))]
            yield from self.about(f"<{bare}/naming/{place}>", pairs)
        for place, flag in enumerate(claim.flags, 1):
            pairs = [(TYPE, own("Flag")), (own("flagKind"), word("flag-kind", flag.kind)), (COMMENT, tagged(flag.reason))]
            pairs += [(own("written"), plain(flag.words))] if flag.words else []
            yield from self.about(f"<{bare}/flag/{place}>", [*pairs, *self.things_of(own("rdfs:seeAlso"), flag.see)])

    def claim_pairs(self, claim: Claim, bare: str) -> Pairs:
        yield TYPE, own("Claim")
        yield LABEL, tagged(claim.label)
        yield own("reportedIn"), self.iri
        yield own("speaker"), self.thing(claim.speaker) if claim.speaker else self.own_voice
        zone = claim.zone or (self.article.zone_at(claim.evidence[0].start) if claim.evidence else "body")
        yield own("voice"), word("voice", claim.voice or ("indirect" if claim.speaker else "article"))
        yield own("zone"), word("zone", zone)
        for key in ("polarity", "modality", "certainty"):
            yield own(key), word(key, getattr(claim, key))
        if claim.hedge:
            yield own("hedge"), plain(claim.hedge)
        if claim.presupposed:
            yield own("presupposed"), typed("true", f"{XSD}boolean")
        yield from self.judgement_pairs(claim)
        yield from self.content_pairs(claim)
        yield from time_pairs(claim.time, claim.time_basis)
        for question, given in claim.answers.items():
            for answer in given:
                yield own("supportsAnswer"), f"<{self.mint.answer(question, answer)}>"
        if claim.confidence is not None:
            yield own("confidence"), number(claim.confidence)
        if claim.review:
            yield own("review"), word("review", claim.review)
        yield from self.part_pairs(claim, bare)

    def judgement_pairs(self, claim: Claim) -> Pairs:
        for key in ("valence", "impact"):
            if getattr(claim, key):
                yield own(key), word(key, getattr(claim, key))
        subject = (claim.subject,) if claim.subject and claim.valence else ()
        yield from self.things_of(own("toward"), claim.toward or subject)

    def content_pairs(self, claim: Claim) -> Pairs:
        subject = (claim.subject,) if claim.subject else ()
        yield from self.things_of(own("subject"), subject)
        if claim.predicate:
            yield own("predicate"), plain(claim.predicate)
        yield from self.things_of(own("object"), claim.object)
        if claim.value:
            yield own("value"), plain(claim.value)
        if claim.event:
            yield own("about"), self.thing(claim.event)
        if claim.type:
            yield own("eventType"), word("event-type", claim.type)
        parts = dict.fromkeys([*subject, *claim.object])
        for role in ROLES:
            yield from self.things_of(own(role), getattr(claim, role))
            parts |= dict.fromkeys(getattr(claim, role))
        yield from self.things_of(own("participant"), parts)

    def part_pairs(self, claim: Claim, bare: str) -> Pairs:
        """Point from the claim to the nodes below it."""
        steps = max(len(claim.attribution), 1 if claim.speaker else 0)
        parts = {
            "attribution": range(steps + 1),
            "evidence": range(1, len(claim.evidence) + 1),
            "attribution-evidence": range(1, len(claim.attribution_evidence) + 1),
            "naming": range(1, len(_namings(claim)) + 1),
            "flag": range(1, len(claim.flags) + 1),
        }
        for part, places in parts.items():
            property_ = own("attributionEvidence" if part == "attribution-evidence" else part)
            for place in places:
                yield property_, f"<{bare}/{part}/{place}>"
        if claim.quantity:
            yield own("quantity"), f"<{bare}/quantity>"

    def attribution(self, claim: Claim, bare: str) -> Iterator[str]:
        steps = claim.attribution or ((Step(source=claim.speaker),) if claim.speaker else ())
        step_0 = [(TYPE, own("Attribution")), (own("step"), typed("0", f"{XSD}integer")), (own("source"), self.iri)]
        yield from self.about(f"<{bare}/attribution/0>", [*step_0, *self.anchor])
        for place, step in enumerate(steps, 1):
            yield from self.about(f"<{bare}/attribution/{place}>", self.step_pairs(step, place))

    def step_pairs(self, step: Step, place: int) -> Pairs:
        yield TYPE, own("Attribution")
        yield own("step"), typed(str(place), f"{XSD}integer")
        yield own("source"), self.thing(step.source)
        if step.verb:
            yield own("verb"), plain(step.verb)
        if step.act:
            yield own("speechAct"), word("speech-act", step.act)
        if step.stance:
            yield own("stance"), word("stance", step.stance)
        yield from self.things_of(own("onBehalfOf"), step.on_behalf_of)
        yield from self.things_of(own("via"), step.via)
        yield from self.things_of(own("addressee"), step.addressee)
        yield from time_pairs(step.said, step.said_basis)

    def evidence(self, spans: Iterable[Span], stem: str) -> Iterator[str]:
        for place, span in enumerate(spans, 1):
            node, position = f"<{stem}{place}>", f"<{stem}{place}/position>"
            pairs = [(TYPE, own("oa:SpecificResource")), (own("oa:hasSource"), self.iri), (own("oa:hasSelector"), position)]
            pairs += [(own("sha256"), plain(span.sha256))] if span.sha256 else []
            if self.text is not None:
                quote = f"<{stem}{place}/quote>"
                words = plain(self.text[span.start : span.end])
                pairs.append((own("oa:hasSelector"), quote))
                yield from self.about(quote, [(TYPE, own("oa:TextQuoteSelector")), (own("oa:exact"), words)])
            yield from self.about(node, pairs)
            ends = [(own("oa:start"), count(span.start)), (own("oa:end"), count(span.end))]
            yield from self.about(position, [(TYPE, own("oa:TextPositionSelector")), *ends])

    def quantity_pairs(self, one: Quantity) -> Pairs:
        yield TYPE, own("Quantity")
        for property_, value in (("schema:value", one.value), ("schema:minValue", one.min), ("schema:maxValue", one.max)):
            if value is not None:
                yield own(property_), number(value)
        if one.unit:
            yield own("unit"), plain(one.unit)
        if one.kind:
            yield own("quantityKind"), word("quantity-kind", one.kind)
        yield own("approximation"), word("approximation", one.approximation)
        if one.fraction is not None:
            yield own("fraction"), number(one.fraction)
        if one.fraction_of:
            yield own("fractionOf"), f"{self.thing(one.fraction_of)[:-1]}/quantity>"


def claim_class(article: str, claim: str, mint: Mint) -> str:
    """Return the quad that says of a claim no more than that it is one."""
    return f"<{mint.claim(article, claim)}> {TYPE} {own('Claim')} <{mint.graph(article)}> ."


def _namings(claim: Claim) -> list[tuple[str, str]]:
    return [(entity, form) for entity, forms in claim.written.items() for form in forms]


def article_quads(
    article: Article, claims: Iterable[Claim], *, things: Mapping[str, str], mint: Mint, text: str | None = None
) -> Iterator[str]:
    """Yield the quads of one article's graph, unsorted.

    `things` gives the kind of each name used (`event`, or an entity kind). `text` is handed in only where the words may
    be shown: then each evidence carries them as an `oa:TextQuoteSelector`.
    """
    mapper = _ArticleMapper(article, things, mint, text)
    yield from mapper.about(mapper.iri, mapper.article_pairs())
    for claim in claims:
        yield from mapper.claim(claim)
