"""Rows of a file find the rows of the table: by what is sure first, by likeness last, and never twice."""

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from ipweek.workbooks.matching import Match, match


def event(name, when="4月22日", **more):
    return {"event_name": name, "event_time": when, "venue": "文化馆", "host": "区市场监管局", **more}


def test_rows_are_found_wherever_they_stand():
    ours = {1: event("商标课堂"), 2: event("专利讲座"), 3: event("版权之夜")}

    assert match([event("版权之夜"), event("商标课堂")], ours) == [Match(3), Match(1)]


def test_one_name_on_two_days_is_told_apart_by_the_day():
    ours = {1: event("专利讲座", "4月22日"), 2: event("专利讲座", "4月23日")}

    assert match([event("专利讲座", "4月23日", venue="图书馆"), event("专利讲座", "4月22日")], ours) == [Match(2), Match(1)]


def test_marks_and_blanks_in_a_name_do_not_matter():
    assert match([event("“知识产权 进商圈”", "4月25日")], {7: event("知识产权进商圈")}) == [Match(7)]


def test_a_new_name_is_like_the_old_one_but_not_surely():
    assert match([event("知识产权走进社区活动")], {7: event("知识产权进社区")}) == [Match(7, is_certain=False)]


def test_activities_of_one_day_and_place_are_not_alike_for_that():
    assert match([event("版权之夜")], {7: event("商标课堂")}) == [Match(None)]


def test_the_id_of_a_fill_pack_is_stronger_than_any_word():
    ours = {1: event("商标课堂"), 2: event("专利讲座")}

    assert match([event("专利讲座")], ours, [1]) == [Match(1)]


def test_an_id_that_is_gone_leaves_the_row_to_its_words():
    assert match([event("专利讲座")], {2: event("专利讲座")}, [99]) == [Match(2)]


rows = st.lists(
    st.fixed_dictionaries(
        {"event_name": st.text("知识产权进商圈讲座𠮷 ", max_size=6), "event_time": st.sampled_from(["", "4月22日", "4月23日"])}
    ),
    max_size=8,
)


@settings(max_examples=100, deadline=None)
@given(rows, rows)
def test_no_row_is_paired_twice(theirs, ours):
    found = [each.ours for each in match(theirs, dict(enumerate(ours))) if each.ours is not None]

    assert len(found) == len(set(found))


@settings(max_examples=100, deadline=None)
@given(rows)
def test_a_table_finds_all_of_itself(ours):
    found = match(ours, dict(enumerate(ours)))

    assert {each.ours for each in found} == set(range(len(ours)))
    assert all(each.is_certain for each in found)


def test_two_thousand_strange_rows_are_compared_with_two_thousand(record_property):
    theirs = [event(f"知识产权宣传活动第{n}场", f"4月{n % 28 + 1}日") for n in range(2000)]
    ours = {n: event(f"知识产权宣传周第{n}次活动", f"5月{n % 28 + 1}日") for n in range(2000)}
    started = time.perf_counter()

    found = match(theirs, ours)

    record_property("seconds", time.perf_counter() - started)
    assert len(found) == 2000
