"""How each attempt of a model call came out, and whether its tokens are an estimate.

Revision: 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # With defaults in the database: the release before this one goes on adding rows.
    op.add_column(
        "model_calls", sa.Column("outcome", sa.String(), server_default="finished", nullable=False)
    )
    op.add_column(
        "model_calls",
        sa.Column("is_estimate", sa.Boolean(), server_default=sa.false(), nullable=False),
    )


def downgrade() -> None:
    op.drop_column("model_calls", "is_estimate")
    op.drop_column("model_calls", "outcome")
