"""The secret is made once and kept close; the audit trail shows every change made to it."""

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest

from reconciliation.publishing.audit import append, entries, verify
from reconciliation.publishing.secret import load_secret
from reconciliation.registers.errors import UsageError


def event(number: int = 1) -> dict[str, Any]:
    return {
        "who": "clerk",
        "when": f"2018-08-15T06:00:0{number}+08:00",
        "command": "reconcile",
        "inputs": {"甲溪县.xlsx": "ab"},
        "outputs": {},
        "counts": {"dibao": number},
        "profile": "internal",
    }


def test_the_secret_is_made_on_first_use_and_stays_the_same(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "secret"
    first = load_secret(path, releases_exist=False)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [found.name for found in path.parent.iterdir()] == ["secret"]
    assert load_secret(path, releases_exist=True) == first
    assert load_secret(tmp_path / "other", releases_exist=False) != first


def test_look_ups_are_hmac_sha256_and_nothing_shows_the_key(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("0b" * 32 + "\n")
    path.chmod(0o600)
    secret = load_secret(path, releases_exist=True)
    expected = hmac.digest(b"\x0b" * 32, "张三".encode(), "sha256").hex()
    assert secret.look_up("张三") == expected
    assert len(secret.fingerprint) == 16
    assert secret.fingerprint not in hashlib.sha256(secret.key).hexdigest()
    assert "0b" not in repr(secret).lower().replace("\\x0b", "0b")


def test_a_missing_secret_is_refused_where_releases_exist(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="back-up"):
        load_secret(tmp_path / "secret", releases_exist=True)
    assert not (tmp_path / "secret").exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_secret_others_can_reach_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "secret"
    load_secret(path, releases_exist=False)
    path.chmod(mode)
    with pytest.raises(UsageError, match="0600"):
        load_secret(path, releases_exist=False)


@pytest.mark.parametrize("content", ["", "abc", "zz" * 32, "0b" * 33])
def test_a_damaged_secret_is_refused_and_not_quoted(tmp_path: Path, content: str) -> None:
    path = tmp_path / "secret"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(UsageError, match="hex digits") as refused:
        load_secret(path, releases_exist=False)
    assert not content or content not in str(refused.value)


def test_a_trail_that_was_only_added_to_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    assert verify(path) == []
    hashes = [append(path, event(number)) for number in range(1, 4)]
    assert verify(path) == []
    assert [entry["hash"] for entry in entries(path)] == hashes
    assert [entry["counts"]["dibao"] for entry in entries(path)] == [1, 2, 3]
    assert path.stat().st_mode & 0o777 == 0o600


def rewritten(line: str) -> str:
    """A line whose count was changed and whose own hash was made to fit."""
    entry = json.loads(line)
    entry["counts"]["dibao"] = 99
    del entry["hash"]
    text = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    entry["hash"] = hashlib.sha256(text.encode()).hexdigest()
    return json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@pytest.mark.parametrize(
    ("tamper", "line"),
    [
        (lambda lines: [lines[0].replace('"dibao":1', '"dibao":9'), *lines[1:]], 1),
        (lambda lines: [*lines[:2], lines[2].replace("clerk", "chief")], 3),
        (lambda lines: [rewritten(lines[0]), *lines[1:]], 2),
        (lambda lines: [lines[0], lines[2]], 2),
        (lambda lines: lines[1:], 1),
        (lambda lines: [lines[1], lines[0], lines[2]], 1),
        (lambda lines: [lines[0], lines[0], *lines[1:]], 2),
        (lambda lines: [lines[0], "{}", *lines[1:]], 2),
        (lambda lines: [lines[0], "", *lines[1:]], 2),
    ],
)
def test_every_change_to_the_trail_shows(tmp_path: Path, tamper: Any, line: int) -> None:
    path = tmp_path / "audit.jsonl"
    for number in range(1, 4):
        append(path, event(number))
    path.write_text("\n".join(tamper(path.read_text().splitlines())) + "\n")
    problems = verify(path)
    assert problems
    assert problems[0].startswith(f"line {line}:")


def test_a_line_cut_off_by_a_crash_is_reported_and_later_ones_still_count(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    append(path, event(1))
    with path.open("a") as file:
        file.write('{"who":"cl')
    assert verify(path) == ["the last line is cut off"]
    append(path, event(2))
    assert verify(path) == ["line 2: is no entry"]
    assert [entry["counts"]["dibao"] for entry in entries(path)] == [1, 2]


def test_an_event_that_leaves_something_out_is_not_taken(tmp_path: Path) -> None:
    short = event()
    del short["profile"]
    with pytest.raises(ValueError, match="profile"):
        append(tmp_path / "audit.jsonl", short)
    with pytest.raises(ValueError, match="hash"):
        append(tmp_path / "audit.jsonl", event() | {"hash": "mine"})
    assert not (tmp_path / "audit.jsonl").exists()
