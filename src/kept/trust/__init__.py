"""trust: the public front door for the public and for auditors: the promises, what is kept, the documents, security contact.

Decides nothing and measures nothing: it shows what `promises` and `terms` know.
"""

from kept.trust.centre import trust_centre
from kept.trust.data import data_csv, data_map, data_retention, data_start
from kept.trust.documents import document, document_version
from kept.trust.wellknown import security_txt

TRUST_ROUTES = (
    trust_centre,
    data_start,
    data_map,
    data_csv,
    data_retention,
    document,
    document_version,
    security_txt,
)

__all__ = ["TRUST_ROUTES"]
