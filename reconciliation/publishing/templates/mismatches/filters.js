// Which rows are shown: the filters, kept in the address, and how many rows each choice would leave.
const FACETS = ["register", "list", "rule", "also", "town", "village", "tier", "state"];
const WORDS_OF = { register: "registers", list: "lists", tier: "tiers", state: "states" };
const facets = {};
let state = emptyState();
let haystacks = null;

function emptyState() {
  return {
    chosen: Object.fromEntries(FACETS.map((name) => [name, new Set()])),
    not: new Set(),
    q: "",
    sort: "",
    row: null,
    review: false,
  };
}

/** What is in the address. */
function readState() {
  const given = new URLSearchParams(location.hash.slice(1));
  const read = emptyState();
  for (const name of FACETS) read.chosen[name] = new Set(given.getAll(name));
  read.not = new Set(given.getAll("not").filter((name) => FACETS.includes(name)));
  read.q = given.get("q") ?? "";
  read.sort = given.get("sort") ?? "";
  read.row = given.get("row");
  read.review = given.get("review") === "1";
  return read;
}

function writtenState() {
  const written = new URLSearchParams();
  for (const name of FACETS) for (const value of [...state.chosen[name]].sort()) written.append(name, value);
  for (const name of [...state.not].sort()) written.append("not", name);
  if (state.q) written.set("q", state.q);
  if (state.sort) written.set("sort", state.sort);
  if (state.row) written.set("row", state.row);
  if (state.review) written.set("review", "1");
  return written.toString();
}

/** Put the state into the address, from which everything is shown; typing replaces, everything else can be gone back from. */
function go(replace = false) {
  const address = `#${writtenState()}`;
  if (location.hash === address || (address === "#" && !location.hash)) show();
  else if (replace) location.replace(address);
  else location.hash = address;
}

const known = (value) => value ?? "";

/** What decides a row's values of a facet: rows alike in it are looked at once. */
const FACET_KEYS = {
  register: (row) => data.people.at("register", row),
  list: (row) => data.rows.at("list", row),
  rule: (row) => data.rows.at("rule", row),
  also: (row) => data.rows.at("findings", row),
  town: (row) => data.people.at("town", row),
  village: (row) => `${data.people.at("town", row)}\u0000${data.people.at("village", row)}`,
  tier: (row) => {
    const pair = data.rows.at("pair", row);
    return pair < 0 ? null : data.pairs.at("tier", pair) ?? "";
  },
  state: (row) => data.rows.at("findings", row),
};

const FACET_VALUES = {
  register: (row) => [data.people.at("register", row)],
  list: (row) => [data.rows.at("list", row)],
  rule: (row) => [data.rows.at("rule", row)],
  also: (row) => findings(row).slice(1).map((found) => found.rule),
  town: (row) => [known(data.people.at("town", row))],
  village: (row) => [[known(data.people.at("town", row)), known(data.people.at("village", row))].join("／")],
  tier: (row) => {
    const pair = data.rows.at("pair", row);
    return [pair < 0 ? "none" : known(data.pairs.at("tier", pair))];
  },
  state: (row) => [...new Set(findings(row).map((found) => found.state).filter(Boolean))],
};

/** For each facet the distinct entries (lists of values) and which entry each row has. */
function makeFacets() {
  for (const name of FACETS) {
    const numbers = new Map();
    const entries = [];
    const of = new Int32Array(data.rows.size);
    for (let row = 0; row < data.rows.size; row += 1) {
      const key = FACET_KEYS[name](row);
      let number = numbers.get(key);
      if (number === undefined) {
        number = entries.length;
        numbers.set(key, number);
        entries.push(FACET_VALUES[name](row));
      }
      of[row] = number;
    }
    facets[name] = { entries, of };
  }
}

function haystack(row) {
  const other = across(row);
  const parts = [
    data.people.at("name", row), other === null ? "" : data.people.at("name", other), data.people.at("case", row),
    data.people.at("town", row), data.people.at("village", row), data.rows.at("rule", row), data.rows.at("why", row),
  ];
  return parts.join("\n").toLowerCase();
}

