// Everything is shown from the address; a change of the address shows it anew.

function show() {
  element("q").value = document.activeElement === element("q") ? element("q").value : state.q;
  const { rows, counts } = matching();
  showFacets(counts);
  showTable(rows);
  showReview();
  showDetail();
}

async function start() {
  try {
    data = await unpacked(element("data").textContent);
  } catch {
    element("loading").textContent = element("loading").dataset.failed;
    return;
  }
  makeFacets();
  bindFilters();
  bindTable();
  bindDetail();
  bindReview();
  state = readState();
  element("loading").hidden = true;
  element("report").hidden = false;
  show();
  addEventListener("hashchange", () => {
    state = readState();
    show();
  });
  document.documentElement.dataset.ready = "1";
}

start();
