"""The house keeps its order: imports only downward, no file that nobody can read at a sitting."""

import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_imports_run_only_downward() -> None:
    result = lint_imports(PROJECT)
    assert result.returncode == 0, result.stdout


def test_an_upward_import_is_found(tmp_path: Path) -> None:
    for name in ("pipelines", "assets", "expectations", "reconciliation", "sample_registers"):
        source = PROJECT / name
        for path in source.rglob("*.py"):
            copy = tmp_path / path.relative_to(PROJECT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    (tmp_path / "pyproject.toml").write_bytes((PROJECT / "pyproject.toml").read_bytes())
    with (tmp_path / "reconciliation/intake/__init__.py").open("a") as file:
        file.write("\nimport reconciliation.linkage\n")
    result = lint_imports(tmp_path)
    assert result.returncode == 1
    assert "reconciliation.intake -> reconciliation.linkage" in result.stdout


def test_no_module_is_too_long_to_read() -> None:
    long = {
        str(path.relative_to(PROJECT)): count
        for name in ("pipelines", "assets", "expectations", "reconciliation", "sample_registers")
        for path in (PROJECT / name).rglob("*.py")
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > 450
    }
    assert long == {}
