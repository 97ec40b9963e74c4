"""trust: the public front door for the public and for auditors: the promises, what is kept, the documents, security contact,
and what authorities have to know.

Decides nothing and measures nothing: it shows what `promises`, `terms` and `legal` know.
"""

from litestar import Router

from kept.edge import FOR_EVERY_VERSION
from kept.trust.authorities import authorities
from kept.trust.centre import trust_centre
from kept.trust.data import data_csv, data_map, data_retention, data_start
from kept.trust.documents import document, document_version
from kept.trust.ranking import ranking
from kept.trust.wellknown import security_txt

TRUST_ROUTES = (
    Router(
        path="/",
        opt=FOR_EVERY_VERSION,
        route_handlers=[
            trust_centre,
            authorities,
            data_start,
            data_map,
            data_csv,
            data_retention,
            ranking,
            document,
            document_version,
            security_txt,
        ],
    ),
)

__all__ = ["TRUST_ROUTES"]
