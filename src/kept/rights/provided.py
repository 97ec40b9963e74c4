"""What of a member's data goes along to somewhere else (GDPR Art. 20): what they gave; derived from the catalogue.

Not what was worked out about them, nor our own bookkeeping, nor secrets: WP 242 rev.01 (of the EDPB's predecessor), II.
"""

from collections.abc import Sequence

from kept.catalog import BASES, Basis, Category, Level, Nature
from kept.catalog.law import Rule
from kept.rights.states import Kind
from kept.subjects import OwnedTable, Row, rule_of


def is_provided(rule: Rule) -> bool:
    """Whether a column holds what the member gave, or did here, for the service that they have by contract."""
    by_contract = any(BASES[purpose] is Basis.CONTRACT for purpose in rule.purposes)
    own = rule.category != Category.OPERATIONS and not rule.derived_from
    return by_contract and own and rule.level < Level.SECRET


def columns_for(kind: Kind, table: OwnedTable) -> frozenset[str]:
    """The columns of a table that a copy has; none: the table is not in it."""
    every = frozenset(str(column.name) for column in table.table.c)
    if kind is not Kind.PORTABILITY:
        return every
    given = {str(one.name) for one in table.table.c if one.name != table.owner and is_provided(rule_of(one))}
    if not given or table.law.nature is not Nature.RECORD or table.name == "data_copy":
        return frozenset()
    keys = {str(one.name) for one in table.table.primary_key.columns if one.name != table.owner}
    moments = {str(one.name) for one in table.table.c if str(one.name).endswith("_at")}
    return frozenset(given | keys | moments)


def only(rows: Sequence[Row], columns: frozenset[str]) -> list[Row]:
    """Rows with these columns."""
    return [{name: value for name, value in row.items() if name in columns} for row in rows]
