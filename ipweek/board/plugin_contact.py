"""Who hears of a plugin that does not run any more: the contact named in its manifest, the unit's developers, the administrators.

Once a day and plugin, until somebody presses 重试. The state is claimed by its day, so that two nodes tell it once.
"""

from __future__ import annotations

from sqlalchemy import select, update

from ipweek import clock
from ipweek.accounts.models import Unit, User
from ipweek.extensions import db
from ipweek.plugins import service as plugins
from ipweek.plugins.models import PluginState
from ipweek.plugins.schema import STATES
from ipweek.plugins.service import Plugin
from ipweek.reporting import messages
from ipweek.reporting.models import Message
from ipweek.transaction import transaction

KIND = "plugin"
"""Of the messages: they are mailed too."""
TROUBLED = ("set_aside", "broken")


def tell() -> list[str]:
    """Tell those concerned of each plugin that is on and was set aside or is broken; the ids of those told of now."""
    troubled = [plugin for plugin in plugins.every() if plugin.is_on and plugin.state in TROUBLED]
    return [plugin.id for plugin in troubled if _tell_of(plugin)]


def settle(id: str) -> None:  # noqa: A002 -- the word of the manifest
    """It runs again, or is switched off: nobody needs to read of it any more. Inside transaction()."""
    over = update(Message).where(Message.kind == KIND, Message.link.in_(_links(id)), Message.read_at.is_(None))
    db.session.execute(over.values(read_at=clock.now()))


def concerned(plugin: Plugin) -> list[User]:
    """The people of its unit whom ``contact`` names, by name or mail address, and those who write its plugins; the administrators."""
    contact = plugin.manifest.contact if plugin.manifest else ""
    found = db.session.execute(select(User, Unit.slug).join(Unit, Unit.id == User.unit_id).where(User.is_active).order_by(User.id))
    return [user for user, slug in found if "admin" in user.roles or (slug == plugin.unit and _is_theirs(user, contact))]


def _is_theirs(user: User, contact: str) -> bool:
    return "developer" in user.roles or (bool(user.name) and user.name in contact) or (bool(user.email) and user.email in contact)


def _tell_of(plugin: Plugin) -> bool:
    """Whether this run is the one that tells today."""
    today = clock.today()
    words = f"{plugin.title}的插件{STATES[plugin.state]}：{plugin.why}。填报不受影响；请改好后在“插件”页按“重试”。"
    with transaction():
        mine = update(PluginState).where(PluginState.id == plugin.id, (PluginState.told_on.is_(None)) | (PluginState.told_on < today))
        done = db.session.execute(mine.values(told_on=today).execution_options(synchronize_session=False))
        if not done.rowcount:  # type: ignore[attr-defined]  # of an UPDATE
            return False
        settle(plugin.id)  # yesterday's, if nobody read it
        page, reports = _links(plugin.id)
        people = concerned(plugin)
        may_see = [user.id for user in people if {"admin", "developer"} & set(user.roles)]
        messages.tell(may_see, words, kind=KIND, link=page)
        messages.tell({user.id for user in people} - set(may_see), words, kind=KIND, link=reports)
    return True


def _links(id_: str) -> tuple[str, str]:
    """Where its own people go, and where others do: each link tells which plugin it is about."""
    return f"/plugins/{id_}", f"/help/plugins/trouble?plugin={id_}"
