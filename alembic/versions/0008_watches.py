"""Whom the worker tells of their requests and approvals.

Revision: 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

JSONB = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    op.create_table(
        "watches",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("requests", JSONB, nullable=True),
        sa.Column("approvals", JSONB, nullable=True),
        sa.Column("present_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("look_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looks", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_watches_person_id_people")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_watches")),
    )
    op.create_index(op.f("ix_watches_look_at"), "watches", ["look_at"], unique=False)


def downgrade() -> None:
    op.drop_table("watches")
