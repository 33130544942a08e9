"""Reservations on the ledger, the price behind each cost, and the counters of the budgets.

Revision: 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# The release before this one goes on adding rows: it knows none of the new columns. Its rows have
# no price of their own, by which the proof of the ledger tells that no counter holds them.
NEW_COLUMNS = (
    sa.Column("conversation_id", sa.Uuid(), nullable=True),
    sa.Column("cache_write_tokens", sa.Integer(), nullable=True),
    sa.Column("reserved", sa.Numeric(), nullable=True),
    sa.Column("price", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column("price_source", sa.String(), nullable=True),
    sa.Column("price_date", sa.Date(), nullable=True),
    sa.Column(
        "day",
        sa.Date(),
        server_default=sa.text("(now() AT TIME ZONE 'utc')::date"),
        nullable=False,
    ),
)


def upgrade() -> None:
    op.create_table(
        "budgets",
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("spent", sa.Numeric(), server_default=sa.text("0"), nullable=False),
        sa.Column("reserved", sa.Numeric(), server_default=sa.text("0"), nullable=False),
        sa.Column("passed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("scope", "day", name=op.f("pk_budgets")),
    )
    for column in NEW_COLUMNS:
        op.add_column("model_calls", column)
    op.alter_column("model_calls", "ended_at", nullable=True)
    op.alter_column("model_calls", "cost", type_=sa.Numeric())
    op.execute("UPDATE model_calls SET day = (started_at AT TIME ZONE 'utc')::date")
    op.execute(
        "UPDATE model_calls SET conversation_id = runs.conversation_id"
        " FROM runs WHERE runs.id = model_calls.run_id"
    )
    op.create_index(op.f("ix_model_calls_person_id_day"), "model_calls", ["person_id", "day"])
    op.create_index(op.f("ix_model_calls_day"), "model_calls", ["day"])
    op.create_index(
        "ix_model_calls_open",
        "model_calls",
        ["started_at"],
        postgresql_where=sa.text("outcome = 'open'"),
    )
    op.drop_index(op.f("ix_model_calls_person_id"), table_name="model_calls")


def downgrade() -> None:
    op.create_index(op.f("ix_model_calls_person_id"), "model_calls", ["person_id"])
    op.drop_index("ix_model_calls_open", table_name="model_calls")
    op.drop_index(op.f("ix_model_calls_day"), table_name="model_calls")
    op.drop_index(op.f("ix_model_calls_person_id_day"), table_name="model_calls")
    op.alter_column(
        "model_calls",
        "cost",
        type_=sa.Numeric(precision=20, scale=10),
        postgresql_using="round(cost, 10)",
    )
    # What is still open has reached nobody's books: the release before this one had no such rows.
    op.execute("UPDATE model_calls SET ended_at = started_at WHERE ended_at IS NULL")
    op.alter_column("model_calls", "ended_at", nullable=False)
    for column in reversed(NEW_COLUMNS):
        op.drop_column("model_calls", column.name)
    op.drop_table("budgets")
