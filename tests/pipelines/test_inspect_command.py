"""`shuangqing inspect`: what it prints, how it ends, and that it shows nobody."""

import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.cells import cell_len
from rich.console import Console

from pipelines.command_line import main
from pipelines.inspection import inspect_paths
from reconciliation.configuration import Configuration
from tests.intake.offices import LEAN, person_id, text_file, workbook

FULL = (
    "姓名", "身份证号", "户主姓名", "户主身份证号", "与户主关系", "联系电话", "银行账户名称", "银行账号", "家庭地址", "备注", "宗教",
)  # fmt: skip
PERSON = (
    "龘三靐", "522101198803071234", "龘麤龗", "522101196011129876", "户主", "13987654321", "龘三靐", "6217001234567890123",
    "爩县鱻村灪组七号", "龖腿残疾，电话13700001111", "齉教",
)  # fmt: skip
PERSONAL = tuple(cell for cell in PERSON if cell != "户主")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["inspect", *arguments])


def flat(output: str) -> str:
    """The output without what lays it out, so that a cell broken over two lines is found too."""
    return re.sub(r"[\s─]", "", output)


def assert_shows_nobody(output: str) -> None:
    shown = flat(output)
    for cell in PERSONAL:
        for text in {cell, cell[6:14] if cell[:6].isdigit() else cell[-5:]}:
            assert text not in shown, "a person's cell was printed"


@pytest.fixture
def county(tmp_path: Path) -> Path:
    folder = tmp_path / "2018-08-15"
    good = [LEAN, ["1", "龘三靐", person_id(1), "农村低保", "A", ""]]
    text_file(folder / "dibao" / "甲县" / "好.csv", good)
    text_file(folder / "dibao" / "无表头.csv", [PERSON, PERSON])
    text_file(
        folder / "poverty" / "缺号码.csv",
        [["姓名", "户编号", "脱贫属性"], ["龘三靐", "1", "未脱贫"]],
    )
    (folder / "poverty" / "坏.xlsx").write_bytes(b"PK\x03\x04" + b"x" * 200)
    (folder / "poverty" / "说明.docx").write_bytes(b"x")
    return folder


def test_a_file_that_would_be_taken_is_told_in_full(tmp_path: Path) -> None:
    result = run(str(text_file(tmp_path / "某县农村低保.csv", [FULL, PERSON], separator="\t")))
    assert result.exit_code == 0, result.output
    for said in (
        "农村低保 dibao，按内容判断",
        "GB18030",
        "制表符分隔",
        "可以接收：1 行",
        "第 1 行 · 人员表",
    ):
        assert said in result.output
    assert re.search(r"^ B +身份证号 +身份证号码 id_number +相符$", result.output, re.MULTILINE)
    assert re.search(r"^ K +宗教 +未识别$", result.output, re.MULTILINE)
    assert re.search(r"^ 身份证号码 +522101●{12}$", result.output, re.MULTILINE)
    assert re.search(r"^ 姓名 +龘\*\*$", result.output, re.MULTILINE)
    assert_shows_nobody(result.output)


@pytest.mark.parametrize(
    "header", [FULL, None, FULL[2:], ("龙", *FULL[1:]), ("姓名", "户主", *FULL[2:])]
)
def test_whatever_the_file_and_the_register_nobody_is_shown(
    tmp_path: Path, header: tuple[str, ...] | None
) -> None:
    rows = [PERSON] * 3 if header is None else [header, *[PERSON[-len(header) :]] * 25]
    path = text_file(tmp_path / "a.csv", rows)
    for register, width in ((None, 80), ("dibao", 160), ("deaths", 80)):
        console = Console(width=width, file=StringIO(), force_terminal=True)
        inspect_paths([path], register, Configuration.load(), console)
        output = console.file.getvalue()  # type: ignore[attr-defined]
        assert "a.csv" in output
        assert_shows_nobody(re.sub(r"\x1b\[[0-9;]*m", "", output))


def test_a_folder_is_told_by_a_line_a_file_and_what_to_send_back(county: Path) -> None:
    result = run(str(county))
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert "✔ dibao/甲县/好.csv：农村低保，1 行" in lines
    assert "✘ poverty/说明.docx：不读取" in lines
    assert "5 个文件：可以接收 1，退回 3，不读取 1；接收 1 行，退回 0 行。" in lines
    back = lines[lines.index("要退回的文件（4 个）：") + 1 :]
    assert [line.split("：")[0].strip() for line in back[:4]] == [
        "dibao/无表头.csv", "poverty/坏.xlsx", "poverty/缺号码.csv", "poverty/说明.docx",
    ]  # fmt: skip
    assert "缺少必需的列：身份证号" in back[2]
    assert_shows_nobody(result.output)


