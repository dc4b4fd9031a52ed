// The list of rows: only those on the screen are in the page, all of them when it is printed.
const ROW_HEIGHT = 38;
const PRINTED_ROWS = 3000;
const collator = new Intl.Collator("zh-CN");
let shown = [];
let active = 0;

const COLUMNS = {
  register: (row) => worded("registers", data.people.at("register", row)),
  name: (row) => (data.rows.at("list", row) === "gone" ? say("gone") : shownName(row)),
  other: (row) => shownName(across(row)),
  town: (row) => data.people.at("town", row) ?? "—",
  village: (row) => data.people.at("village", row) ?? "—",
  list: (row) => worded("lists", data.rows.at("list", row)),
  rule: (row) => data.rows.at("rule", row),
  why: (row) => data.rows.at("why", row) ?? "",
  tier: (row) => tierOf(row),
  state: (row) => worded("states", findings(row)[0].state || null),
  case: (row) => data.people.at("case", row) ?? "—",
};

function tierOf(row) {
  const pair = data.rows.at("pair", row);
  return pair < 0 ? "—" : worded("tiers", data.pairs.at("tier", pair));
}

/** Sort by a column; equal rows stay in the order of the page. */
function sorted(rows) {
  const column = state.sort.replace(/^-/, "");
  if (!COLUMNS[column]) return rows;
  const texts = new Map();
  const keys = new Map();
  for (const row of rows) {
    const text = COLUMNS[column](row);
    keys.set(row, text);
    texts.set(text, 0);
  }
  [...texts.keys()].sort(collator.compare).forEach((text, place) => texts.set(text, place));
  const sign = state.sort.startsWith("-") ? -1 : 1;
  return [...rows].sort((one, other) => sign * (texts.get(keys.get(one)) - texts.get(keys.get(other))) || one - other);
}

function line(place) {
  const row = shown[place];
  const cells = Object.entries(COLUMNS).map(([name, text]) => {
    const value = text(row);
    if (name !== "name") return make("td", { class: `c-${name}`, title: name === "why" ? value : null }, value);
    const open = make("button", { type: "button", class: "open", tabindex: place === active ? "0" : "-1" }, value);
    return make("th", { class: "c-name", scope: "row" }, open);
  });
  return make("tr", { "data-place": place, "aria-rowindex": place + 2 }, cells);
}

function showLines(printing = false) {
  const scroll = element("scroll");
  const body = element("lines");
  const hadFocus = body.contains(document.activeElement);
  const view = Math.ceil(Math.min(scroll.clientHeight, innerHeight) / ROW_HEIGHT) + 12;
  const first = printing ? 0 : Math.max(0, Math.min(Math.floor(scroll.scrollTop / ROW_HEIGHT) - 6, shown.length - view));
  const last = printing ? Math.min(shown.length, PRINTED_ROWS) : Math.min(shown.length, first + view);
  const spacer = (rows) => {
    const cell = make("td", { colspan: Object.keys(COLUMNS).length });
    cell.style.height = `${rows * ROW_HEIGHT}px`;
    return make("tr", { class: "spacer", "aria-hidden": "true" }, cell);
  };
  const lines = [];
  for (let place = first; place < last; place += 1) lines.push(line(place));
  body.replaceChildren(
    ...(first > 0 ? [spacer(first)] : []),
    ...lines,
    ...(last < shown.length && !printing ? [spacer(shown.length - last)] : [])
  );
  if (hadFocus) focusLine();
}

function focusLine() {
  element("lines").querySelector(`tr[data-place="${active}"] .open`)?.focus({ preventScroll: true });
}

function moveTo(place) {
  active = Math.max(0, Math.min(shown.length - 1, place));
  const scroll = element("scroll");
  const top = active * ROW_HEIGHT;
  const head = scroll.querySelector("thead").offsetHeight;
  if (top < scroll.scrollTop) scroll.scrollTop = top;
  else if (top + ROW_HEIGHT + head > scroll.scrollTop + scroll.clientHeight) {
    scroll.scrollTop = top + ROW_HEIGHT + head - scroll.clientHeight;
  }
  showLines();
  focusLine();
}

function showTable(rows) {
  shown = sorted(rows);
  active = Math.max(0, Math.min(active, shown.length - 1));
  element("table").setAttribute("aria-rowcount", shown.length + 1);
  const findingsShown = rows.reduce((sum, row) => sum + findings(row).filter((found) => found.state).length, 0);
  element("count").textContent = say("count", {
    shown: counted(shown.length), total: counted(data.rows.size), findings: counted(findingsShown),
  });
  element("print-note").textContent = shown.length > PRINTED_ROWS ? say("print_cut", { rows: counted(PRINTED_ROWS) }) : "";
  element("nothing").hidden = shown.length > 0;
  for (const head of element("table").querySelectorAll("thead th")) {
    const name = head.dataset.column;
    const sort = state.sort.replace(/^-/, "") === name ? (state.sort.startsWith("-") ? "descending" : "ascending") : "none";
    head.setAttribute("aria-sort", sort);
  }
  showLines();
}

const openRow = (place) => {
  active = place;
  state.row = addressOf(shown[place]);
  go();
};

/** What names a row in the address: the case and the register, which no two rows share. */
const addressOf = (row) => `${data.people.at("register", row)}.${data.people.at("case", row)}`;

const STEPS = { ArrowDown: 1, ArrowUp: -1, PageDown: 12, PageUp: -12, Home: -Infinity, End: Infinity };

function bindTable() {
  element("scroll").addEventListener("scroll", () => requestAnimationFrame(() => showLines()));
  addEventListener("resize", () => showLines());
  addEventListener("beforeprint", () => showLines(true));
  addEventListener("afterprint", () => showLines());
  element("lines").addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-place]");
    if (row) openRow(Number(row.dataset.place));
  });
  element("lines").addEventListener("keydown", (event) => {
    if (!(event.key in STEPS)) return;
    event.preventDefault();
    const step = STEPS[event.key];
    moveTo(step === Infinity ? shown.length - 1 : step === -Infinity ? 0 : active + step);
  });
  for (const head of element("table").querySelectorAll("thead th")) {
    head.querySelector("button").addEventListener("click", () => {
      const name = head.dataset.column;
      state.sort = state.sort === name ? `-${name}` : state.sort === `-${name}` ? "" : name;
      go();
    });
  }
  element("csv").addEventListener("click", () => download(`${say("csv_name", { county: data.county, release: data.release })}.csv`, "text/csv;charset=utf-8", csv()));
}

/** The rows shown, masked as on the page. A cell that a spreadsheet would run begins with an apostrophe. */
function csv() {
  const cell = (value) => {
    const text = String(value ?? "");
    const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return `"${safe.replaceAll('"', '""')}"`;
  };
  const person = (name) => (row) => data.people.at(name, row) ?? "";
  const columns = {
    ...Object.fromEntries(Object.entries(COLUMNS).map(([name, text]) => [say(`column_${name}`), text])),
    [say("column_number")]: person("number"),
    [say("column_file")]: person("source_file"),
    [say("column_sheet")]: person("source_sheet"),
    [say("column_row")]: person("source_row"),
  };
  const lines = [Object.keys(columns), ...shown.map((row) => Object.values(columns).map((text) => text(row)))];
  return `\ufeff${lines.map((values) => values.map(cell).join(",")).join("\r\n")}\r\n`;
}
