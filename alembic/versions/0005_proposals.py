"""Steps of an answer, and proposals: changes at SailPoint that wait for a person's word.

Revision: 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

JSONB = postgresql.JSONB(astext_type=sa.Text())
IN_FLIGHT = sa.text(
    "status IN ('confirmed', 'sending') OR (status = 'unknown' AND look_at IS NOT NULL)"
)


def upgrade() -> None:
    op.add_column("messages", sa.Column("steps", JSONB, nullable=True))
    op.create_table(
        "proposals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("format", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=True),
        sa.Column("resumed_by", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("arguments", JSONB, nullable=False),
        sa.Column("arguments_hash", sa.String(), nullable=False),
        sa.Column("card", JSONB, nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("outcome", JSONB, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("look_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_proposals_conversation_id_conversations"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_proposals_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
    )
    op.create_index(
        "uq_proposals_one_in_flight",
        "proposals",
        ["target"],
        unique=True,
        postgresql_where=IN_FLIGHT,
    )
    op.create_index(
        "ix_proposals_due",
        "proposals",
        ["look_at"],
        unique=False,
        postgresql_where=sa.text("look_at IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_proposals_person_id_created_at"),
        "proposals",
        ["person_id", "created_at"],
        unique=False,
    )
    op.create_index(op.f("ix_proposals_run_id"), "proposals", ["run_id"], unique=False)
    op.create_index(op.f("ix_proposals_resumed_by"), "proposals", ["resumed_by"], unique=False)
    op.create_index(
        op.f("ix_proposals_conversation_id"), "proposals", ["conversation_id"], unique=False
    )


def downgrade() -> None:
    op.drop_column("messages", "steps")
    op.drop_table("proposals")
