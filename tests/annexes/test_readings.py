"""Cells and what a careful clerk reads in them.

``cell_values.json`` holds our own, in short: for times precision, days, hours, part, ``!problem``, ``?`` (to be asked);
for sizes min/max with ``…`` on the open side, ``~`` for about; for contacts name, mobile, landline; for venues mode, place, platform.
"""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipweek.annexes import doubts
from ipweek.annexes.readings import contact, scale, time, venue
from ipweek.private_numbers import find_private, mask

WEEK = (date(2024, 4, 20), date(2024, 4, 26))
OWN = json.loads((Path(__file__).parent / "cell_values.json").read_text("utf-8"))
SHARED = Path(__file__).parents[3] / "shared" / "examples" / "field_values.json"


def shared(kind):
    """The cases handed out with the design; none where it is not beside the checkout."""
    return json.loads(SHARED.read_text("utf-8"))[kind] if SHARED.exists() else []


def week_of(year):
    return tuple(day.replace(year=year) for day in WEEK)


@pytest.mark.parametrize("case", shared("time"), ids=lambda case: case["text"])
def test_each_shared_time_reads_as_it_says(case):
    reading = time.read(case["text"], week=week_of(case["year"])).as_json()

    assert {key: reading[key] for key in case["expect"]} == case["expect"]


@pytest.mark.parametrize("case", shared("scale"), ids=lambda case: case["text"])
def test_each_shared_size_reads_as_it_says(case):
    reading = scale.read(case["text"]).as_json()

    assert {key: reading[key] for key in case["expect"]} == case["expect"]


@pytest.mark.parametrize("case", shared("contact"), ids=lambda case: case["text"])
def test_each_shared_contact_reads_as_it_says(case):
    people = contact.read(case["text"]).as_json()["people"]

    assert [{key: person[key] for key in ("name", "mobile", "tel")} for person in people] == case["expect"]["people"]


@pytest.mark.parametrize("case", shared("venue"), ids=lambda case: case["text"])
def test_each_shared_venue_reads_as_it_says(case):
    reading = venue.read(case["text"]).as_json()

    assert {key: reading[key] for key in case["expect"]} == case["expect"]


def time_in_short(reading):
    days = {"multiple": ",".join(map(str, reading.dates)), "exact": str(reading.start)}.get(reading.precision)
    if days is None:
        days = f"{reading.start or '…'}/{reading.end or '…'}" if reading.start or reading.end else ""
    hours = f"{reading.start_time or '…'}-{reading.end_time or '…'}" if reading.start_time or reading.end_time else ""
    problem = f"!{reading.problem}" if reading.problem else ""
    return " ".join(piece for piece in (reading.precision, days, hours, reading.part, problem, "?" if reading.ask else "") if piece)


def scale_in_short(reading):
    if reading.unknown:
        return "unknown"
    ends = "/".join("…" if end is None else str(end) for end in (reading.min, reading.max))
    placed = [f"{place}={count}" for place, count in (("online", reading.online), ("offline", reading.offline)) if count is not None]
    marks = ["~"] * reading.is_approximate + [f"per={reading.per}"] * bool(reading.per) + ["?"] * reading.ask
    return " ".join([ends, *placed, *marks])


def contact_in_short(reading):
    people = [
        " ".join(piece or "-" for piece in (person.name, person.mobile, person.tel))
        + (f" ext={person.extension}" if person.extension else "")
        for person in reading.people
    ]
    problems = f" !{','.join(reading.problems)}" if reading.problems else ""
    return ("; ".join(people) or "nobody") + problems + (" ?" if reading.ask else "")


def venue_in_short(reading):
    if reading.unknown:
        return "unknown"
    marks = ["multi"] * reading.multi + ["pending"] * reading.is_pending + ["?"] * reading.ask
    return " | ".join([reading.mode, reading.place or "-", reading.platform or "-", *marks])


