"""Who took a doubtful text as it stands is kept for each cell. Until now it was one mark a row, for time and scale together."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

CELLS = ("event_time", "scale")
"""What the one mark spoke of."""

activity = sa.table("activity", sa.column("id", sa.Integer), sa.column("accepted", sa.JSON), sa.column("accepted_by_id", sa.Integer))


def upgrade() -> None:
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.add_column(sa.Column("accepted", sa.JSON(), nullable=True))
    connection = op.get_bind()
    marked = connection.execute(sa.select(activity.c.id, activity.c.accepted_by_id).where(activity.c.accepted_by_id.is_not(None))).all()
    for row_id, user_id in marked:
        connection.execute(sa.update(activity).where(activity.c.id == row_id).values(accepted=dict.fromkeys(CELLS, user_id)))
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_activity_accepted_by_id"), type_="foreignkey")
        batch_op.drop_column("accepted_by_id")


def downgrade() -> None:
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.add_column(sa.Column("accepted_by_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_activity_accepted_by_id"), "user", ["accepted_by_id"], ["id"])
    connection = op.get_bind()
    marked = connection.execute(sa.select(activity.c.id, activity.c.accepted).where(activity.c.accepted.is_not(None))).all()
    for row_id, accepted in marked:
        user_id = next((accepted[key] for key in CELLS if key in accepted), None)
        connection.execute(sa.update(activity).where(activity.c.id == row_id).values(accepted_by_id=user_id))
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.drop_column("accepted")
