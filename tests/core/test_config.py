"""A word that is unknown, or a value of the wrong kind, stops the start with one sentence."""

import pytest

from ipweek import config
from ipweek.config import WrongSetting


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "instance"


def write(folder, text):
    folder.mkdir(exist_ok=True)
    (folder / "settings.toml").write_text(text, "utf-8")


def test_a_site_may_set_nothing(folder):
    settings = config.load({}, instance=folder)

    assert (settings.host, settings.port, settings.https) == ("127.0.0.1", 8000, False)
    assert settings.database_url == f"sqlite:///{folder.resolve() / 'ipweek.sqlite'}"


def test_the_environment_outranks_the_file(folder):
    write(folder, 'port = 8100\nhost = "0.0.0.0"\n')

    settings = config.load({"IPWEEK_PORT": "8200", "PATH": "/bin"}, instance=folder)

    assert (settings.host, settings.port) == ("0.0.0.0", 8200)


@pytest.mark.parametrize("word, value", [("1", True), ("true", True), ("YES", True), ("0", False), ("no", False)])
def test_yes_and_no_may_be_said_in_several_ways(folder, word, value):
    assert config.load({"IPWEEK_HTTPS": word}, instance=folder).https is value


@pytest.mark.parametrize(
    "text, says",
    [
        ("prot = 8100", "port"),
        ("nonsense = 1", "可用的有"),
        ('port = "8100x"', "整数"),
        ("port = 81.5", "整数"),
        ("port = true", "整数"),
        ('https = "maybe"', "true 或 false"),
        ("https = 1", "true 或 false"),
        ("office_name = 3", "文字"),
        ("port = ", "TOML"),
        ('instance = "/srv"', "没有 instance"),
    ],
)
def test_a_wrong_word_in_the_file_stops_the_start(folder, text, says):
    write(folder, text)

    with pytest.raises(WrongSetting, match=says) as stopped:
        config.load({}, instance=folder)

    assert "settings.toml" in str(stopped.value)
    assert "\n" not in str(stopped.value)


@pytest.mark.parametrize(
    "text, says",
    [
        ("", "smtp_sender 应是发件邮箱"),
        ('site_url = "ipweek.example.cn"', "site_url 应是网址"),
        ('smtp_sender = "办公室 <a@b.cn>"', "smtp_sender 应是发件邮箱"),
        ('smtp_sender = "a@b.cn"\nsmtp_security = "ssl"', "tls、starttls、none 之一"),
        ('smtp_sender = "a@b.cn"\nsmtp_port = 70000', "0 到 65535"),
        ('smtp_sender = "a@b.cn"\nsmtp_user = "a"', "要么都写，要么都不写"),
        ('smtp_sender = "a@b.cn"\nsmtp_user = "a"\nsmtp_password_file = "mail-password"', "mail-password 不存在"),
    ],
)
def test_what_does_not_go_together_for_mail_stops_the_start(folder, text, says):
    write(folder, f'smtp_host = "mail.example.cn"\n{text}\n')

    with pytest.raises(WrongSetting, match=says):
        config.load({}, instance=folder)


def test_the_password_of_the_mail_server_stands_in_a_file_of_the_site(folder):
    write(folder, 'smtp_host = "m.cn"\nsmtp_sender = "a@b.cn"\nsmtp_user = "a"\nsmtp_password_file = "mail-password"\n')
    (folder / "mail-password").write_text("geheim", "utf-8")

    assert config.load({}, instance=folder).smtp_password_path == folder.resolve() / "mail-password"


@pytest.mark.parametrize("word, value", [("IPWEEK_PROT", "1"), ("IPWEEK_PORT", "８０８０"), ("IPWEEK_PORT", "-1"), ("IPWEEK_HTTPS", "")])
def test_a_wrong_word_in_the_environment_stops_the_start(folder, word, value):
    with pytest.raises(WrongSetting, match=word):
        config.load({word: value}, instance=folder)


def test_a_file_in_another_encoding_stops_the_start(folder):
    folder.mkdir()
    (folder / "settings.toml").write_bytes('office_name = "办公室"'.encode("gbk"))

    with pytest.raises(WrongSetting, match="TOML"):
        config.load({}, instance=folder)


@pytest.mark.parametrize("secret, says", [(None, "ipweek init"), ("short", "太短"), ("", "太短")])
def test_without_a_strong_secret_nothing_starts(folder, secret, says):
    folder.mkdir()
    if secret is not None:
        (folder / "secret").write_text(secret, "utf-8")

    with pytest.raises(WrongSetting, match=says):
        config.for_flask(config.load({}, instance=folder))
