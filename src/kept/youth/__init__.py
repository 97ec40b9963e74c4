"""youth: guardians and young people: how they are paired, what guardians limit, and who is told of it.

Owns both sides of a pairing (each in its owner's cell), codes, what each guardian has set, and the news of a family. What is
in force stands in `accounts`, where every request finds it. A guardian never sees what a young person writes or watches, and
nothing here loads it; ending a pairing leaves the limits as they were; nothing here makes them looser but a guardian's word.
Start reading at `registers.py` (what each says, and what follows), then `pairing.py` and `limiting.py` (the verbs),
`telling.py` (the other's cell).
"""

from kept.youth.codes import GOOD_FOR, offer_code
from kept.youth.errors import NoSuchPairing, TooManyCodes, TooManyGuardians
from kept.youth.limiting import choose, give_more, go_on, set_limits
from kept.youth.models import FamilyNews, GuardedBy, Guardian, PairingCode, Ward
from kept.youth.opening import Youth, open_youth
from kept.youth.overview import Family, GuardianLine, NewsLine, WardLine, family_of, seen
from kept.youth.pairing import agree, confirm, unpair
from kept.youth.registers import PairState, Setting
from kept.youth.telling import MORE_MINUTES, MOST_GUARDIANS, WHAT, News, deliver
from kept.youth.tending import tend_families

__all__ = [
    "GOOD_FOR",
    "MORE_MINUTES",
    "MOST_GUARDIANS",
    "WHAT",
    "Family",
    "FamilyNews",
    "GuardedBy",
    "Guardian",
    "GuardianLine",
    "News",
    "NewsLine",
    "NoSuchPairing",
    "PairState",
    "PairingCode",
    "Setting",
    "TooManyCodes",
    "TooManyGuardians",
    "Ward",
    "WardLine",
    "Youth",
    "agree",
    "choose",
    "confirm",
    "deliver",
    "family_of",
    "give_more",
    "go_on",
    "offer_code",
    "open_youth",
    "seen",
    "set_limits",
    "tend_families",
    "unpair",
]
