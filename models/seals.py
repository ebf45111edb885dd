"""What the database itself keeps from being changed, so that a slip in code, or a hand at the prompt, cannot."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import DDL, Table, event

POSTGRESQL_REFUSAL = """CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'rows of % are sealed', TG_TABLE_NAME; END $$"""


@dataclass(frozen=True, slots=True)
class Seal:
    """Forbids DELETE, and UPDATE of the named columns (none named: of all)."""

    table: str
    columns: tuple[str, ...] = ()

    def statements(self, dialect: str) -> list[str]:
        """One statement each, because asyncpg prepares them one by one. Rebuilding a table (Alembic's batch mode) loses
        its triggers: such a migration runs these again."""
        changed = f"UPDATE OF {', '.join(self.columns)}" if self.columns else "UPDATE"
        events = (("update", changed), ("delete", "DELETE"))
        if dialect == "sqlite":
            return [f"CREATE TRIGGER {self.table}_no_{name} BEFORE {what} ON {self.table} "
                    f"BEGIN SELECT RAISE(ABORT, 'rows of {self.table} are sealed'); END" for name, what in events]
        return [POSTGRESQL_REFUSAL] + [
            f"CREATE TRIGGER {self.table}_no_{name} BEFORE {what} ON {self.table} FOR EACH {row} "
            "EXECUTE FUNCTION refuse_change()"
            for name, what, row in [(*event, "ROW") for event in events] + [("truncate", "TRUNCATE", "STATEMENT")]
        ]


def after_creating(table: Table, dialect: str, statements: Iterable[str]) -> None:
    """Runs with `create_all`; a migration executes the same statements."""
    for statement in statements:
        # DDL fills % places itself
        ddl = DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
        event.listen(table, "after_create", ddl.execute_if(dialect=dialect))


def seal(table: Table, *columns: str) -> Seal:
    sealed = Seal(table.name, columns)
    for dialect in ("sqlite", "postgresql"):
        after_creating(table, dialect, sealed.statements(dialect))
    return sealed
