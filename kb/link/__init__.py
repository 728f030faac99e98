"""Links to Wikidata: judgements in SSSOM files, read, written and checked. Nothing here uses the network.

A link is what a person affirmed; refused, open and not-found ones are kept beside it and never become triples.
"""

from kb.link.alignments import read_alignments
from kb.link.answers import Answer, check_author, judgement_of, read_answer
from kb.link.candidate import CLAIMS, Look, Seen, claims_of, from_index, from_wikidata, item_lines, thing_lines, with_seen
from kb.link.findings import findings
from kb.link.index import Index, build_index
from kb.link.judgements import COLUMNS, JudgementFile, file_text, new_file, read_file, read_judgements
from kb.link.review import Change, Changed, Review
from kb.link.sheet import Sheet, read_sheet
from kb.link.suggest import Candidate, predictions, suggest

__all__ = [
    "CLAIMS", "COLUMNS", "Answer", "Candidate", "Change", "Changed", "Index", "JudgementFile", "Look", "Review", "Seen", "Sheet",
    "build_index", "check_author", "claims_of", "file_text", "findings", "from_index", "from_wikidata", "item_lines", "judgement_of",
    "new_file", "predictions", "read_alignments", "read_answer", "read_file", "read_judgements", "read_sheet", "suggest",
    "thing_lines", "with_seen",
]  # fmt: skip