/** Rows that pass, and for each facet how many rows each value has among those that pass all the other filters. */
function matching() {
  const words = state.q.toLowerCase().split(/\s+/).filter((word) => word && word !== "-");
  if (words.length && !haystacks) haystacks = Array.from({ length: data.rows.size }, (_, row) => haystack(row));
  const asked = FACETS.map((name) => {
    const chosen = state.chosen[name];
    const { entries, of } = facets[name];
    const passes = entries.map(
      (values) => !chosen.size || values.some((value) => chosen.has(value)) !== state.not.has(name)
    );
    return { of, passes, counts: new Int32Array(entries.length) };
  });
  const rows = [];
  for (let row = 0; row < data.rows.size; row += 1) {
    if (words.length && !words.every((word) => found(haystacks[row], word))) continue;
    let failed = null;
    let failures = 0;
    for (const facet of asked) {
      if (!facet.passes[facet.of[row]]) {
        failed = facet;
        failures += 1;
      }
    }
    if (failures === 0) {
      rows.push(row);
      for (const facet of asked) facet.counts[facet.of[row]] += 1;
    } else if (failures === 1) {
      failed.counts[failed.of[row]] += 1;
    }
  }
  const counts = {};
  FACETS.forEach((name, place) => {
    counts[name] = new Map();
    facets[name].entries.forEach((values, entry) => {
      for (const value of values) {
        counts[name].set(value, (counts[name].get(value) ?? 0) + asked[place].counts[entry]);
      }
    });
  });
  return { rows, counts };
}

const found = (text, word) =>
  word.startsWith("-") ? !text.includes(word.slice(1)) : text.includes(word);

function facetLabel(name, value) {
  if (value === "" || value === "／") return say("unknown");
  if (name === "tier" && value === "none") return say("unpaired");
  if (WORDS_OF[name]) return worded(WORDS_OF[name], value);
  return name === "rule" || name === "also" ? `${value} ${data.rules[value] ?? ""}`.trim() : value;
}

/** The filters as lists of boxes to tick, each with its NOT. Those that tell the score are away while judging blind. */
function showFacets(counts) {
  for (const name of FACETS) {
    const box = element(`facet-${name}`);
    box.hidden = state.review && ["tier", "list", "rule", "also", "state"].includes(name);
    const chosen = state.chosen[name];
    const values = [...counts[name].keys()].filter(
      (value) => chosen.has(value) || counts[name].get(value) > 0
    );
    for (const value of chosen) if (!counts[name].has(value)) values.push(value);
    const order = Object.keys(data.words[WORDS_OF[name]] ?? {});
    const rank = (value) => (order.includes(value) ? order.indexOf(value) : order.length);
    values.sort((one, other) => rank(one) - rank(other) || collator.compare(one, other));
    const summary = box.querySelector("summary");
    summary.textContent = say(`facet_${name}`) + (chosen.size ? say(state.not.has(name) ? "facet_not" : "facet_some", { count: chosen.size }) : "");
    box.classList.toggle("on", chosen.size > 0);
    box.querySelector(".not input").checked = state.not.has(name);
    const list = box.querySelector(".values");
    const focused = list.contains(document.activeElement) ? document.activeElement.value : null;
    list.replaceChildren(
      ...values.map((value) => {
        const tick = make("input", { type: "checkbox", value });
        tick.checked = chosen.has(value);
        return make("label", {}, tick, make("span", {}, facetLabel(name, value)), make("small", {}, counted(counts[name].get(value) ?? 0)));
      })
    );
    if (focused !== null) [...list.querySelectorAll("input")].find((tick) => tick.value === focused)?.focus();
  }
}

function bindFilters() {
  for (const name of FACETS) {
    const box = element(`facet-${name}`);
    box.addEventListener("change", (event) => {
      if (event.target.closest(".not")) {
        state.not[event.target.checked ? "add" : "delete"](name);
      } else {
        state.chosen[name][event.target.checked ? "add" : "delete"](event.target.value);
      }
      go();
    });
  }
  let waiting = 0;
  element("q").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      state.q = element("q").value.trim();
      go(true);
    }, 150);
  });
  element("clear").addEventListener("click", () => {
    state = { ...emptyState(), review: state.review };
    go();
  });
  document.addEventListener("click", (event) => {
    for (const open of document.querySelectorAll(".facets details[open]")) {
      if (!open.contains(event.target)) open.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector(".facets details[open]");
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    }
  });
}
