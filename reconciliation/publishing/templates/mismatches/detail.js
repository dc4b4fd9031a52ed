// One row in full, in a dialog that the address opens and the back button closes.

function rowOf(address) {
  for (let row = 0; row < data.rows.size; row += 1) if (addressOf(row) === address) return row;
  return null;
}

const fact = (name, value) => (value ? [make("dt", {}, name), make("dd", {}, value)] : []);

function findingsTable(row) {
  const register = data.people.at("register", row);
  return make(
    "div", { class: "wide-table", tabindex: "0", role: "region", "aria-label": say("findings") },
    make(
      "table", {},
      make("thead", {}, make("tr", {}, ["facet_rule", "wording", "facet_state", "basis"].map((key) => make("th", { scope: "col" }, say(key))))),
      make(
        "tbody", {},
        findings(row).map(({ rule, state: standing }) => {
          const [wording, basis] = data.rulebook[`${rule} ${register}`] ?? [data.rules[rule] ?? "—", "—"];
          return make("tr", {}, make("th", { scope: "row" }, rule), make("td", {}, wording), make("td", {}, standing ? worded("states", standing) : say("not_in_ledger")), make("td", {}, basis));
        })
      )
    )
  );
}

function showDetail() {
  const dialog = element("detail");
  const row = state.row === null ? null : rowOf(state.row);
  if (row === null || state.review) {
    if (dialog.open) dialog.close();
    return;
  }
  const place = shown.indexOf(row);
  const at = (name) => data.rows.at(name, row);
  const register = data.people.at("register", row);
  element("detail-title").textContent = at("list") === "gone" ? say("gone") : shownName(row);
  element("detail-tags").replaceChildren(
    make("span", { class: "tag plain" }, worded("registers", register)),
    make("span", { class: "tag plain" }, worded("lists", at("list"))),
    make("span", { class: "tag plain" }, at("rule"))
  );
  element("detail-body").replaceChildren(
    make(
      "dl", { class: "facts" },
      fact(say("column_why"), at("why")),
      fact(say("values"), at("evidence")),
      fact(say("to_check"), data.rulebook[`${at("rule")} ${register}`]?.[2]),
      fact(say("owner"), at("owner") && worded("owners", at("owner"))),
      fact(say("first_batch"), at("first_batch")),
      fact(say("column_case"), data.people.at("case", row))
    ),
    make("h3", {}, say("side_by_side")),
    at("list") === "gone" ? make("p", {}, say("gone_note")) : comparison(row),
    make("h3", {}, say("findings")),
    findingsTable(row),
    make("h3", {}, say("evidence")),
    ...evidence(row)
  );
  element("before").disabled = place <= 0;
  element("after").disabled = place < 0 || place >= shown.length - 1;
  element("place").textContent = place < 0 ? "" : say("place", { place: counted(place + 1), total: counted(shown.length) });
  if (!dialog.open) dialog.showModal();
  element("detail-scroll").scrollTop = 0;
}

function bindDetail() {
  const dialog = element("detail");
  dialog.addEventListener("close", () => {
    if (state.row === null) return;
    const place = shown.indexOf(rowOf(state.row));
    state.row = null;
    go();
    if (place >= 0) moveTo(place);
  });
  element("close").addEventListener("click", () => dialog.close());
  const step = (by) => {
    const place = shown.indexOf(rowOf(state.row)) + by;
    if (place < 0 || place >= shown.length) return;
    active = place;
    state.row = addressOf(shown[place]);
    go(true);
  };
  element("before").addEventListener("click", () => step(-1));
  element("after").addEventListener("click", () => step(1));
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
}
