"""A word that is unknown, or a value of the wrong kind, stops the start with one sentence."""

from dataclasses import fields

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
        ("port = ", "TOML，请核对最后一行.*：每行写一个设置"),
        ("https = true\noffice_name = “办公室”", "请核对第 2 行.*英文双引号"),
        ("port = 8000\nport = 8001", "只写一遍"),
        ("port = 99999999", "port 应在 0 到 65535 之间，现在是 99999999"),
        ("threads = 0", "threads 应在 1 到 256 之间"),
        ("upload_mb = -5", "upload_mb 应在 1 到"),
        ("idle_minutes = 0", "idle_minutes 应在 1 到"),
        ("password_length = 0", "password_length 应在 8 到"),
        ("backups_kept = -3", "backups_kept 应在 0 到"),
        ('log_level = "LAUT"', "log_level 应是 DEBUG、INFO"),
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

    with pytest.raises(WrongSetting, match="另存为 UTF-8"):
        config.load({}, instance=folder)


def test_what_notepad_puts_before_the_first_line_changes_nothing(folder):
    folder.mkdir()
    (folder / "settings.toml").write_text("port = 8001\n", "utf-8-sig")

    assert config.load({}, instance=folder).port == 8001


def test_each_number_has_bounds_that_its_own_default_keeps():
    numbers = {field.name: field.default for field in fields(config.Settings) if field.type == "int"}

    assert set(numbers) == set(config._BOUNDS)
    assert [name for name, (least, most) in config._BOUNDS.items() if not least <= numbers[name] <= most] == []


@pytest.mark.parametrize("secret, says", [(None, "ipweek init"), ("short", "太短"), ("", "太短")])
def test_without_a_strong_secret_nothing_starts(folder, secret, says):
    folder.mkdir()
    if secret is not None:
        (folder / "secret").write_text(secret, "utf-8")

    with pytest.raises(WrongSetting, match=says):
        config.for_flask(config.load({}, instance=folder))
