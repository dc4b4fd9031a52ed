// Blind review: two registers side by side, no score until somebody has judged. Judgements leave the page only as a file.
const JUDGEMENTS = ["same", "different", "unsure"];
let reviewer = "";
let judged = {};
let signedOn = null;
let others = [];
let current = null;
let revealed = false;

const pairAddress = (row) => sides(row).map((person) => data.people.at("case", person)).join(" ");
const storageKey = () => `shuangqing judgements ${data.release_sha256} ${data.county} ${reviewer}`;

/** Keep what was judged for the next time, where the browser lets a file do so. */
function remember() {
  try {
    localStorage.setItem(storageKey(), JSON.stringify({ judged, signedOn }));
  } catch {
    element("review-note").textContent = say("not_kept");
  }
}

function recall() {
  judged = {};
  signedOn = null;
  try {
    const kept = JSON.parse(localStorage.getItem(storageKey()) ?? "{}");
    judged = kept.judged ?? {};
    signedOn = kept.signedOn ?? null;
  } catch {
    element("review-note").textContent = say("not_kept");
  }
}

/** A row a pair of those shown, in the order of the case keys, which are random and so tell nothing. */
function queue() {
  const withExact = element("with-exact").checked;
  const rows = new Map();
  for (const row of shown) {
    const pair = data.rows.at("pair", row);
    if (pair < 0 || data.pairs.at("stage", pair) === null) continue;
    if (!withExact && data.pairs.at("stage", pair) === "exact") continue;
    const address = pairAddress(row);
    if (!rows.has(address)) rows.set(address, row);
  }
  return [...rows.entries()].sort(([one], [other]) => (one < other ? -1 : 1));
}

function showReview() {
  const on = state.review;
  element("review").hidden = !on;
  element("rows").hidden = on;
  element("totals").hidden = on;
  element("blind").setAttribute("aria-pressed", String(on));
  if (!on) return;
  element("review-work").hidden = !reviewer;
  const waiting = queue();
  const done = waiting.filter(([address]) => judged[address]).length;
  element("progress").textContent = say("progress", { done: counted(done), total: counted(waiting.length) });
  if (!reviewer) return;
  if (!revealed) current = waiting.find(([address]) => !judged[address]) ?? null;
  element("judge").hidden = current === null || revealed;
  element("next").hidden = !revealed;
  element("finished").hidden = current !== null;
  element("pair").replaceChildren(...(current ? [comparison(current[1], true)] : []));
  element("answer").replaceChildren(
    ...(current && revealed ? [make("p", { class: "said" }, say("you_said", { judgement: worded("judgements", judged[current[0]].judgement) })), ...evidence(current[1])] : [])
  );
  element("signed").textContent = signedOn ? say("signed", { reviewer, on: signedOn }) : say("not_signed");
  showAgreement();
}

function judge(judgement) {
  if (!state.review || !reviewer || revealed || !current) return;
  judged[current[0]] = { judgement, judged_on: today() };
  signedOn = null;
  revealed = true;
  remember();
  showReview();
  element("next").focus();
}

function next() {
  revealed = false;
  showReview();
  element("judge").querySelector("button")?.focus();
}

/** What leaves the page: docs/frames.md, "A file of judgements". */
const exported = () => ({
  kind: "shuangqing-judgements",
  version: 1,
  release: data.release,
  release_sha256: data.release_sha256,
  county: data.county,
  reviewer,
  signed_on: signedOn,
  judgements: Object.keys(judged).sort().map((address) => {
    const [dibao, poverty] = address.split(" ");
    return { dibao_case: dibao, poverty_case: poverty, ...judged[address] };
  }),
});

/** A file of judgements of this very release, or why it is not one. */
function accepted(text) {
  let given;
  try {
    given = JSON.parse(text);
  } catch {
    return [null, say("no_judgements")];
  }
  if (given?.kind !== "shuangqing-judgements" || given.version !== 1 || typeof given.reviewer !== "string" || !Array.isArray(given.judgements)) {
    return [null, say("no_judgements")];
  }
  if (given.release_sha256 !== data.release_sha256) return [null, say("other_release")];
  const said = {};
  for (const one of given.judgements) {
    if (JUDGEMENTS.includes(one?.judgement)) said[`${one.dibao_case} ${one.poverty_case}`] = one.judgement;
  }
  return [{ reviewer: given.reviewer, signed: given.signed_on ?? null, said }, null];
}

