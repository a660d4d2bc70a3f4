"""老字号的名单。"""

import re
from pathlib import Path

NAMES = Path(__file__).with_name("brands.txt").read_text("utf-8").split()


def named_in(text):
    return [name for name in NAMES if name in text]


def split(text):
    return [name for name in re.split(r"[、,，;；\s]+", text) if name]
