"""One polite client for SPARQL endpoints and for the plain HTTP of Wikibase and reconciliation services.

SPARQLWrapper writes the request, we send it under limits: its own sending has no deadline, no size cap, follows redirects
to any host and takes HTML for an answer. Here every answer is checked before anyone reads it.
"""

from kb.endpoint.address import is_this_machine
from kb.endpoint.cache import prune
from kb.endpoint.client import Client, ask
from kb.endpoint.graphs import write_graph
from kb.endpoint.wire import LONGEST_WAIT, MAX_BYTES

__all__ = ["LONGEST_WAIT", "MAX_BYTES", "Client", "ask", "is_this_machine", "prune", "write_graph"]
