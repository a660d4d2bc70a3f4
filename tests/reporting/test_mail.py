"""Mail to whoever is asked for something: through a real socket, without a phone, once, patiently, and never in a request."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import event

from ipweek.accounts.models import AuditEntry, User
from ipweek.cli import ipweek
from ipweek.clock import now
from ipweek.errors import Conflict, Forbidden
from ipweek.extensions import db
from ipweek.maintenance import health, ticker
from ipweek.reporting import chasing, letters, outbox, posting, reminding, service
from ipweek.reporting.models import Mail
from ipweek.transaction import transaction
from tests import make
from tests.reporting.cast import GOOD, sent
from tests.reporting.postman import postman

TO = "chen.li@minhang.example.cn"


@pytest.fixture
def post_box():
    with postman() as box:
        yield box


@pytest.fixture
def settings(site, post_box):
    here = {"smtp_host": "127.0.0.1", "smtp_port": post_box.port, "smtp_security": "none", "smtp_sender": "ipweek@office.example.cn"}
    return replace(site, site_url="http://10.1.2.3:8000/", **here)


@pytest.fixture
def chased(cast):
    """闵行 with an address, chased by the office."""
    give_address(cast["filler of 闵行"])
    home = make.table("minhang", "todo")
    chasing.send(home.campaign_id, [home.id], note="有事请打 13800000001，或 021-5555 0003", by=cast["clerk"])
    return home


def give_address(person, address=TO, **changes):
    with transaction():
        user = db.session.get_one(User, person.id)
        for name, value in {"email": address, **changes}.items():
            setattr(user, name, value)


def mails():
    db.session.rollback()
    return [(mail.status, mail.tries, mail.why) for mail in db.session.query(Mail).order_by(Mail.id)]


def text_of(mail):
    return mail.get_content().replace("\r\n", "\n")


def test_a_chase_goes_out_by_mail_in_chinese_with_the_way_to_the_table(chased, settings, post_box):
    done = posting.post(settings)

    (mail,) = post_box.mails
    assert (done.sent, mails()) == (1, [("sent", 1, "")])
    assert mail["Subject"] == "【知识产权宣传周】请报送重点活动安排表"
    assert mail["To"].addresses[0].addr_spec == TO
    assert mail["From"].addresses[0].display_name == settings.office_name
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "本单位没有重点活动的，可以办理零报送" in text_of(mail)
    assert f"http://10.1.2.3:8000/tables/{chased.id}" in text_of(mail)
    assert all(byte < 128 for byte in post_box.raw[0])


def test_no_phone_goes_along(chased, settings, post_box):
    posting.post(settings)

    text = text_of(post_box.mails[0])
    assert "13800000001" not in text
    assert "5555" not in text
    assert "有事请打 〔号码略〕" in text
    assert "4月12日（周五）24:00" in text


def test_an_address_in_a_table_is_never_written_to(cast, settings, post_box):
    """It was given for the event: its owner has no account to act with, and no way to stop it."""
    home = make.table("minhang", "draft")
    make.row(home, contact="张三 13800000001 zhang.san@minhang.example.cn")
    chasing.send(home.campaign_id, [home.id], by=cast["clerk"])

    posting.post(settings)

    assert (post_box.heard, mails()) == ([], [])


def test_a_second_run_sends_nothing(chased, settings, post_box):
    posting.post(settings)
    again = posting.post(settings)

    assert (again.sent, len(post_box.mails)) == (0, 1)


def test_a_return_is_mailed_and_an_approval_is_not(cast, settings, post_box):
    give_address(cast["filler of 闵行"])
    first = sent(cast["filler of 闵行"])
    service.return_for_changes(first.table_id, "请填时间", submission=first.id, by=cast["clerk"])
    posting.post(settings)
    made = service.submit(first.table_id, reasons={}, revision=first.revision, by=cast["filler of 闵行"])
    service.approve(first.table_id, submission=made.id, by=cast["clerk"])
    posting.post(settings)

    assert [mail["Subject"] for mail in post_box.mails] == ["【知识产权宣传周】附件表退回修改"]


def test_the_sites_own_reminder_is_mailed_too(cast, settings, post_box):
    give_address(cast["filler of 闵行"])
    make.table("minhang", "todo")

    reminding.remind(by="system:test")
    posting.post(settings)

    assert len(post_box.mails) == 1


@pytest.mark.parametrize("changes", [{"address": ""}, {"is_active": False}])
def test_who_has_no_address_or_no_account_gets_none(cast, settings, post_box, changes):
    home = make.table("minhang", "todo")
    chasing.send(home.campaign_id, [home.id], by=cast["clerk"])
    give_address(cast["filler of 闵行"], **changes)

    posting.post(settings)

    assert (post_box.heard, mails()) == ([], [])


def test_a_unit_that_has_sent_meanwhile_hears_nothing(cast, chased, settings, post_box):
    outbox.collect()
    make.row(chased)
    service.submit(chased.id, reasons={}, revision=chased.revision, by=cast["filler of 闵行"])

    posting.post(settings)

    assert post_box.mails == []
    assert mails() == [("dropped", 1, "本人已在站内看过，或已经办理")]


def test_an_old_message_is_not_mailed_once_a_server_is_set_up(chased, settings, post_box, clock):
    clock.move_to("2024-04-11T12:00:01+08:00")

    posting.post(settings)

    assert mails() == []


def test_without_a_mail_server_nothing_is_kept_back(chased, site):
    posting.post(site)

    assert mails() == []


# ---- what goes wrong -------------------------------------------------------------------------------------------


def test_a_server_that_is_away_is_tried_again_ever_more_patiently_and_then_given_up(chased, settings, clock):
    dead = replace(settings, smtp_port=1)
    moments = []

    for _ in range(len(outbox.PAUSES) + 1):
        posting.post(dead)
        db.session.rollback()
        mail = db.session.query(Mail).one()
        moments.append((mail.status, round((mail.next_at - now()).total_seconds() / 60)))
        clock.move_to(mail.next_at + timedelta(seconds=1))

    assert moments[:-1] == [("waiting", pause) for pause in outbox.PAUSES]
    assert mails() == [("failed", 7, "邮件服务器没有开放这个端口，请核对设置 smtp_port")]


def test_before_its_time_a_mail_is_not_tried_again(chased, settings, post_box):
    posting.post(replace(settings, smtp_port=1))
    posting.post(settings)

    assert post_box.mails == []


def test_once_the_server_is_back_the_mail_goes_out(chased, settings, post_box, clock):
    posting.post(replace(settings, smtp_port=1))
    clock.move_to("2024-04-10T12:02:00+08:00")
    posting.post(settings)

    assert mails() == [("sent", 2, "")]


def test_an_address_that_the_server_refuses_fails_at_once_and_the_others_go_out(cast, settings, post_box):
    give_address(cast["filler of 闵行"], "gone@minhang.example.cn")
    give_address(cast["filler of 徐汇"], "here@xuhui.example.cn")
    one, two = make.table("minhang", "todo"), make.table("xuhui", "todo")
    chasing.send(one.campaign_id, [one.id, two.id], by=cast["clerk"])
    post_box.answers["RCPT TO:<gone"] = "550 no such user"

    done = posting.post(settings)

    assert (done.sent, done.failed) == (1, 1)
    assert sorted(mails()) == [("failed", 1, "邮件服务器不接受收件地址（550），请核对邮箱"), ("sent", 1, "")]


@pytest.mark.parametrize(
    "answers, why",
    [
        ({"RCPT": "450 busy"}, "邮件服务器不接受收件地址（450），请核对邮箱"),
        ({"END": "452 full"}, "邮件服务器没有收下（452）"),
        ({"MAIL": "421 closing"}, "邮件服务器不接受发件地址（421），请核对设置 smtp_sender"),
        ({"EHLO": "421 go away"}, "邮件服务器没有及时回应，或中断了连接"),
    ],
)
def test_what_may_pass_is_tried_again(chased, settings, post_box, answers, why):
    post_box.answers.update(answers)

    posting.post(settings)

    assert mails() == [("waiting", 1, why)]


def test_a_server_that_says_nothing_is_left_after_a_while(chased, settings, post_box, monkeypatch):
    monkeypatch.setattr(posting, "TIMEOUT", 0.2)
    post_box.silent = threading.Event()

    posting.post(settings)
    post_box.silent.set()

    assert mails() == [("waiting", 1, "邮件服务器没有及时回应，或中断了连接")]


def test_a_server_without_encryption_is_not_spoken_to_when_it_is_asked_for(chased, settings, post_box):
    posting.post(replace(settings, smtp_security="starttls"))

    assert not post_box.mails
    assert mails() == [("waiting", 1, "邮件服务器不支持所设的加密或登录方式，请核对设置 smtp_security")]


def test_it_logs_in_with_the_password_from_the_file(chased, settings, post_box, tmp_path):
    (tmp_path / "password").write_text("Geheim-1\n", "utf-8")

    done = posting.post(replace(settings, smtp_user="ipweek", smtp_password_file=str(tmp_path / "password")))

    assert done.sent == 1
    assert "AUTH PLAIN AGlwd2VlawBHZWhlaW0tMQ==" in post_box.heard


def test_a_wrong_password_is_said(chased, settings, post_box, tmp_path):
    (tmp_path / "password").write_text("falsch", "utf-8")
    post_box.answers["AUTH"] = "535 no"

    posting.post(replace(settings, smtp_user="ipweek", smtp_password_file=str(tmp_path / "password")))

    assert mails() == [("waiting", 1, "邮件服务器不接受用户名或密码")]


# ---- two nodes -------------------------------------------------------------------------------------------------


def test_two_nodes_at_once_send_it_once(app, chased, settings, post_box):
    gate, done = threading.Barrier(2), []

    def run():
        with app.app_context():
            gate.wait()
            done.append(posting.post(settings).sent)
            db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(done) == [0, 1]
    assert len(post_box.mails) == 1


def test_a_mail_of_a_node_that_died_is_taken_over_under_the_same_name(chased, settings, post_box, clock):
    outbox.collect()
    (letter,) = outbox.claim()
    assert outbox.claim() == []

    clock.move_to("2024-04-10T12:16:00+08:00")
    posting.post(settings)
    outbox.note_failed(letter, "too late")

    assert mails() == [("sent", 2, "")]
    written = letters.write(letter, sender=settings.smtp_sender, office="办公室", site_url="")
    assert post_box.mails[0]["Message-ID"] == written["Message-ID"]


# ---- nothing slips into a header -------------------------------------------------------------------------------


def test_what_was_typed_can_not_become_a_header(cast, settings, post_box):
    give_address(cast["filler of 闵行"], name="陈立\r\nBcc: all@example.cn\x85X: y")
    home = make.table("minhang", "todo")
    chasing.send(home.campaign_id, [home.id], note="\r\nBcc: all@example.cn\r\n.\r\nQUIT", by=cast["clerk"])

    posting.post(settings)

    (mail,) = post_box.mails
    assert mail["Bcc"] is None
    assert mail["To"].addresses[0].display_name == "陈立 Bcc: all@example.cn X: y"
    assert [line for line in post_box.heard if line.startswith("RCPT")] == [f"RCPT TO:<{TO}>"]


@pytest.mark.parametrize(
    "address",
    [
        "a@b.cn\r\nBcc: c@d.cn",
        "a b@c.cn",
        "陈@b.cn",
        "a@",
        "@b",
        "a@b,c@d",
        "<a@b.cn>",
        "a" * 201 + "@b.cn",
        "a..b@c.cn",
        ".a@c.cn",
        "a.@c.cn",
    ],
)
def test_an_address_is_one_plain_address(cast, seat, address):
    clerk = seat(cast["clerk"])

    answer = clerk.post("/users/new", {"name": "陈立", "username": "chenli", "unit_id": "1", "roles": "filler", "email": address})

    assert answer.status_code == 422
    assert "请填写一个邮箱地址" in answer.text


def test_one_address_that_is_none_keeps_back_no_other_mail(cast, settings, post_box):
    give_address(cast["filler of 闵行"], address="chen..li@example.cn")  # stored before such were refused
    give_address(cast["filler of 徐汇"], address="xu@example.cn")
    tables = [make.table(slug, "todo") for slug in ("minhang", "xuhui")]
    chasing.send(tables[0].campaign_id, [one.id for one in tables], by=cast["clerk"])

    done = posting.post(settings)

    assert (done.failed, done.sent) == (1, 1)
    assert [mail["To"].addresses[0].addr_spec for mail in post_box.mails] == ["xu@example.cn"]
    assert ("failed", 1, posting.NO_MAIL) in mails()


def test_one_mail_on_which_the_server_hangs_up_keeps_back_no_other(cast, settings, post_box):
    give_address(cast["filler of 闵行"])
    give_address(cast["filler of 徐汇"], address="xu@example.cn")
    tables = [make.table(slug, "todo") for slug in ("minhang", "xuhui")]
    chasing.send(tables[0].campaign_id, [one.id for one in tables], by=cast["clerk"])
    post_box.answers["RCPT TO:<xu@example.cn>"] = "421 no more"

    posting.post(settings)
    posting.post(settings)

    assert [mail["To"].addresses[0].addr_spec for mail in post_box.mails] == [TO]
    assert min(mails())[:2] == ("sent", 1)


# ---- the state page --------------------------------------------------------------------------------------------


def failed_mail(settings):
    posting.post(settings)
    with transaction():
        db.session.query(Mail).one().status = "failed"
    return db.session.query(Mail).one().id


def test_the_office_sees_why_and_sends_it_once_more(cast, seat, chased, settings, post_box):
    number = failed_mail(replace(settings, smtp_port=1))
    clerk = seat(cast["clerk"])

    page = clerk.get("/mail").text
    clerk.post(f"/mail/{number}/again")
    posting.post(settings)

    assert "邮件服务器没有开放这个端口" in page
    assert TO in page
    assert mails() == [("sent", 1, "")]
    assert db.session.query(AuditEntry).filter_by(action="mail.again").count() == 1


def test_all_that_failed_can_be_sent_once_more(cast, seat, chased, settings, post_box):
    failed_mail(replace(settings, smtp_port=1))

    answer = seat(cast["head"]).post("/mail/again", follow_redirects=True)
    posting.post(settings)

    assert "已把 1 封没有发出的邮件重新放入待发" in answer.text
    assert len(post_box.mails) == 1


def test_what_was_sent_is_not_sent_again_by_a_press(cast, chased, settings, post_box):
    posting.post(settings)

    with pytest.raises(Conflict, match="不用再发"):
        outbox.again(db.session.query(Mail).one().id, by=cast["clerk"])


@pytest.mark.parametrize("who", ["filler of 闵行", "viewer", "auditor"])
def test_others_do_not_see_the_mails(cast, chased, who):
    with pytest.raises(Forbidden):
        outbox.desk(by=cast[who])
    with pytest.raises(Forbidden):
        outbox.all_again(by=cast[who])


def test_units_that_mail_does_not_reach_are_named(cast, seat, chased):
    page = seat(cast["clerk"]).get("/mail").text

    assert "1 个单位没有人填邮箱，只收得到站内消息" in page
    assert "<p>徐汇区。</p>" in page
    assert "没有设置邮件服务器" in page


@pytest.mark.parametrize("people", [1, 30])
def test_the_page_asks_the_same_number_of_questions_for_one_mail_and_for_thirty(app, cast, people):
    for _ in range(people):
        give_address(make.person("minhang", "approver"))
    home = make.table("minhang", "todo")
    chasing.send(home.campaign_id, [home.id], by=cast["clerk"])
    outbox.collect()
    db.session.rollback()
    asked = []

    def listen(*words):
        asked.append(words[2])

    event.listen(db.engine, "before_cursor_execute", listen)
    shown = [mail.message.user.unit.short for mail in outbox.desk(by=cast["clerk"]).mails]
    event.remove(db.engine, "before_cursor_execute", listen)

    assert (shown, sum(not words.startswith("BEGIN") for words in asked)) == (["闵行区"] * people, 4)


# ---- around it -------------------------------------------------------------------------------------------------


def test_everybody_keeps_his_own_address(cast, seat):
    filler = seat(cast["filler of 闵行"])

    wrong = filler.post("/account/address", {"email": "nirgendwo"})
    right = filler.post("/account/address", {"email": f"  {TO} "}, follow_redirects=True)

    assert wrong.status_code == 422
    assert 'value="nirgendwo"' in wrong.text
    assert "邮箱已保存" in right.text
    assert f'value="{TO}"' in right.text
    assert TO not in db.session.query(AuditEntry).filter_by(action="user.address").one().detail


def test_the_ticker_sends_in_a_thread_of_its_own(app, chased, settings, post_box):
    with ticker.ticking(app.app_context, ticker.posting_for(settings), every=0.05):
        for _ in range(200):
            if post_box.mails:
                break
            threading.Event().wait(0.05)

    assert mails() == [("sent", 1, "")]


def test_the_command_reminds_and_sends(cast, settings, post_box, monkeypatch):
    give_address(cast["filler of 闵行"])
    make.table("minhang", "todo")
    for word in ("smtp_host", "smtp_port", "smtp_security", "smtp_sender"):
        monkeypatch.setenv(f"IPWEEK_{word.upper()}", str(getattr(settings, word)))
    monkeypatch.setenv("IPWEEK_INSTANCE", str(settings.instance))

    said = CliRunner().invoke(ipweek, ["remind"], catch_exceptions=False)

    assert said.output.splitlines() == ["已提醒 1 个单位：闵行区", "已发出 1 封邮件。"]
    assert len(post_box.mails) == 1


def test_the_doctor_tries_the_mail_server_and_sends_nothing(settings, post_box):
    good = health.look_at_mail(settings)
    bad = health.look_at_mail(replace(settings, smtp_port=1))
    none = health.look_at_mail(replace(settings, smtp_host=""))

    assert [one.mark for one in (good, bad, none)] == ["好", "错误", "好"]
    assert "没有开放这个端口" in bad.text
    assert not [line for line in post_box.heard if line.startswith("MAIL")]


def test_a_reason_that_was_given_by_hand_stays_readable():
    assert letters.without_numbers(GOOD) == GOOD
    assert letters.without_numbers("4月22日（周一）14:00 至 2024-04-26，约200人，附件2 第 3 行") == (
        "4月22日（周一）14:00 至 2024-04-26，约200人，附件2 第 3 行"
    )