/** Judged alike by two reviewers: how many both judged, how many alike, and Cohen's kappa (1960), which leaves out chance. */
function agreement(one, other) {
  const both = Object.keys(one.said).filter((address) => other.said[address]);
  const alike = both.filter((address) => one.said[address] === other.said[address]);
  const share = (side, judgement) => both.filter((address) => side.said[address] === judgement).length / both.length;
  const chance = JUDGEMENTS.reduce((sum, judgement) => sum + share(one, judgement) * share(other, judgement), 0);
  const rate = alike.length / both.length;
  return { both, alike, rate, kappa: chance === 1 ? null : (rate - chance) / (1 - chance) };
}

function showAgreement() {
  const mine = { reviewer, signed: signedOn, said: Object.fromEntries(Object.entries(judged).map(([address, one]) => [address, one.judgement])) };
  const all = [mine, ...others];
  const count = (side, judgement) => counted(Object.values(side.said).filter((said) => said === judgement).length);
  const cells = (values) => values.map((value, place) => make(place ? "td" : "th", place ? { class: "n" } : { scope: "row" }, value));
  element("reviewers").replaceChildren(
    ...all.map((side) => make("tr", {}, cells([side.reviewer, ...JUDGEMENTS.map((judgement) => count(side, judgement)), side.signed ?? "—"])))
  );
  const compared = [];
  const unlikePairs = new Set();
  all.forEach((one, place) => {
    for (const other of all.slice(place + 1)) {
      const { both, alike, rate, kappa } = agreement(one, other);
      compared.push(make("tr", {}, cells([
        say("between", { one: one.reviewer, other: other.reviewer }), counted(both.length), counted(alike.length),
        both.length ? percent(rate) : "—", both.length && kappa !== null ? kappa.toFixed(2) : "—",
      ])));
      for (const address of both) if (!alike.includes(address)) unlikePairs.add(address);
    }
  });
  element("agreement").hidden = !compared.length;
  element("agreements").replaceChildren(...compared);
  const rowsOf = new Map();
  for (let row = 0; row < data.rows.size; row += 1) if (data.rows.at("pair", row) >= 0) rowsOf.set(pairAddress(row), row);
  element("unlike-pairs").replaceChildren(
    ...[...unlikePairs].filter((address) => rowsOf.has(address)).map((address) => {
      const row = rowsOf.get(address);
      return make("li", {}, make("a", { href: `#row=${encodeURIComponent(addressOf(row))}` }, sides(row).map(shownName).join("／")));
    })
  );
}

function bindReview() {
  element("blind").addEventListener("click", () => {
    state.review = !state.review;
    state.row = null;
    if (state.review) state.sort = "";
    revealed = false;
    go();
  });
  element("reviewer-form").addEventListener("submit", (event) => {
    event.preventDefault();
    reviewer = element("reviewer").value.trim();
    element("reviewer").setAttribute("aria-invalid", String(!reviewer));
    revealed = false;
    if (reviewer) recall();
    showReview();
    element("judge").querySelector("button")?.focus();
  });
  element("with-exact").addEventListener("change", () => {
    revealed = false;
    showReview();
  });
  for (const judgement of JUDGEMENTS) element(`judge-${judgement}`).addEventListener("click", () => judge(judgement));
  element("next").addEventListener("click", next);
  element("sign").addEventListener("click", () => {
    signedOn = today();
    remember();
    showReview();
  });
  element("export").addEventListener("click", () => {
    const name = say("export_name", { county: data.county, release: data.release, reviewer });
    download(`${name}.json`, "application/json", `${JSON.stringify(exported(), null, 1)}\n`);
  });
  element("load").addEventListener("change", async () => {
    const notes = [];
    for (const file of element("load").files) {
      const [given, problem] = accepted(await file.text());
      if (given) others = [...others.filter((side) => side.reviewer !== given.reviewer), given];
      else notes.push(`${file.name}：${problem}`);
    }
    element("review-note").textContent = notes.join(" ");
    showReview();
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, dialog") || event.ctrlKey || event.altKey || event.metaKey) return;
    const place = ["1", "2", "3"].indexOf(event.key);
    if (place >= 0) judge(JUDGEMENTS[place]);
  });
}