@pytest.mark.parametrize("text, expected", OWN["time"].items())
def test_a_time_reads_as_a_clerk_would(text, expected):
    assert time_in_short(time.read(text, week=WEEK)) == expected


@pytest.mark.parametrize("text, expected", OWN["scale"].items())
def test_a_size_reads_as_a_clerk_would(text, expected):
    assert scale_in_short(scale.read(text)) == expected


@pytest.mark.parametrize("text, expected", OWN["contact"].items())
def test_a_contact_reads_as_a_clerk_would(text, expected):
    assert contact_in_short(contact.read(text)) == expected


@pytest.mark.parametrize("text, expected", OWN["venue"].items())
def test_a_venue_reads_as_a_clerk_would(text, expected):
    assert venue_in_short(venue.read(text)) == expected


@pytest.mark.parametrize(
    "text, words",
    [
        ("4月20日上午9：00", "4月20日（周六）09:00"),
        ("4.20-4.26", "4月20日（周六）至4月26日（周五）"),
        ("4月下旬", "4月21日至4月30日之间"),
        ("4月20日左右", "4月20日（周六）前后"),
        ("4月26日17:00前", "4月26日（周五）17:00前"),
        ("4月23日14:00至24日11:30", "4月23日（周二）14:00至4月24日（周三）11:30"),
        ("4月20日9:00，4月22日14:00", "4月20日（周六）09:00、4月22日（周一）14:00"),
        ("2023年4月22日", "2023年4月22日（周六）"),
        ("4.2", "4月2日还是4月20日？"),
        ("4月20日（周日）", "4月20日（周六）还是4月21日（周日）？"),
        ("4月17日前报名", "是哪一天？"),
        ("4月10日报名，4月24日比赛", "4月24日（周三）"),
        ("待定", ""),
        ("", ""),
    ],
)
def test_a_time_is_said_back_in_words(text, words):
    assert time.read(text, week=WEEK).in_words() == words


@pytest.mark.parametrize(
    "text, words",
    [
        ("约200人", "约200人"),
        ("线下200余人，线上3万余人", "至少30200人（线上30000、线下200）"),
        ("60-80", "60至80人"),
        ("50人/场", "每场50人"),
        ("若干", ""),
    ],
)
def test_a_size_is_said_back_in_words(text, words):
    assert scale.read(text).in_words() == words


DIGITS = "〇一二三四五六七八九"
FULL_WIDTH = str.maketrans("0123456789.:-/~()", "０１２３４５６７８９．：－／～（）")


def chinese(number):
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else DIGITS[tens]) + ("十" if tens else "") + (DIGITS[ones] if ones or not tens else "")


