"""Who contradicts whom, who agrees, and who only repeats: question by question, by independent origin, no verdict about truth."""

from kb.compare.clashes import clashes, pairs
from kb.compare.compare import Filter, compare, results
from kb.compare.model import Clash, Comparison, Corroboration, Given, Origin, Position, QuestionResult, Relation
from kb.compare.origins import fold
from kb.compare.proposals import Proposal, Score, new_ones, propose, score
from kb.compare.read import Reading, read
from kb.compare.ties import Ties

__all__ = [
    "Clash", "Comparison", "Corroboration", "Filter", "Given", "Origin", "Position", "Proposal", "QuestionResult", "Reading", "Relation",
    "Score", "Ties", "clashes", "compare", "fold", "new_ones", "pairs", "propose", "read", "results", "score",
]  # fmt: skip
