"""Where candidates come from, behind one small interface: the local index, Wikidata's API, a SPARQL endpoint, a reconciliation service.

A source gives what may be a thing by its names, facts included; whether it is, gates, scores and a person decide.
"""

from kb.link.sources.api import Api
from kb.link.sources.reconcile import Reconcile
from kb.link.sources.sparql import Sparql
from kb.link.sources.written import Source, Thing, Written, batches, written

__all__ = ["Api", "Reconcile", "Source", "Sparql", "Thing", "Written", "batches", "written"]