DAY_SPELLINGS = {
    "年月日": lambda day: f"{day.year}年{day.month}月{day.day}日",
    "月日": lambda day: f"{day.month}月{day.day}日",
    "月号": lambda day: f"{day.month}月{day.day}号",
    "blanks": lambda day: f" {day.year} 年 {day.month} 月 {day.day} 日 ",
    "padded": lambda day: f"{day:%Y年%m月%d日}",
    "dots": lambda day: f"{day.year}.{day.month}.{day.day}",
    "slashes": lambda day: f"{day.year}/{day.month}/{day.day}",
    "iso": lambda day: day.isoformat(),
    "eight": lambda day: f"{day:%Y%m%d}",
    "slash": lambda day: f"{day.month}/{day.day}",
    "middle dot": lambda day: f"{day.month}·{day.day}",
    "chinese": lambda day: f"{chinese(day.month)}月{chinese(day.day)}日",
    "chinese year": lambda day: "".join(DIGITS[int(sign)] for sign in str(day.year)) + f"年{chinese(day.month)}月{chinese(day.day)}日",
    "full width": lambda day: f"{day.month}月{day.day}日".translate(FULL_WIDTH),
    "date cell": lambda day: f"{day.isoformat()} 00:00:00",
    "serial": lambda day: str((day - date(1899, 12, 30)).days),
    "weekday": lambda day: f"{day.month}月{day.day}日（周{'一二三四五六日'[day.weekday()]}）",
    "stops": lambda day: f"{day.year}。{day.month}。{day.day}",
    "letter O": lambda day: f"{day.year}年{day.month}月{day.day}日".replace("0", "O"),
    "english": lambda day: f"{day:%d-%b-%y}",
    "full stop": lambda day: f"{day.year}年{day.month}月{day.day}日。",
    "spaced": lambda day: f"{day.year} . {day.month} . {day.day}",
    "weekday before": lambda day: f"星期{'一二三四五六日'[day.weekday()]} {day.month}月{day.day}日",
}
RANGE_LINKS = ["-", "—", "——", "–", "~", "～", "至", "到", " - ", " 至 ", "－"]
CLOCK_SPELLINGS = {
    "colon": lambda hour, minute: f"{hour}:{minute:02d}",
    "padded": lambda hour, minute: f"{hour:02d}:{minute:02d}",
    "full width": lambda hour, minute: f"{hour}：{minute:02d}".translate(FULL_WIDTH),
    "时分": lambda hour, minute: f"{hour}时{minute:02d}分" if minute else f"{hour}时",
    "点分": lambda hour, minute: f"{hour}点{minute}分" if minute else f"{hour}点",
    "点": lambda hour, minute: {0: f"{hour}点", 30: f"{hour}点半"}.get(minute, f"{hour}点{minute:02d}"),
    "chinese": lambda hour, minute: f"{chinese(hour)}时{chinese(minute)}分" if minute else f"{chinese(hour)}点整",
    "semicolon": lambda hour, minute: f"{hour}；{minute:02d}",
    "half day": lambda hour, minute: f"{'上午' if hour < 12 else '下午'}{hour if hour <= 12 else hour - 12}:{minute:02d}",
    "half day in words": lambda hour, minute: (
        f"{'上午' if hour < 12 else '下午'}{chinese(hour if hour <= 12 else hour - 12)}点" + (f"{chinese(minute)}分" if minute else "")
    ),
}
days = st.dates(date(2024, 1, 1), date(2024, 12, 31))
hours = st.integers(7, 22)
minutes = st.integers(0, 11).map(lambda n: n * 5)


@given(day=days, spelling=st.sampled_from(sorted(DAY_SPELLINGS)))
def test_any_day_in_any_spelling_comes_back(day, spelling):
    reading = time.read(DAY_SPELLINGS[spelling](day), week=WEEK)

    assert (reading.precision, reading.start, reading.end, reading.dates) == ("exact", day, day, (day,))
    assert not reading.ask
    assert (reading.start_time, reading.end_time) == (None, None)


@given(
    day=days,
    spelling=st.sampled_from(["月日", "年月日", "chinese", "dots", "iso", "stops", "letter O", "full width"]),
    ahead=st.sampled_from(["", "拟于", "时间：", "暂定", "预计", "首场", "活动时间："]),
    weekday=st.sampled_from(["", "（周{}）", "（星期{}）", " 周{}", "({})"]),
    behind=st.sampled_from(
        [
            "",
            "（待定）",
            "（拟）",
            "，科学会堂",
            "启动仪式",
            "（线上直播）",
            "，100人",
            "（第一场）",
            "；地点：市局3楼",
            "，具体时间另行通知",
            "（共2小时）",
        ]
    ),
)
def test_words_around_a_day_change_nothing(*, day, spelling, ahead, weekday, behind):
    text = ahead + DAY_SPELLINGS[spelling](day) + weekday.format("一二三四五六日"[day.weekday()]) + behind

    reading = time.read(text, week=WEEK)

    assert (reading.precision, reading.start, reading.end, reading.problem) == ("exact", day, day, "")


