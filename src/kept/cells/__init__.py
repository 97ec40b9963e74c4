"""cells: a region is a cell. Where each member's data lives, and the one way across a border.

Owns the registry of cells, the transaction that every verb is handed, the directory (opaque id, handle or keyed login ->
cell), the shelves and the gateway that replicates them, the guard that refuses a private row whose owner lives elsewhere,
and the scans that prove it. Never holds anything private in the directory; never passes a field that is not public,
addressed or an aggregate.
Start reading at `cell.py` (a cell and its transaction), then `gateway.py` (what crosses).
"""

from kept.cells.applying import Deliver, Handlers
from kept.cells.cell import Cell, KeysApart, OwnerElsewhere, Tx
from kept.cells.departures import Departed, HomeMoved
from kept.cells.directory import DIRECTORY_NAME, Directory, Home, NameTaken
from kept.cells.distance import FarFile
from kept.cells.exchange import request_message
from kept.cells.gateway import Gateway
from kept.cells.keys import gateway_key, key_name, region_key
from kept.cells.links import Link, links
from kept.cells.models import CrossingCount, GuardRefusal, Resident, RoutingCount, ShelfRow
from kept.cells.open_pages import OpenPage, OpenPages
from kept.cells.parcels import CHANNEL as PARCELS
from kept.cells.parcels import Addressed, NotPublic, ShelfPut, ShelfRemove, send_addressed
from kept.cells.registry import (
    Cells,
    HomeElsewhere,
    Keys,
    NotServedHere,
    RemoteCell,
    database_names,
    open_cells,
    open_key_stores,
)
from kept.cells.residency import Stranger, admit, strangers
from kept.cells.scanning import Kind as OffenderKind
from kept.cells.scanning import Offender, scan
from kept.cells.shelves import put_on_shelf, take_off_all_shelves, take_off_shelf
from kept.cells.standing import CellRestoring, CellStanding, Standing, Standings
from kept.cells.tallies import Crossed, add_routing, add_tallies, crossings, routed, tallied
from kept.cells.wire import LARGEST_BODY as LARGEST_BATCH_BODY
from kept.cells.wire import PATH as GATEWAY_PATH

__all__ = [
    "DIRECTORY_NAME",
    "GATEWAY_PATH",
    "LARGEST_BATCH_BODY",
    "PARCELS",
    "Addressed",
    "Cell",
    "CellRestoring",
    "CellStanding",
    "Cells",
    "Crossed",
    "CrossingCount",
    "Deliver",
    "Departed",
    "Directory",
    "FarFile",
    "Gateway",
    "GuardRefusal",
    "Handlers",
    "Home",
    "HomeElsewhere",
    "HomeMoved",
    "Keys",
    "KeysApart",
    "Link",
    "NameTaken",
    "NotPublic",
    "NotServedHere",
    "Offender",
    "OffenderKind",
    "OpenPage",
    "OpenPages",
    "OwnerElsewhere",
    "RemoteCell",
    "Resident",
    "RoutingCount",
    "ShelfPut",
    "ShelfRemove",
    "ShelfRow",
    "Standing",
    "Standings",
    "Stranger",
    "Tx",
    "add_routing",
    "add_tallies",
    "admit",
    "crossings",
    "database_names",
    "gateway_key",
    "key_name",
    "links",
    "open_cells",
    "open_key_stores",
    "put_on_shelf",
    "region_key",
    "request_message",
    "routed",
    "scan",
    "send_addressed",
    "strangers",
    "take_off_all_shelves",
    "take_off_shelf",
    "tallied",
]
