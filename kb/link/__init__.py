"""Links to Wikidata: judgements in SSSOM files, read, written and checked. Nothing here uses the network.

A link is what a person affirmed; refused, open and not-found ones are kept beside it and never become triples.
"""

from kb.link.alignments import read_alignments
from kb.link.findings import findings
from kb.link.judgements import COLUMNS, JudgementFile, file_text, new_file, read_file, read_judgements

__all__ = ["COLUMNS", "JudgementFile", "file_text", "findings", "new_file", "read_alignments", "read_file", "read_judgements"]
