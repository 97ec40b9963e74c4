"""trust: the public front door for the public and for auditors: the promises, the documents, security contact.

Decides nothing and measures nothing: it shows what `promises` and `terms` know.
"""

from kept.trust.centre import trust_centre
from kept.trust.documents import document, document_version
from kept.trust.wellknown import security_txt

TRUST_ROUTES = (trust_centre, document, document_version, security_txt)

__all__ = ["TRUST_ROUTES"]
