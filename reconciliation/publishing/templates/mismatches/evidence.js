// Why two rows are taken for one person: the weights step by step, and one sentence.
const COMPARISONS = ["name", "number", "sex", "relation", "place", "household", "rarity"];
const WIDTH = 240;

const signed = (bits) => `${bits > 0 ? "+" : ""}${bits.toFixed(2)}`;
const percent = (share) => `${(share * 100).toFixed(share > 0.999 && share < 1 ? 4 : 1)}%`;

/** The steps of a pair: [{name, level, weight, sum}], from the prior to the total; a comparison that was not weighed has no weight. */
function steps(pair) {
  const prior = data.pairs.at("prior_weight", pair);
  const made = [];
  let sum = 0;
  if (prior !== null) {
    sum = prior;
    made.push({ name: say("prior"), level: say("prior_level"), weight: prior, sum });
  }
  for (const name of COMPARISONS) {
    const weight = data.pairs.at(`${name}_weight`, pair);
    const level = data.pairs.at(`${name}_level`, pair);
    if (level === null) continue;
    sum += weight ?? 0;
    made.push({
      name: say(`step_${name}`), level: worded(name, level) || say("cannot_compare"), weight, sum: weight === null ? null : sum,
    });
  }
  const total = data.pairs.at("weight", pair);
  made.push({ name: say("total"), level: percent(data.pairs.at("probability", pair)), weight: total, sum: total, total: true });
  return made;
}

function waterfall(pair) {
  const made = steps(pair);
  const weighed = made.filter((step) => step.weight !== null && step.sum !== null);
  const ends = weighed.flatMap((step) => (step.total ? [0, step.sum] : [step.sum - step.weight, step.sum]));
  const low = Math.min(0, ...ends);
  const high = Math.max(0, ...ends, low + 1);
  const x = (bits) => ((bits - low) / (high - low)) * WIDTH;
  const bar = (step) => {
    if (step.weight === null) return "";
    const from = step.total ? 0 : step.sum - step.weight;
    const box = {
      x: Math.min(x(from), x(step.sum)).toFixed(1), y: 2, height: 12, rx: 2,
      width: Math.max(Math.abs(x(step.sum) - x(from)), 1.5).toFixed(1),
      class: step.total ? "total" : step.weight < 0 ? "against" : "for",
    };
    return drawn("svg", { viewBox: `0 0 ${WIDTH} 16`, class: "fall", "aria-hidden": "true" },
      drawn("line", { x1: x(0), x2: x(0), y1: 0, y2: 16 }), drawn("rect", box));
  };
  const heads = [say("step"), say("level"), say("weight"), say("running"), ""];
  return make(
    "div", { class: "wide-table", tabindex: "0", role: "region", "aria-label": say("waterfall") },
    make(
      "table", { class: "waterfall" },
      make("caption", {}, say("waterfall_caption")),
      make("thead", {}, make("tr", {}, heads.map((head) => (head ? make("th", { scope: "col" }, head) : make("td", {}))))),
      make(
        "tbody", {},
        made.map((step) =>
          make(
            "tr", { class: step.total ? "sum" : null },
            make("th", { scope: "row" }, step.name),
            make("td", {}, step.level),
            make("td", { class: "n" }, step.weight === null ? say("not_weighed") : signed(step.weight)),
            make("td", { class: "n" }, step.sum === null || step.total ? "" : signed(step.sum)),
            make("td", { class: "bars" }, bar(step))
          )
        )
      )
    )
  );
}

function rival(pair) {
  const runnerUp = data.pairs.at("runner_up", pair);
  if (!runnerUp) return say("no_rival");
  return say("rival", { runner_up: percent(runnerUp), margin: percent(data.pairs.at("margin", pair)) });
}

/** One sentence: the values compared, the verdict, the weight, the runner-up and the margin. */
function sentence(row) {
  const [dibao, poverty] = sides(row);
  const pair = data.rows.at("pair", row);
  return say("sentence", {
    left: shownName(dibao),
    right: shownName(poverty),
    name: textDifference(data.people.at("name", dibao), data.people.at("name", poverty)),
    number: numberDifference(pair),
    birth: birthDifference(pair),
    why: data.pairs.at("link_why", pair),
    weight: signed(data.pairs.at("weight", pair)),
    probability: percent(data.pairs.at("probability", pair)),
    rival: rival(pair),
  });
}

function evidence(row) {
  const pair = data.rows.at("pair", row);
  if (pair < 0) return [make("p", {}, say("no_pair"))];
  if (data.pairs.at("stage", pair) === null) return [make("p", {}, say("no_link"))];
  return [
    make("p", { class: "sentence" }, sentence(row)),
    data.pairs.at("evidence_of", pair) === "copy" ? make("p", { class: "hint" }, say("of_copy")) : null,
    waterfall(pair),
  ].filter(Boolean);
}
