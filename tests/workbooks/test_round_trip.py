"""What goes out and comes in again changes nothing, whatever stands in it: 全部相同."""

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipweek.annexes import cell_text, checks
from ipweek.notice import schema
from ipweek.workbooks import fill_pack, import_plan
from ipweek.workbooks.documents import annexes
from ipweek.workbooks.layout import AnnexSheet, Band
from tests.make import ANNEX_1, ANNEX_2

from .official import MADE_AT, written

WORDS = [
    *(
        "合计",
        "总计 3项",
        "注：以实际为准",
        "备注：无",
        "说明",
        "填表人：张三",
        "单位名称：徐汇区",
        "填表时间：4月9日",
        "一、开幕式",
        "（二）分会场",
        "1.",
        "3",
    ),
    *(
        "主办单位",
        "重点活动名称",
        "活动时间",
        "附件1",
        "附件2：另表",
        "a\nb",
        "=1+1",
        "＝2",
        "'x",
        "+86",
        "@x",
        "-",
        "_x000D_",
        "4月22日",
        "45404",
        "𠮷㐂䶮𬭎",
    ),
    *(
        "姓名",
        "电话",
        "序号",
        "00012",
        "1.0",
        "TRUE",
        "#N/A",
        "—",
        "“引号”",
        "<b>&amp;</b>",
        "长" * 300,
        "全角　空格",
        "约200人",
        "13800000001",
    ),
]
texts = st.one_of(st.just(""), st.sampled_from(WORDS), st.text(max_size=40)).map(lambda text: cell_text.clean(text)[0].strip())


@st.composite
def tables(draw):
    """A form, and rows of which none is empty."""
    form = draw(st.sampled_from([ANNEX_1, ANNEX_2]))
    rows = draw(st.lists(st.fixed_dictionaries({column.key: texts for column in form.columns}), min_size=1, max_size=5))
    return form, [row for row in rows if not checks.is_empty(row)]


@pytest.mark.parametrize("kind", ["xlsx", "docx", "pack"])
@given(table=tables())
@settings(max_examples=60, deadline=None)
def test_out_and_in_again_changes_nothing(kind, table):
    form, rows = table
    ours = list(enumerate(rows, 1))
    header = (("单位名称", "闵行区知识产权联席会议办公室"), ("填表时间", "2024年4月8日"))[: len(form.header_fields)]
    band = Band("minhang", header, [tuple(row[column.key] for column in form.columns) for row in rows])
    sheet = AnnexSheet(form, [band], single=True)
    out = BytesIO()
    if kind == "pack":
        out.write(fill_pack.build(fill_pack.Sheet(1, 1, form, band, ours, {}), made_at=MADE_AT))
    elif kind == "docx":
        annexes.write(out, [sheet], title=form.title, made_at=MADE_AT)
    else:
        out.write(written(sheet))

    name = "表.docx" if kind == "docx" else "表.xlsx"
    reading = fill_pack.read_upload(out.getvalue(), name=name, annex=schema.as_json(form))
    plan = import_plan.plan(reading, form, ours, {"filled_on": "2024年4月8日"})

    assert [line for line in plan.lines if line.is_open] == []
    assert plan.header is None
    if kind == "pack":
        assert plan.absent == ()
