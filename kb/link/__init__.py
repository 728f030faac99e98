"""Links to Wikidata: judgements in SSSOM files, read, written and checked. Nothing here uses the network.

A link is what a person affirmed; refused, open and not-found ones are kept beside it and never become triples.
"""

from kb.link.alignments import read_alignments
from kb.link.findings import findings
from kb.link.index import Index, build_index
from kb.link.judgements import COLUMNS, JudgementFile, file_text, new_file, read_file, read_judgements
from kb.link.suggest import Candidate, predictions, suggest

__all__ = [
    "COLUMNS", "Candidate", "Index", "JudgementFile", "build_index", "file_text", "findings", "new_file", "predictions",
    "read_alignments", "read_file", "read_judgements", "suggest",
]  # fmt: skip
