"""disclosure: giving data to an authority that may have it: what counsel narrowed and two teams agreed to, and nothing else.

Owns what is put into a package (derived from the catalogue, `scope.py`), the recipient's key, the job that makes the package,
its hand-over for some days, and telling the members. Stands above `legal`, whose states and checks it can't go round, and
`access`, whose request, two approvals and authorisations it needs: nothing is opened without the cosigned proof, nothing is
read past the role of the gateway. Never gives what lies in the future, never keeps a package in clear, never tells a member
while an order of silence stands, never leaves them untold after.
Start reading at `scope.py`, then `asking.py`, `building.py`, `package.py`, `handing_over.py`; `advancing.py` is the worker's.
"""

from kept.disclosure.advancing import advance_productions
from kept.disclosure.asking import ask_for_production, confirm_key, enter_key
from kept.disclosure.building import JOB, produce
from kept.disclosure.handing_over import DAYS, Package, open_package
from kept.disclosure.package import FORMAT, Given
from kept.disclosure.recipients import BadRecipient, OtherFingerprint, fingerprint
from kept.disclosure.scope import CLASS_OF, GOES_ALONG, NEVER, Piece, moment_of, pieces, places
from kept.disclosure.works import BadProduction, NoPackage, NotAgreed, NotWhole

__all__ = [
    "CLASS_OF",
    "DAYS",
    "FORMAT",
    "GOES_ALONG",
    "JOB",
    "NEVER",
    "BadProduction",
    "BadRecipient",
    "Given",
    "NoPackage",
    "NotAgreed",
    "NotWhole",
    "OtherFingerprint",
    "Package",
    "Piece",
    "advance_productions",
    "ask_for_production",
    "confirm_key",
    "enter_key",
    "fingerprint",
    "moment_of",
    "open_package",
    "pieces",
    "places",
    "produce",
]
