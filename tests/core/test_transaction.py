"""One action, one commit; writers wait for each other instead of failing."""

import threading
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, select, text, update
from sqlalchemy.exc import IntegrityError

from ipweek import database
from ipweek.accounts.models import LoginThrottle, Unit, User
from ipweek.extensions import db, writing
from ipweek.statements import Statement
from ipweek.transaction import transaction
from tests import make

WRITERS, TURNS = 8, 20


def count_up(key):
    with transaction():
        row = db.session.get(LoginThrottle, key, with_for_update=True)
        row.failures += 1


def counter(key="user:somebody"):
    with transaction():
        db.session.add(LoginThrottle(key=key, failures=0, last_at=datetime.now(UTC)))
    return key


def stored(key):
    db.session.rollback()
    return db.session.scalar(select(LoginThrottle.failures).where(LoginThrottle.key == key))


def test_eight_threads_that_read_and_then_write_all_succeed(app):
    key = counter()
    failed = []

    def work():
        with app.app_context():
            try:
                for _ in range(TURNS):
                    count_up(key)
            except Exception as error:  # noqa: BLE001 -- whatever it is, the test must see it
                failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert stored(key) == WRITERS * TURNS


def test_an_error_undoes_everything(app):
    key = counter()

    with pytest.raises(ZeroDivisionError), transaction():
        db.session.get(LoginThrottle, key).failures = 5
        db.session.flush()
        raise ZeroDivisionError

    assert stored(key) == 0


def test_only_the_outermost_block_commits(app):
    key = counter()

    with pytest.raises(ZeroDivisionError), transaction():
        with transaction():
            db.session.get(LoginThrottle, key).failures = 5
        raise ZeroDivisionError

    assert stored(key) == 0


def test_after_an_error_the_next_block_works(app):
    key = counter()
    with pytest.raises(ZeroDivisionError), transaction():
        raise ZeroDivisionError

    count_up(key)

    assert stored(key) == 1


def test_a_session_that_is_begun_inside_ends_with_the_block(app):
    db.session.remove()

    with transaction():
        assert not db.session.registry.has()
        key = counter()  # a block within
    assert not db.session().in_transaction()
    db.session.remove()
    with pytest.raises(ZeroDivisionError), transaction():
        db.session.get(LoginThrottle, key).failures = 5
        db.session.add(LoginThrottle(key="user:lost", failures=0, last_at=datetime.now(UTC)))  # not yet written out
        raise ZeroDivisionError
    with transaction():
        pass

    assert (stored(key), stored("user:lost")) == (0, None)
    assert writing.get() is None


def test_an_error_that_is_caught_inside_leaves_the_rest(app):
    with transaction():
        key = counter()
        with suppress(ZeroDivisionError), transaction():
            db.session.get(LoginThrottle, key).failures = 5
            raise ZeroDivisionError

    assert stored(key) == 5


def test_a_thread_begun_inside_writes_by_itself(app):
    seen = []

    def another():
        with app.app_context():
            seen.append((writing.get(), db.session.scalar(select(LoginThrottle.key))))

    with transaction():
        counter()
        db.session.flush()
        thread = threading.Thread(target=another)
        thread.start()
        thread.join()

    assert seen == [(None, None)]


def test_a_session_that_is_rolled_back_inside_writes_nothing_more(app):
    with pytest.raises(RuntimeError, match="rolled back"), transaction():
        counter("user:before")
        db.session.flush()
        db.session.rollback()
        counter("user:after")

    assert (stored("user:before"), stored("user:after")) == (None, None)


def test_nor_does_a_statement_beside_the_session(app):
    key = counter()
    reset = Statement(update(LoginThrottle).where(LoginThrottle.key == bindparam("of")).values(failures=7))

    with pytest.raises(RuntimeError, match="rolled back"), transaction():
        db.session.get(LoginThrottle, key).failures = 5
        db.session.flush()
        db.session.rollback()
        reset.run(writing.get(), of=key)

    assert stored(key) == 0
    with transaction():
        reset.run(writing.get(), of=key)
    assert stored(key) == 7


@pytest.mark.sqlite
def test_a_commit_that_fails_leaves_nothing_and_nobody_waiting(app):
    at_work = db.engine.pool.checkedout()

    with pytest.raises(IntegrityError), transaction():
        db.session.execute(text("PRAGMA defer_foreign_keys=ON"))  # else it fails before
        db.session.add(User(username="nowhere", name="x", unit_id=999, created_at=datetime.now(UTC)))
    db.session.remove()

    assert (writing.get(), db.engine.pool.checkedout()) == (None, at_work)
    assert stored(counter()) == 0
    assert db.session.scalar(select(User.id).where(User.username == "nowhere")) is None


def test_what_was_read_before_is_read_again_under_the_lock(app):
    key = counter()
    row = db.session.get(LoginThrottle, key)
    assert row.failures == 0

    def another():
        with app.app_context():
            count_up(key)

    thread = threading.Thread(target=another)
    thread.start()
    thread.join()
    with transaction():
        row.failures += 1

    assert stored(key) == 2


def test_a_change_outside_of_a_block_is_a_mistake_that_shows(app):
    db.session.add(LoginThrottle(key="user:lost", failures=0, last_at=datetime.now(UTC)))

    with pytest.raises(RuntimeError, match="outside"), transaction():
        pass

    db.session.rollback()
    assert stored("user:lost") is None


def test_a_row_cannot_point_nowhere(app):
    with pytest.raises(IntegrityError), transaction():
        db.session.add(User(username="x", name="x", unit_id=999, created_at=datetime.now(UTC)))


def test_a_unit_with_people_cannot_be_taken_away(app):
    home = make.user("minhang").unit_id

    with pytest.raises(IntegrityError), transaction():
        db.session.execute(text("DELETE FROM unit WHERE id = :id"), {"id": home})

    assert db.session.get(Unit, home) is not None


@pytest.mark.sqlite
def test_every_connection_to_sqlite_is_durable_and_checks_references(app):
    seen = []

    def look():
        with app.app_context():
            names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            seen.append(tuple(db.session.execute(text(f"PRAGMA {name}")).scalar() for name in names))

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(seen) <= {("wal", 2, 1, 10_000), ("truncate", 3, 1, 10_000)}
    assert len(seen) == 3


@pytest.mark.sqlite
def test_reading_takes_no_write_lock(app):
    key = counter()
    db.session.get(LoginThrottle, key)  # this read stays open

    def another():
        with app.app_context():
            count_up(key)

    thread = threading.Thread(target=another)
    thread.start()
    thread.join()

    assert stored(key) == 1


@pytest.mark.sqlite
def test_a_block_holds_the_write_lock_from_its_beginning_against_other_processes(app, site):
    # two SQLite libraries in one process would not see each other's locks, which belong to the process
    sqlite = database.sqlite_module()
    other = sqlite.connect(site.instance / "ipweek.sqlite", timeout=0, isolation_level=None)

    with transaction():
        db.session.scalar(select(Unit.id))  # nothing is written yet
        with pytest.raises(sqlite.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")

    other.close()


def test_an_application_context_of_its_own_inside_is_told_instead_of_losing_what_it_adds(app):
    key = counter()

    with pytest.raises(RuntimeError, match="inside transaction"), transaction():
        count_up(key)
        with app.app_context():
            count_up(key)

    assert stored(key) == 0
