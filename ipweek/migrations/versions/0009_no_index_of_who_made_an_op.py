"""Ops are looked for by table and by the browser's id, never by who made them: each save wrote one page more for that index."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("op", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_op_user_id"))


def downgrade() -> None:
    with op.batch_alter_table("op", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_op_user_id"), ["user_id"])