@given(
    first=days,
    length=st.integers(1, 60),
    spelling=st.sampled_from(sorted(set(DAY_SPELLINGS) - {"serial", "date cell", "weekday before", "full stop", "english"})),
    link=st.sampled_from(RANGE_LINKS),
)
def test_any_span_in_any_spelling_comes_back(first, length, spelling, link):
    last = min(first + timedelta(days=length), date(2024, 12, 31))
    if last == first:
        return

    reading = time.read(f"{DAY_SPELLINGS[spelling](first)}{link}{DAY_SPELLINGS[spelling](last)}", week=WEEK)

    assert (reading.precision, reading.start, reading.end) == ("range", first, last)


@given(
    month=st.integers(1, 12),
    first=st.integers(1, 27),
    length=st.integers(1, 20),
    link=st.sampled_from(RANGE_LINKS),
    end=st.sampled_from(["日", "号"]),
    start_end=st.sampled_from(["", "日", "号"]),
)
def test_a_span_need_not_repeat_the_month(*, month, first, length, link, end, start_end):
    last = min(first + length, 28)

    reading = time.read(f"{month}月{first}{start_end}{link}{last}{end}", week=WEEK)

    assert (reading.start, reading.end) == (date(2024, month, first), date(2024, month, last))


@given(
    chosen=st.sets(st.integers(1, 30), min_size=2, max_size=5),
    link=st.sampled_from(["、", "，", ",", "和", "及", "；"]),
    short=st.booleans(),
)
def test_a_list_of_days_comes_back(chosen, link, short):
    listed = sorted(chosen)
    text = "4月" + link.join(f"{day}{'' if short and day != listed[-1] else '日'}" for day in listed)

    reading = time.read(text, week=WEEK)

    assert reading.dates == tuple(date(2024, 4, day) for day in listed)
    assert reading.precision == "multiple"


@given(
    day=days,
    day_spelling=st.sampled_from(["月日", "年月日", "chinese", "weekday", "full width", "iso"]),
    hour=hours,
    minute=minutes,
    spelling=st.sampled_from(sorted(CLOCK_SPELLINGS)),
    blank=st.sampled_from(["", " ", "，"]),
)
def test_any_hour_in_any_spelling_comes_back(*, day, day_spelling, hour, minute, spelling, blank):
    gap = blank or (" " if day_spelling == "iso" else "")

    reading = time.read(f"{DAY_SPELLINGS[day_spelling](day)}{gap}{CLOCK_SPELLINGS[spelling](hour, minute)}", week=WEEK)

    assert (reading.start, reading.start_time, reading.end_time) == (day, f"{hour:02d}:{minute:02d}", None)
    assert reading.precision == "exact"


@pytest.mark.parametrize(
    "text, first, last",
    [
        ("28日至4日", date(2025, 4, 28), date(2025, 5, 4)),
        ("30日-1日", date(2025, 4, 30), date(2025, 5, 1)),
        ("30日、2日", date(2025, 4, 30), date(2025, 5, 2)),
        ("2日上午", date(2025, 5, 2), date(2025, 5, 2)),
        ("28-4", date(2025, 4, 28), date(2025, 5, 4)),
    ],
)
def test_days_without_a_month_are_looked_for_in_a_week_of_two_months(text, first, last):
    reading = time.read(text, week=(date(2025, 4, 28), date(2025, 5, 4)))

    assert (reading.start, reading.end) == (first, last)


@given(
    day=days,
    hour=st.integers(7, 19),
    minute=minutes,
    length=st.integers(1, 3),
    spelling=st.sampled_from(sorted(CLOCK_SPELLINGS)),
    link=st.sampled_from(["-", "—", "~", "～", "至", "到", " - "]),
)
def test_any_span_of_hours_comes_back(*, day, hour, minute, length, spelling, link):
    say = CLOCK_SPELLINGS[spelling]

    reading = time.read(f"{day.month}月{day.day}日 {say(hour, minute)}{link}{say(hour + length, minute)}", week=WEEK)

    assert (reading.start_time, reading.end_time) == (f"{hour:02d}:{minute:02d}", f"{hour + length:02d}:{minute:02d}")
    assert (reading.start, reading.end) == (day, day)


