"""The reading child: what it gives back, and what becomes of one that hangs, eats or dies."""

import threading

import pytest

from ipweek.errors import Busy, Invalid
from ipweek.files import child
from ipweek.files.limits import TooLarge


@pytest.fixture(autouse=True)
def _readers(tmp_path, monkeypatch):
    """Make the faulty readers below importable for the child, which knows only installed packages."""
    folder = tmp_path / "readers"
    folder.mkdir()
    (folder / "faulty_readers.py").write_text(FAULTY, "utf-8")
    start = f"import sys; sys.path.insert(0, {str(folder)!r}); from ipweek.files.child import main; main()"
    monkeypatch.setattr(child, "COMMAND", (*child.COMMAND[:-2], "-c", start))


FAULTY = """
import ctypes, os, sys, time
from ipweek.errors import Invalid
from ipweek.files.limits import TooLarge

def echo(data, **words): return {"text": data.decode(), **words}
def chatter(data): print("hello"); sys.stdout.flush(); os.write(1, b"rubbish"); return "ok"
def refuse(data): raise Invalid("第 3 行读不出。", fields={"row": "3"})
def refuse_size(data): raise TooLarge("太大。")
def hang(data): time.sleep(600)
def spin(data):
    while True: pass
def eat(data): return len([bytearray(1 << 20) for _ in range(4096)])
def recurse(data): return recurse(data)
def die(data): os.kill(os.getpid(), 9)
def leave(data): os._exit(0)
def crash(data): ctypes.string_at(0)
def stumble(data): raise KeyError("secret 13800000001")
def nan(data): return float("nan")
def strange(data): return object()
def flood(data): return "x" * (20 << 20)
def write(data): open(data.decode(), "w").write("x" * 100_000)
def look(data): return [sorted(os.environ), sorted({name.split(".")[0] for name in sys.modules} & {"flask", "sqlalchemy", "werkzeug"})]
def slow(data): time.sleep(0.6); return "done"
"""


def call(name, data=b"", **words):
    return child.call(f"faulty_readers:{name}", data, **words)


def test_bytes_go_in_and_json_comes_out():
    assert call("echo", "附件".encode() * 100_000, annex=2, seconds=10) == {"text": "附件" * 100_000, "annex": 2}


def test_a_print_does_not_spoil_the_answer():
    assert call("chatter") == "ok"


def test_a_refusal_comes_back_as_it_was_raised():
    with pytest.raises(Invalid, match=r"^第 3 行读不出。$") as refused:
        call("refuse")
    with pytest.raises(TooLarge, match="太大。"):
        call("refuse_size")

    assert refused.value.fields == {"row": "3"}


@pytest.mark.parametrize("name", ["hang", "spin", "eat", "recurse"])
def test_what_takes_too_long_or_too_much_is_told_to_simplify(name):
    with pytest.raises(Invalid, match="文件过于复杂，未能在规定时间内读完"):
        call(name, seconds=1)


@pytest.mark.parametrize("name", ["die", "leave", "crash", "stumble", "nan", "strange", "flood", "no_such_reader"])
def test_what_dies_or_answers_rubbish_is_one_sentence(name):
    with pytest.raises(Invalid, match=r"^(系统读不出这个文件的内容|文件过于复杂).*另存.*。$"):
        call(name)


def test_the_log_does_not_quote_the_file(caplog):
    with caplog.at_level("WARNING", logger="ipweek.files.child"), pytest.raises(Invalid):
        call("stumble")

    assert "KeyError" in caplog.text
    assert "13800000001" not in caplog.text


def test_the_child_writes_no_files(tmp_path):
    with pytest.raises(Invalid):
        call("write", str(tmp_path / "out").encode())

    assert not (tmp_path / "out").exists() or not (tmp_path / "out").stat().st_size


def test_the_child_knows_neither_our_environment_nor_flask(monkeypatch):
    monkeypatch.setenv("IPWEEK_DATABASE", "postgresql://secret")

    environment, modules = call("look")

    assert not any("IPWEEK" in name for name in environment)
    assert modules == []


def test_more_than_its_turns_waits_and_then_says_busy(monkeypatch):
    monkeypatch.setattr(child, "_turns", threading.BoundedSemaphore(1))
    monkeypatch.setattr(child, "WAIT_SECONDS", 0.1)
    first = threading.Thread(target=call, args=("slow",))
    first.start()
    while child._turns.acquire(blocking=False):
        child._turns.release()

    with pytest.raises(Busy, match="过几秒再上传"):
        call("echo")
    first.join()

    assert call("echo", b"x") == {"text": "x"}


def test_after_all_of_this_the_turns_are_free():
    for name in ("die", "stumble", "refuse"):
        with pytest.raises(Invalid):
            call(name)

    taken = [child._turns.acquire(blocking=False) for _ in range(child.AT_ONCE)]
    for _ in taken:
        child._turns.release()

    assert all(taken)


def test_the_real_entry_runs_without_help(monkeypatch):
    monkeypatch.undo()

    assert child.call("ipweek.files.gate:text_of", "通知".encode()) == "通知"
