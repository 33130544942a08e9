"""Summaries of older turns; the order of messages is kept for those that are shown.

Revision: 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ORDER = "ix_messages_conversation_id_position"


def upgrade() -> None:
    op.create_table(
        "summaries",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("format", sa.Integer(), nullable=False),
        sa.Column("after_position", sa.BigInteger(), nullable=False),
        sa.Column("upto_position", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("tokens", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_summaries_conversation_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "conversation_id", "format", "after_position", name=op.f("pk_summaries")
        ),
    )
    # However often a question is edited, what was withdrawn is not passed over again and again.
    op.drop_index(op.f(ORDER), table_name="messages")
    op.create_index(
        op.f(ORDER),
        "messages",
        ["conversation_id", "position"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        op.f(ORDER), table_name="messages", postgresql_where=sa.text("withdrawn_at IS NULL")
    )
    op.create_index(op.f(ORDER), "messages", ["conversation_id", "position"], unique=True)
    op.drop_table("summaries")