@given(day=st.dates(date(2024, 4, 20), date(2024, 4, 26)), said=st.integers(0, 6))
def test_a_wrong_weekday_is_noticed_and_asked_about(day, said):
    reading = time.read(f"{day.month}月{day.day}日（周{'一二三四五六日'[said]}）", week=WEEK)

    assert (reading.start, bool(reading.wrong_weekdays), reading.ask) == (day, said != day.weekday(), said != day.weekday())


PEOPLE_SPELLINGS = ["{}人", "{} 人", "{}名", "{}人次", "{}", "共{}人", "人数：{}", "{}位嘉宾", "预计{}人", "线下{}人"]


@given(count=st.integers(1, 99_999), spelling=st.sampled_from(PEOPLE_SPELLINGS), wide=st.booleans(), marks=st.booleans())
def test_any_head_count_in_any_spelling_comes_back(count, spelling, wide, marks):
    written = f"{count:,}" if marks else str(count)
    text = spelling.format(written.translate(FULL_WIDTH) if wide else written)

    reading = scale.read(text)

    assert (reading.min, reading.max, reading.unknown, reading.ask) == (count, count, False, False)


@given(low=st.integers(1, 5000), more=st.integers(1, 5000), link=st.sampled_from(["-", "—", "~", "～", "至", "到", "人-", "人至"]))
def test_a_span_of_people_comes_back(low, more, link):
    reading = scale.read(f"{low}{link}{low + more}人")

    assert (reading.min, reading.max) == (low, low + more)


@given(
    online=st.integers(1, 90_000),
    offline=st.integers(1, 900),
    link=st.sampled_from(["，", "；", "+", "、", "\n", " "]),
    order=st.booleans(),
)
def test_online_and_on_site_are_told_apart_and_added(online, offline, link, order):
    pieces = [f"线上{online}人次", f"线下{offline}人"]

    reading = scale.read(link.join(pieces if order else reversed(pieces)))

    assert (reading.online, reading.offline, reading.min, reading.max) == (online, offline, online + offline, online + offline)


def chinese_number(number):
    """1,205 is 一千二百零五."""
    said, is_zero = "", False
    for value, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, value)
        if digit:
            said += ("零" if is_zero and said else "") + ("" if (digit, name, said) == (1, "十", "") else DIGITS[digit]) + name
        is_zero = not digit
    return said


@given(count=st.integers(1, 9999), spelling=st.sampled_from(["{}人", "{}名学生", "约{}人", "{}人次"]))
def test_any_head_count_in_chinese_numerals_comes_back(count, spelling):
    reading = scale.read(spelling.format(chinese_number(count)))

    assert (reading.min, reading.max) == (count, count)


@given(
    count=st.integers(1, 99_999),
    said=st.sampled_from(
        [
            *[
                (words, True)
                for words in (
                    "不少于{}人",
                    "至少{}人",
                    "{}人以上",
                    "{}余人",
                    "{}多名",
                    "超过{}人",
                    "逾{}人次",
                    "{}+",
                    "≥{}人",
                    "{}人（含）以上",
                )
            ],
            *[
                (words, False)
                for words in ("不超过{}人", "最多{}人", "{}人以内", "近{}人", "不足{}人", "限{}人", "{}人以下", "≤{}人", "{}人（含）以下")
            ],
        ]
    ),
    place=st.sampled_from(["", "线上", "线下"]),
)
def test_a_bound_leaves_its_other_side_open(count, said, place):
    words, is_least = said

    reading = scale.read(place + words.format(count))

    assert (reading.min, reading.max) == ((count, None) if is_least else (None, count))