def test_a_file_in_the_folder_of_another_register_is_pointed_out(tmp_path: Path) -> None:
    rows = [["姓名", "证件号码", "户编号", "脱贫属性"], ["龘三靐", person_id(1), "1", "未脱贫"]]
    text_file(tmp_path / "dibao" / "a.csv", rows)
    result = run(str(tmp_path / "dibao"))
    assert result.exit_code == 0
    assert "✔ a.csv：农村低保，1 行，内容更像“建档立卡”" in result.output.splitlines()


def test_a_file_that_fits_two_registers_is_not_guessed(tmp_path: Path) -> None:
    path = text_file(tmp_path / "a.csv", [FULL, PERSON])
    result = run(str(path))
    assert (
        "农村低保 dibao 或 特困供养 tekun 或 城市低保 urban_dibao 同样符合，请用 --register 指明"
        in result.output
    )
    given = run("--register", "tekun", str(path))
    assert "特困供养 tekun，按指定的名册读取" in given.output
    assert "不能判断" not in given.output


def test_sheets_with_the_same_columns_are_told_once(tmp_path: Path) -> None:
    rows = [LEAN, ["1", "龘三靐", person_id(1), "农村低保", "A", ""]]
    path = workbook(
        tmp_path / "a.xlsx",
        {"一乡": rows, "二乡": rows, "三乡": rows, "字典": rows},
        hidden=["字典"],
    )
    output = run(str(path)).output
    assert output.count("文件中的表头") == 1
    assert output.count("列与工作表“一乡”相同。") == 2
    assert "工作表“字典”\n未读取：隐藏的工作表未读取" in output


def test_what_is_piped_has_no_colours_and_is_not_folded(tmp_path: Path) -> None:
    header = [*LEAN, "一个特别长的没有人会认识的列名" * 6]
    path = text_file(
        tmp_path / "a.csv", [header, ["1", "龘三靐", person_id(1), "农村低保", "A", "", ""]]
    )
    output = run(str(path)).output
    assert "\x1b" not in output
    assert header[-1] in output
    assert not any(line != line.rstrip() for line in output.splitlines())


def test_on_a_terminal_of_80_columns_no_line_is_longer_and_no_header_is_cut(tmp_path: Path) -> None:
    header = [*FULL, "一个特别长的没有人会认识的列名" * 6]
    path = text_file(tmp_path / "a.csv", [header, [*PERSON, ""]])
    console = Console(width=80, file=StringIO())
    inspect_paths([path], None, Configuration.load(), console)
    output = console.file.getvalue()  # type: ignore[attr-defined]
    assert all(cell_len(line) <= 80 for line in output.splitlines())
    assert header[-1] in flat(output).replace("未识别", "")


def test_control_characters_of_a_file_do_not_reach_the_terminal(tmp_path: Path) -> None:
    header = ["姓名", "身份证号", "坏\x1b]0;标题\x07列", "[red]红[/red]", "跨\n行"]
    rows = [header, ["龘三靐", person_id(1), "1", "2", "3"]]
    path = workbook(tmp_path / "a.xlsx", {"一": rows})
    output = run(str(path)).output
    assert "\x1b" not in output
    assert "\x07" not in output
    assert "[red]红[/red]" in output
    assert "跨 行" in output


def test_an_empty_folder_is_no_error_but_is_said(tmp_path: Path) -> None:
    result = run(str(tmp_path))
    assert result.exit_code == 0
    assert "没有文件" in result.output


@pytest.mark.parametrize(
    "arguments",
    [[], ["nowhere.csv"], ["--register", "nothing", "."], ["--config", "nowhere", "."]],
)
def test_bad_usage_ends_with_2(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


def test_help_names_the_registers() -> None:
    result = run("--help")
    assert result.exit_code == 0
    assert "dibao" in result.output
    assert "officials_kin" in result.output


def test_an_inspection_does_not_wait_for_dagster(tmp_path: Path) -> None:
    path = text_file(tmp_path / "a.csv", [FULL, PERSON])
    program = (
        "import sys\nfrom pipelines.command_line import main\n"
        f"try: main(['inspect', {str(path)!r}])\n"
        "except SystemExit: pass\n"
        "print(sorted({'dagster', 'great_expectations'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"
