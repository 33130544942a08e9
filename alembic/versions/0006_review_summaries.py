"""What the small model makes of review items and reasons, and what it is still asked for.

Revision: 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "readings",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_readings")),
    )
    op.create_table(
        "reading_wishes",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("wished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_reading_wishes_person_id_people")
        ),
        sa.PrimaryKeyConstraint("person_id", "hash", "subject", name=op.f("pk_reading_wishes")),
    )
    op.create_index(
        op.f("ix_reading_wishes_person_id_rank_wished_at"),
        "reading_wishes",
        ["person_id", "rank", "wished_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_reading_wishes_wished_at"), "reading_wishes", ["wished_at"], unique=False
    )


def downgrade() -> None:
    op.drop_table("reading_wishes")
    op.drop_table("readings")