@given(
    per=st.integers(1, 500),
    times=st.integers(2, 40),
    words=st.sampled_from(["{t}场，每场{p}人", "每场{p}人，共{t}场", "{p}人/场，{t}场", "{t}场×{p}人"]),
)
def test_a_number_per_session_is_taken_as_often_as_there_are_sessions(per, times, words):
    reading = scale.read(words.format(p=per, t=times))

    assert (reading.min, reading.max, reading.per) == (per * times, per * times, None)


PLACES = [
    "科学会堂",
    "上海图书馆东馆",
    "漕宝路650号1号楼201室",
    "同济大学四平路校区",
    "世博中心（红厅）",
    "莘庄镇文化活动中心",
    "和平公园",
    "地铁2号线人民广场站",
]
PLATFORMS = ["腾讯会议", "B站", "微信视频号", "抖音", "钉钉直播", "学习强国", "小红书"]
HYBRID = [
    "{place}+{platform}", "{place}（线上：{platform}）", "线下：{place}；线上：{platform}", "线上（{platform}）+线下（{place}）",
    "{place}，{platform}同步直播", "{place}\n{platform}", "{place}/{platform}", "线上{platform}，线下{place}", "{place}（{platform}直播）",
    "【线下】{place}【线上】{platform}", "{place}，通过{platform}同步", "线上线下结合（{place}、{platform}）", "{place}（线下），{platform}（线上）",
    "{place}、线上（{platform}）", "线上：{platform}，线下：{place}",
]  # fmt: skip


@given(place=st.sampled_from(PLACES), platform=st.sampled_from(PLATFORMS), words=st.sampled_from(HYBRID))
def test_a_place_and_a_platform_are_told_apart(place, platform, words):
    reading = venue.read(words.format(place=place, platform=platform))

    assert (reading.mode, reading.place, reading.platform, reading.multi) == ("hybrid", place, platform, False)


@given(
    places=st.lists(st.sampled_from(PLACES), min_size=2, max_size=3, unique=True),
    link=st.sampled_from(["、", "，", "；", "\n", "/", "和", "及"]),
)
def test_several_places_are_several(places, link):
    text = link.join(places)

    reading = venue.read(text)

    assert (reading.mode, reading.place, reading.multi) == ("offline", text, True)


NAMES = ["张三", "李四", "王五", "欧阳晓明", "赵小红", "陈 明", "李和平", "马少群", "方思和", "王登科"]
numbers = st.integers(0, 99).map(lambda n: f"138000000{n:02d}")
landlines = st.integers(0, 9999).map(lambda n: f"0000{n:04d}")


@given(
    chosen=st.lists(
        st.tuples(st.sampled_from(NAMES), st.one_of(numbers, landlines)), min_size=1, max_size=3, unique_by=(lambda each: each[0])
    ),
    inside=st.sampled_from([" ", "：", ":", "（{}）", "/", "", "，电话："]),
    between=st.sampled_from(["；", "、", "，", "\n", " ", ";"]),
)
def test_people_and_their_numbers_come_back(chosen, inside, between):
    pieces = [name + (inside.format(number) if "{}" in inside else inside + number) for name, number in chosen]

    people = contact.read(between.join(pieces)).people

    assert [(person.name, person.mobile or person.tel) for person in people] == [(name.replace(" ", ""), number) for name, number in chosen]


SIGNS = "。;①…O=±“”农历结束启动择或0123456789一二十百万年月日号时点分周人名约至-~、，；（）()：:.· \n/+*线上下午每前后起止待定宣传周第张三老师局@aX电话转会议号"


@given(st.text(SIGNS, max_size=60) | st.text(max_size=60))
def test_no_text_breaks_a_reader(text):
    for reading in (time.read(text, week=WEEK), time.read(text, week=None), scale.read(text), contact.read(text), venue.read(text)):
        json.dumps(reading.as_json(), ensure_ascii=False)
        assert isinstance(reading.in_words(), str)


