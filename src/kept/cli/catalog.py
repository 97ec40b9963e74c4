"""`kept catalog`: the data map, and the lint that start-up runs, too."""

import typer

from kept.cli.asking import composition
from kept.kit import KeptError, Kind


class NoSuchTable(KeptError):
    code = "no_such_table"
    kind = Kind.NOT_FOUND
    message = "There is no table {table}."


app = typer.Typer(help="What is stored, why, where and for how long.", no_args_is_help=True)


@app.command()
def show(context: typer.Context, table: str = typer.Argument("", help="Only this table.")) -> None:
    """Print the data map (GDPR Art. 30): every table and column with its law."""
    composition(context).declare_tables()
    from kept.catalog import data_map

    entries = [entry for entry in data_map() if table in ("", entry.name)]
    if not entries:
        raise NoSuchTable(table=table)
    for entry in entries:
        law = entry.law
        kept = f"{law.keep.time.days} days after {law.keep.since.value} ({law.keep.basis})" if law.keep else "?"
        print(f"{entry.store}.{entry.name}  {law.nature.value}  {law.about}")
        print(f"    kept {kept}; owner {law.owner or 'nobody'}; erased by: {law.erasure.value}")
        for field in entry.fields:
            rule = field.rule
            level, crossing = rule.level.name.lower(), rule.crossing.value
            print(f"    {field.name:<22} {rule.category:<34} {level:<13} {crossing:<10} {', '.join(sorted(rule.purposes))}")
        print()


@app.command()
def check(context: typer.Context) -> None:
    """Refuse a schema or a request that is not fully declared: exits with 70, and prints every problem."""
    composition(context).declare_tables()
    from kept.catalog import check, data_map
    from kept.catalog.intake import declared

    check()
    tables = list(data_map())
    columns = sum(len(entry.fields) for entry in tables)
    print(f"{len(tables)} tables, {columns} columns and {len(declared())} request bodies, all declared.")
