"""`shuangqing init`: a config for another province, refused while it has blanks, taken once they are filled in."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipelines.command_line import main
from reconciliation.configuration import DEFAULT_FOLDER, PARTS, Configuration
from reconciliation.registers.blanks import blanks
from reconciliation.registers.errors import ConfigurationError

FILLED = {
    "行动名称": "农村低保清查", "省名": "云南省", "调度日期，如2019-03-15": "2019-03-15", "部署文件文号": "云民发〔2019〕1号",
    "抽查随机种子，任意文字": "云南2019", "深度贫困县乡村名单的来源，没有名单的写无": "无", "县代码六位": "530102", "县名": "五华区",
    "县代码前四位": "5301", "市州名": "昆明市", "农村低保标准，元每人每年": "4000", "扶贫标准，元每人每年": "3600",
    "农村低保标准的文件名称和文号": "云民发〔2019〕2号", "扶贫标准的文件名称和文号": "云扶发〔2019〕3号", "来源，没有核实的写unverified": "unverified",
}  # fmt: skip


def run(*arguments: str | Path) -> Result:
    # `reconcile` hands its config on in the environment of the process; the runner takes it back.
    env = {"SHUANGQING_CONFIG": None}
    return CliRunner(env=env).invoke(main, [str(argument) for argument in arguments])


def fill(folder: Path, *but: str) -> None:
    """Put in what is wanted, but for some blanks."""
    for path in folder.rglob("*"):
        if path.suffix in (".yaml", ".csv"):
            text = path.read_text("utf-8")
            for name, value in FILLED.items():
                if name not in but:
                    text = text.replace(f"【待填：{name}】", value)
            path.write_text(text, "utf-8")


def reconcile(tmp_path: Path, config: Path) -> Result:
    """Asked for a batch that never came: whatever is wrong with the config is told before."""
    (tmp_path / "registers").mkdir(exist_ok=True)
    return run(
        "reconcile", "--registers", tmp_path / "registers", "--batch", "2019-03-15", "--output", tmp_path / "output",
        "--config", config,
    )  # fmt: skip


@pytest.fixture
def province(tmp_path: Path) -> Path:
    folder = tmp_path / "yunnan"
    done = run("init", folder)
    assert done.exit_code == 0, done.output
    return folder


def test_what_is_left_blank_is_named_with_file_and_line(province: Path, tmp_path: Path) -> None:
    done = reconcile(tmp_path, province)
    assert done.exit_code == 2
    told = done.output.replace("\n", "")
    assert {name for _, _, name in blanks(province)} == set(FILLED)
    for name in FILLED:
        assert name in told
    assert re.search(r"campaign\.yaml line \d+: 行动名称", told)
    assert re.search(r"policy\.yaml line \d+: 部署文件文号 \(and on \d+ more lines\)", told)
    fill(province, "市州名")
    told = reconcile(tmp_path, province).output.replace("\n", "")
    assert "reporting.yaml" in told
    assert "市州名" in told
    assert "行动名称" not in told


def test_once_the_blanks_are_filled_in_it_is_taken(province: Path, tmp_path: Path) -> None:
    fill(province)
    configuration = Configuration.load(province)
    assert configuration.campaign.province == "云南省"
    assert (
        configuration.thresholds.at("dibao_line", None, configuration.campaign.batches[0]) == 4000
    )
    bases = {rule.legal_basis.split()[0] for rule in configuration.policy.rules}
    assert bases == {"云民发〔2019〕1号"}
    # The config is taken: what is missing now is the batch.
    done = reconcile(tmp_path, province)
    assert done.exit_code == 2
    assert "no folder for batch 2019-03-15" in done.output.replace("\n", "")


def test_nothing_of_guizhou_is_left_but_what_is_marked(province: Path) -> None:
    fill(province)
    own = ("黔", "贵阳", "遵义", "仁怀", "威宁", "毕节", "520")
    for path in province.rglob("*.*"):
        assert not [word for word in own if word in path.read_text("utf-8")], path.name
    marked = (province / "identity.yaml").read_text("utf-8")
    assert "请核对" in marked.splitlines()[2]


def test_every_part_is_one_the_config_knows_and_is_commented(province: Path) -> None:
    assert {path.name for path in province.iterdir()} <= set(PARTS)
    for path in province.rglob("*.yaml"):
        assert path.read_text("utf-8").startswith("# 新省份的配置")


def test_the_projects_own_config_has_no_blank() -> None:
    assert list(blanks(DEFAULT_FOLDER)) == []


def test_a_folder_with_something_in_it_is_left_alone(province: Path) -> None:
    before = (province / "campaign.yaml").read_text("utf-8")
    fill(province)
    done = run("init", province)
    assert done.exit_code == 2
    assert "not empty" in done.output
    assert (province / "campaign.yaml").read_text("utf-8") != before


def test_a_comment_is_no_blank(tmp_path: Path) -> None:
    (tmp_path / "campaign.yaml").write_text("# 【待填：a】\ntitle: x # 【待填：b】\n", "utf-8")
    assert list(blanks(tmp_path)) == []
    (tmp_path / "campaign.yaml").write_text("title: 【待填：c】\n", "utf-8")
    with pytest.raises(ConfigurationError, match=r"campaign\.yaml line 1: c"):
        Configuration.load(tmp_path)