PIECES = sorted(
    {
        piece
        for kind in ("time", "scale", "contact", "venue")
        for text in OWN[kind]
        for piece in re.findall(r"\d+|[一-鿿]{1,3}|[^\d一-鿿]", text)
    }
)


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_no_shuffled_cell_breaks_a_reader(text):
    for reading in (time.read(text, week=WEEK), time.read(text, week=None), scale.read(text), contact.read(text), venue.read(text)):
        json.dumps(reading.as_json(), ensure_ascii=False)
        assert isinstance(reading.in_words(), str)


@given(text=st.sampled_from(sorted(OWN["time"])), first=days, length=st.integers(0, 20))
def test_no_week_breaks_the_reader_of_times(text, first, length):
    week = (first, first + timedelta(days=length))

    reading = time.read(text, week=week)

    asked = doubts.of("event_time", text, week)
    assert isinstance(reading.in_words(), str)
    assert asked is None or all(asked.choices)
    if reading.dates:
        assert list(reading.dates) == sorted(reading.dates)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("周三", "vague ?"),
        ("周一", "exact 2024-04-22 ?"),
        ("宣传周周末", "exact 2024-04-21"),
        ("宣传周倒数第三天", "range 2024-04-21/2024-04-22 ?"),
        ("下周三", "vague ?"),
    ],
)
def test_a_week_of_two_days_has_no_wednesday(text, expected):
    assert time_in_short(time.read(text, week=(date(2024, 4, 21), date(2024, 4, 22)))) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("宣传周周末", "multiple 2024-04-20,2024-04-21,2024-04-27,2024-04-28"),
        ("周六、周日", "multiple 2024-04-20,2024-04-21,2024-04-27,2024-04-28 ?"),
        ("周三", "multiple 2024-04-17,2024-04-24 ?"),
    ],
)
def test_a_week_of_fourteen_days_has_two_weekends(text, expected):
    assert time_in_short(time.read(text, week=(date(2024, 4, 15), date(2024, 4, 28)))) == expected


@given(st.text(SIGNS, max_size=60))
def test_a_reading_never_contradicts_itself(text):
    reading = time.read(text, week=WEEK)
    size = scale.read(text)

    if reading.start and reading.end:
        assert reading.start <= reading.end
    if reading.precision == "exact":
        assert reading.dates == (reading.start,) == (reading.end,)
    if reading.precision == "multiple":
        assert (reading.dates[0], reading.dates[-1]) == (reading.start, reading.end)
    if reading.precision == "unknown":
        assert (reading.start, reading.end, reading.dates) == (None, None, ())
    if size.min is not None and size.max is not None:
        assert size.min <= size.max
    assert not (size.unknown and (size.min is not None or size.max is not None))


HOSTILE = [
    "1", "1 ", "1,", "1.", "1-", "0", "00", "4月", "4.2", "20、", "、20", "20-", "二十", "一", "一二", "中国", "第1个", "周一", "每周", "9:00-",
    "4月20日至", "线上", "同步", "不超过", "约", "万", "百", "138", "138-", "+86", "x", "*", "a@", "a.", "张", "局", "知识产权局", "公众号", "官",
    "·张", "张 ", "(", "“", " ", "\n", "ﷺ", "\u0301", "会议号1 ", "地点", "待定", "公众号“", "1、2、", "14;", "0420", "择一", "±1", "(at)", "1_", "抖音（账号：", "线下（", "20日或", "周三、", "1日前报名，", "报名（", "华政", "徐汇 ", "华政张三 ",
]  # fmt: skip


@pytest.mark.timeout(20)
@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize("end", ["", "日"])
def test_the_longest_hostile_cell_is_read_at_once(piece, end):
    text = (piece * 4000)[: 4000 - len(end)] + end

    for reading in (time.read(text, week=WEEK), scale.read(text), contact.read(text), venue.read(text)):
        assert isinstance(reading.in_words(), str)
    assert isinstance(find_private(text), list)
    assert len(mask(text, in_contact=True)) == len(mask(text, in_contact=False)) == len(text)
