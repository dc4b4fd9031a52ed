"""What people see: the Dagster UI served on loopback, and the summary page opened as a file, both in a real browser."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.end_to_end.command import PROJECT, SAMPLE
from tests.end_to_end.conftest import FIRST, SECOND, SampleRun

CHROMIUM = "/usr/bin/chromium"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
WAIT = 60_000


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def address(sample_run: SampleRun) -> Iterator[str]:
    """The UI over the instance that the sample's runs are recorded in."""
    port = free_port()
    server = subprocess.Popen(
        [Path(sys.executable).parent / "dagster-webserver", "-w", PROJECT / "workspace.yaml",
         "-h", "127.0.0.1", "-p", str(port)],
        env=os.environ | {
            "DAGSTER_HOME": str(sample_run.home),
            "SHUANGQING_REGISTERS": str(SAMPLE),
            "SHUANGQING_OUTPUT": str(sample_run.output),
        },
        cwd=sample_run.home,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{url}/server_info", timeout=2).close()
                break
            except OSError:
                time.sleep(0.5)
        yield url
    finally:
        server.terminate()
        server.wait(30)


def graphql(address: str, query: str) -> dict[str, Any]:
    request = urllib.request.Request(
        f"{address}/graphql",
        json.dumps({"query": query}).encode(),
        {"content-type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        found = json.load(answer)
    assert "errors" not in found, found
    data: dict[str, Any] = found["data"]
    return data


@pytest.fixture(scope="module")
def assets(address: str) -> dict[str, dict[str, Any]]:
    nodes = graphql(
        address,
        """{ assetNodes { assetKey { path } groupName kinds description
             owners { ... on TeamAssetOwner { team } }
             assetPartitionStatuses { ... on DefaultPartitionStatuses { materializedPartitions } }
             assetMaterializations(limit: 1) { metadataEntries { label
               ... on IntMetadataEntry { intValue } ... on TableSchemaMetadataEntry { schema { columns { name } } } } }
             assetChecksOrError { ... on AssetChecks { checks { name } } } } }""",
    )["assetNodes"]
    return {node["assetKey"]["path"][0]: node for node in nodes}


def test_the_assets_stand_in_their_stages_with_owner_kind_and_chinese_description(
    assets: dict[str, dict[str, Any]],
) -> None:
    groups = {node["groupName"] for node in assets.values()}
    assert groups == {"intake", "identity", "linkage", "policy", "ledger", "publishing"}
    for name, node in assets.items():
        assert node["owners"], name
        assert node["kinds"], name
        assert any("\u4e00" <= character <= "\u9fff" for character in node["description"]), name


def test_both_batches_are_materialised_partitions(assets: dict[str, dict[str, Any]]) -> None:
    for name in ("records_dibao", "persons_poverty", "links", "dispositions", "release"):
        partitions = assets[name]["assetPartitionStatuses"]["materializedPartitions"]
        assert set(partitions) == {FIRST, SECOND}, name


def test_row_counts_and_columns_are_shown(
    assets: dict[str, dict[str, Any]], sample_run: SampleRun
) -> None:
    entries = {
        entry["label"]: entry
        for entry in assets["links"]["assetMaterializations"][0]["metadataEntries"]
    }
    links = sample_run.data("links", SECOND)
    assert entries["dagster/row_count"]["intValue"] == links.height
    columns = [column["name"] for column in entries["dagster/column_schema"]["schema"]["columns"]]
    assert columns == links.columns


def test_every_rule_is_a_check(assets: dict[str, dict[str, Any]]) -> None:
    checks = {check["name"] for check in assets["lists"]["assetChecksOrError"]["checks"]}
    assert "lists_exit_rests_on_certain_link" in checks
    assert "lists_tie_outs_hold" in checks


def test_the_schedule_and_the_sensor_are_there(address: str) -> None:
    found = graphql(
        address,
        """{ repositoriesOrError { ... on RepositoryConnection { nodes {
             schedules { name executionTimezone } sensors { name } jobs { name } } } } }""",
    )["repositoriesOrError"]["nodes"][0]
    assert found["schedules"] == [{"name": "dispatch_dates", "executionTimezone": "Asia/Shanghai"}]
    assert {sensor["name"] for sensor in found["sensors"]} >= {"batch_folder_ready"}
    assert {job["name"] for job in found["jobs"]} >= {"reconcile"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)


def test_the_asset_page_shows_in_the_browser(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 1600, "height": 1200})
    page.goto(f"{address}/assets/links", timeout=WAIT)
    expect(page.get_by_text("两个名册之间的人员匹配").first).to_be_visible(timeout=WAIT)
    expect(page.get_by_text("dibao_source_row").first).to_be_visible(timeout=WAIT)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page without network that collects what the browser complains about."""
    context = browser.new_context(offline=True)
    opened = context.new_page()
    yield opened
    context.close()


@pytest.mark.parametrize("width", [1280, 420])
def test_the_summary_page_opens_from_the_file_without_a_complaint(
    page: Page, sample_run: SampleRun, width: int
) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request", lambda request: request.url.startswith("file:") or complaints.append(request.url)
    )
    page.set_viewport_size({"width": width, "height": 900})
    page.goto((sample_run.release() / "reports" / "summary.html").as_uri())
    expect(page.locator("h1")).to_be_visible()
    assert complaints == []
    overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert overflow <= 0


def test_the_figures_of_the_page_are_those_of_the_lists(page: Page, sample_run: SampleRun) -> None:
    page.goto((sample_run.release() / "reports" / "summary.html").as_uri())
    counts = json.loads((sample_run.release() / "manifest.json").read_text("utf-8"))["counts"]
    text = page.inner_text("body")
    for name in ("exit_dibao", "include_dibao"):
        assert f"{sum(counts['lists'][name].values()):,}" in text


def test_the_links_of_the_page_lead_somewhere(page: Page, sample_run: SampleRun) -> None:
    source = sample_run.release() / "reports" / "summary.html"
    page.goto(source.as_uri())
    targets = page.eval_on_selector_all(
        "#next a", "found => found.map(a => a.getAttribute('href'))"
    )
    assert len(targets) >= 3
    for target in targets:
        assert (source.parent / target).exists(), target
