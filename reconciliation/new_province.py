"""The config of another province: the project's own, with what is Guizhou's alone taken out.

What belongs here: which parts are a province's own, and what stands in their place. What does not: the meaning of any part. What a
province decides becomes a blank (`registers/blanks.py`), without which nothing runs; what it should look at but may keep is marked
by a comment. Parts that hold nothing of a province are not written: they are taken from the project.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from reconciliation.policy.thresholds import HEADER
from reconciliation.registers.blanks import blank
from reconciliation.registers.errors import ConfigurationError, UsageError

_NOTICE: Final = "黔民发〔2018〕19号"
_NOTICE_BLANK: Final = blank("部署文件文号")
_HEAD: Final = """\
# 新省份的配置。凡“待填”处（方括号【】内）都要换成本省的内容，未填完不能运行；写“请核对”处可以不改。
# 没有列在本文件夹里的部分，用系统自带的配置。
"""
_LINES: Final = {"dibao_line": "农村低保标准", "poverty_line": "扶贫标准"}


def new_province(source: Path) -> dict[str, str]:
    """The files of a config folder for another province.

    Args:
        source: the project's config folder.

    Returns:
        Path below the new folder → text, sorted by path.

    Raises:
        ConfigurationError: the project's config no longer has what is to be taken out.
    """
    made = {name: make(_read(source / name)) for name, make in _PARTS.items()}
    for path in sorted((source / "entitlements").glob("*.yaml")):
        name = f"entitlements/{path.name}"
        make = _field_check if path.name == "field_check.yaml" else _noticed
        made[name] = make(_read(path))
    return dict(sorted(made.items()))


def write_province(folder: Path, source: Path) -> list[str]:
    """Write the files into a new folder; return their paths below it.

    Raises:
        UsageError: the folder is there and not empty.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is there already and not empty; name a new folder")
    made = new_province(source)
    for name, text in made.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(made)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _put(text: str, pattern: str, instead: str) -> str:
    """`text` with what matches replaced; what is not there any more is a mistake of ours, told by its name."""
    changed, found = re.subn(pattern, lambda _: instead, text, flags=re.MULTILINE)
    if not found:
        raise ConfigurationError(f"the project's config has no {pattern}; init cannot take it out")
    return changed


def _campaign(text: str) -> str:
    text = _put(
        text,
        r"^# The campaign.*\n",
        "# 专项行动：名称、省份和各次调度日期（一行一个，从早到晚）。\n",
    )
    text = _put(text, r"^title: .*$", f"title: {blank('行动名称')}")
    text = _put(text, r"^province: .*$", f"province: {blank('省名')}")
    text = _put(
        text, r"^batches:\n(  - .*\n)+", f"batches:\n  - {blank('调度日期，如2019-03-15')}\n"
    )
    return _HEAD + text


def _noticed(text: str) -> str:
    """The notice a rule rests on is the province's own; its other figures and words are there to be looked at."""
    kept = "\n".join(
        line.replace(_NOTICE, "部署文件" if line.lstrip().startswith("#") else _NOTICE_BLANK)
        for line in text.split("\n")
    )
    return f"{_HEAD}# 规则、金额和对象：请核对是否合乎本省文件。\n{kept}"


def _field_check(text: str) -> str:
    text = _put(text, r"^# Counties: general(.*\n# )*.*\n", "# 深度贫困县、乡镇、村，写法：{county: …, town: …, village: …}；没有的可以不写。\n")  # fmt: skip
    text = _put(
        text, r"^source: .*$", f"source: {blank('深度贫困县乡村名单的来源，没有名单的写无')}"
    )
    text = _put(text, r"^deep_poverty:\n(  - .*\n?)+", "deep_poverty: []\n")
    text = _put(text, r"^seed: .*$", f"seed: {blank('抽查随机种子，任意文字')}")
    return _noticed(text)


def _reporting(text: str) -> str:
    text = _put(
        text,
        r'^prefectures:\n(  ".*\n)+',
        f'prefectures:\n  "{blank("县代码前四位")}": {blank("市州名")}\n',
    )
    text = _put(text, "the nine prefectures", "the prefectures")
    text = _put(text, r"^# 仁怀市, 威宁县(.*\n# )*.*\n", "")
    text = _put(
        text,
        r"^direct_units:\n(  .*\n)+",
        "# 没有直报单位的保持空；写法：- {unit: 名称, source: 来源, places: [{county: 县名}]}\ndirect_units: []\n",
    )
    return _HEAD + text


def _identity(text: str) -> str:
    text = _put(text, "the 18 of Guizhou and", "请核对: those of Guizhou and")
    return f"{_HEAD}# 民族名称和口音按贵州情况写成：请核对。\n{text}"


def _thresholds(text: str) -> str:
    """The lines become blanks; whatever was never verified asks for its source."""
    rows = []
    for line in text.splitlines()[1:]:
        county, effective, key, value, source = line.split(",", 4)
        if key in _LINES:
            value, source = (
                blank(f"{_LINES[key]}，元每人每年"),
                blank(f"{_LINES[key]}的文件名称和文号"),
            )
        elif source.startswith("unverified"):
            source = blank("来源，没有核实的写unverified")
        rows.append(",".join((county, effective, key, value, source)))
    return "\n".join([",".join(HEADER), *rows]) + "\n"


def _counties(text: str) -> str:
    return f"{text.splitlines()[0]}\n{blank('县代码六位')},{blank('县名')}\n"


def _renames(text: str) -> str:
    return f"{text.splitlines()[0]}\n"


_PARTS: Final[Mapping[str, Callable[[str], str]]] = {
    "campaign.yaml": _campaign,
    "identity.yaml": _identity,
    "policy.yaml": _noticed,
    "report.yaml": _noticed,
    "reporting.yaml": _reporting,
    "thresholds.csv": _thresholds,
    "places/counties.csv": _counties,
    "places/county_renames.csv": _renames,
}
"""The parts that hold something of a province, and what is done to them."""
