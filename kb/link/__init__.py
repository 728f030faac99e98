"""Links to Wikidata: judgements in SSSOM files, read, written and checked; candidates from sources, some of them online.

A link is what a person affirmed; refused, open and not-found ones are kept beside it and never become triples.
"""

from kb.link.alignments import read_alignments
from kb.link.answers import Answer, alike_of, check_author, judgement_of, read_answer
from kb.link.candidate import CLAIMS, Look, Seen, claims_of, from_index, from_wikidata, item_lines, thing_lines, with_seen
from kb.link.drift import Drift, OfficeClaim, drift, offices_claimed
from kb.link.enrich import Fetched, fetch, read_fetched
from kb.link.enrich import file_text as fetched_text
from kb.link.findings import findings
from kb.link.heard import Heard, heard
from kb.link.index import Index, build_index
from kb.link.judgements import COLUMNS, JudgementFile, file_text, new_file, read_file, read_judgements
from kb.link.review import Change, Changed, Review
from kb.link.sheet import Sheet, read_sheet
from kb.link.sources import Api, Reconcile, Source, Sparql
from kb.link.suggest import Candidate, predictions, suggest

__all__ = [
    "CLAIMS", "COLUMNS", "Answer", "Api", "Candidate", "Change", "Changed", "Drift", "Fetched", "Heard", "Index",
    "JudgementFile", "Look", "OfficeClaim", "Reconcile", "Review", "Seen", "Sheet", "Source", "Sparql", "alike_of",
    "build_index", "check_author", "claims_of", "drift", "fetch", "fetched_text", "file_text", "findings", "from_index",
    "from_wikidata", "heard", "item_lines", "judgement_of", "new_file", "offices_claimed", "predictions", "read_alignments",
    "read_answer", "read_fetched", "read_file", "read_judgements", "read_sheet", "suggest", "thing_lines", "with_seen",
]  # fmt: skip
