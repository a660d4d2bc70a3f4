"""Departments say that they are done; the office types in and mends; a return opens marked places alone."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("annex_table", schema=None) as batch_op:
        batch_op.add_column(sa.Column("office_hand", sa.String(length=16), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("typed_in", sa.String(length=80), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("open_places", sa.JSON(), nullable=True))
    with op.batch_alter_table("annex_table", schema=None) as batch_op:
        batch_op.alter_column("office_hand", existing_type=sa.String(length=16), existing_nullable=False, server_default=None)
        batch_op.alter_column("typed_in", existing_type=sa.String(length=80), existing_nullable=False, server_default=None)

    with op.batch_alter_table("move", schema=None) as batch_op:
        batch_op.add_column(sa.Column("only_marked", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("move", schema=None) as batch_op:
        batch_op.alter_column("only_marked", existing_type=sa.Boolean(), existing_nullable=False, server_default=None)

    op.create_table(
        "share",
        sa.Column("table_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("done_at", sa.DateTime(), nullable=False),
        sa.Column("done_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["done_by_id"], ["user.id"], name=op.f("fk_share_done_by_id")),
        sa.ForeignKeyConstraint(["table_id"], ["annex_table.id"], name=op.f("fk_share_table_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_share_unit_id")),
        sa.PrimaryKeyConstraint("table_id", "unit_id", name=op.f("pk_share")),
    )


def downgrade() -> None:
    op.drop_table("share")
    with op.batch_alter_table("move", schema=None) as batch_op:
        batch_op.drop_column("only_marked")
    with op.batch_alter_table("annex_table", schema=None) as batch_op:
        batch_op.drop_column("open_places")
        batch_op.drop_column("typed_in")
        batch_op.drop_column("office_hand")
