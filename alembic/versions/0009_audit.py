"""The audit: records, their chain, and what keeps both from being changed.

Where the tables belong to another role than the product's, that role may add and read and nothing
else. Where one role owns everything, as on a laptop, triggers refuse what it must not do.

Revision: 0009, after 0005.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.engine import make_url

from modules.backend.core.config import load_database_settings

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TABLES = ("audit_records", "audit_links", "audit_checkpoints")

KEEP = """
CREATE FUNCTION audit_keep() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  removed_to bigint := (SELECT max(position) FROM audit_checkpoints);
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF TG_TABLE_NAME = 'audit_records' THEN
      IF OLD.at < now() - interval '30 days' AND EXISTS (
        SELECT FROM audit_links WHERE record_id = OLD.id AND position <= removed_to
      ) THEN RETURN OLD; END IF;
    END IF;
    IF TG_TABLE_NAME = 'audit_links' THEN
      IF OLD.position <= removed_to AND OLD.linked_at < now() - interval '30 days'
      THEN RETURN OLD; END IF;
    END IF;
    IF TG_TABLE_NAME = 'audit_checkpoints' THEN
      IF OLD.position < removed_to THEN RETURN OLD; END IF;
    END IF;
  END IF;
  RAISE EXCEPTION 'the audit is append-only: % on %', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$
"""

PRUNE = """
CREATE FUNCTION audit_prune(before timestamptz) RETURNS SETOF audit_checkpoints
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  kept bigint;
  gone audit_links;
  made audit_checkpoints;
BEGIN
  IF before > now() - interval '30 days' THEN
    RAISE EXCEPTION 'audit records are kept for 30 days at least';
  END IF;
  -- What is not old, or has lost its record, stays, and everything that followed it.
  SELECT min(l.position) INTO kept FROM audit_links l
    LEFT JOIN audit_records r ON r.id = l.record_id
    WHERE r.at IS NULL OR r.at >= before OR l.linked_at >= before;
  SELECT l.* INTO gone FROM audit_links l
    WHERE l.position < coalesce(kept, (SELECT max(position) FROM audit_links))
    ORDER BY l.position DESC LIMIT 1;
  IF gone.position IS NULL THEN RETURN; END IF;
  INSERT INTO audit_checkpoints (position, digest, removed, at)
    SELECT gone.position, gone.digest, count(*), now() FROM audit_links
    WHERE position <= gone.position
    RETURNING * INTO made;
  DELETE FROM audit_records WHERE id IN (
    SELECT record_id FROM audit_links WHERE position <= gone.position);
  DELETE FROM audit_links WHERE position <= gone.position;
  DELETE FROM audit_checkpoints WHERE position < gone.position;
  RETURN NEXT made;
END $$
"""


def upgrade() -> None:
    _tables()
    op.execute(KEEP)
    op.execute(PRUNE)
    op.execute("REVOKE ALL ON FUNCTION audit_prune(timestamptz) FROM PUBLIC")
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_keep_rows BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION audit_keep()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_keep_all BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_keep()"
        )
        op.execute(f"REVOKE ALL ON {table} FROM PUBLIC")
    _grant()


def _grant() -> None:
    """To the product's role what it needs, if somebody else owns the tables."""
    product = make_url(load_database_settings().database_url.get_secret_value()).username
    owner = op.get_bind().scalar(sa.text("SELECT current_user"))
    if not product or product == owner:
        return
    role = op.get_bind().dialect.identifier_preparer.quote(product)
    everything = ", ".join((*TABLES, "audit_pending"))
    op.execute(f"REVOKE ALL ON {everything} FROM {role}")
    op.execute(f"GRANT SELECT, INSERT ON audit_records, audit_links TO {role}")
    op.execute(f"GRANT SELECT ON audit_checkpoints TO {role}")
    op.execute(f"GRANT SELECT, INSERT, DELETE ON audit_pending TO {role}")
    op.execute(f"GRANT EXECUTE ON FUNCTION audit_prune(timestamptz) TO {role}")


def _tables() -> None:
    op.create_table(
        "audit_records",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("proposal_id", sa.Uuid(), nullable=True),
        sa.Column("details", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_records")),
    )
    for columns in (["at", "id"], ["actor_id", "at"], ["run_id"], ["proposal_id"]):
        name = op.f(f"ix_audit_records_{'_'.join(columns)}")
        op.create_index(name, "audit_records", columns, unique=False)
    op.create_table(
        "audit_pending",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["audit_records.id"],
            name=op.f("fk_audit_pending_record_id_audit_records"),
        ),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_audit_pending")),
    )
    op.create_table(
        "audit_links",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("record_hash", sa.String(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("linked_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit_links")),
        sa.UniqueConstraint("record_id", name=op.f("uq_audit_links_record_id")),
    )
    op.create_table(
        "audit_checkpoints",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("removed", sa.BigInteger(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit_checkpoints")),
    )
    op.create_index(
        "ix_runs_active_person",
        "runs",
        ["person_id"],
        unique=False,
        postgresql_where=sa.text("status = 'running'"),
    )


def downgrade() -> None:
    op.drop_index("ix_runs_active_person", table_name="runs")
    op.execute("DROP FUNCTION audit_prune(timestamptz)")
    for table in ("audit_pending", *TABLES):
        op.drop_table(table)
    op.execute("DROP FUNCTION audit_keep()")
