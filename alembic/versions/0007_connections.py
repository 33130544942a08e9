"""People's own connections to SailPoint.

Revision: 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sailpoint_connections",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("identity_id", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("refreshing_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("connected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refreshed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_sailpoint_connections_person_id_people")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_sailpoint_connections")),
    )


def downgrade() -> None:
    op.drop_table("sailpoint_connections")
