// The two registers side by side: what differs is marked, and said in words, since colour does not survive printing.

/** Which characters of two short texts are not common to both, by longest common subsequence. */
function unlike(left, right) {
  const one = [...left];
  const other = [...right];
  const length = Array.from({ length: one.length + 1 }, () => new Array(other.length + 1).fill(0));
  for (let i = one.length - 1; i >= 0; i -= 1) {
    for (let j = other.length - 1; j >= 0; j -= 1) {
      length[i][j] = one[i] === other[j] ? length[i + 1][j + 1] + 1 : Math.max(length[i + 1][j], length[i][j + 1]);
    }
  }
  const marks = [one.map(() => true), other.map(() => true)];
  for (let i = 0, j = 0; i < one.length && j < other.length; ) {
    if (one[i] === other[j]) {
      marks[0][i] = marks[1][j] = false;
      i += 1;
      j += 1;
    } else if (length[i + 1][j] >= length[i][j + 1]) i += 1;
    else j += 1;
  }
  return marks;
}

function marked(text, marks) {
  const characters = [...text];
  return characters.map((character, place) => (marks[place] ? make("mark", {}, character) : character));
}

function textDifference(left, right) {
  if (left === null || right === null) return say("cannot_compare");
  if (left === right) return say("equal");
  const one = [...left];
  const other = [...right];
  if (one.length === other.length) {
    const words = one.flatMap((character, place) =>
      character === other[place] ? [] : [say("character", { place: place + 1, left: character, right: other[place] })]
    );
    return words.join(say("separator"));
  }
  const [more, less] = unlike(left, right);
  const only = (characters, marks) => characters.filter((_, place) => marks[place]).join("");
  return [
    more.includes(true) ? say("only_dibao", { text: only(one, more) }) : "",
    less.includes(true) ? say("only_poverty", { text: only(other, less) }) : "",
  ].filter(Boolean).join(say("separator"));
}

function numberDifference(pair) {
  const differs = pair < 0 ? null : data.pairs.at("number_differs", pair);
  if (differs === null) return say("cannot_compare");
  if (!differs) return say("equal");
  return say("positions", { places: differs.split(" ").join(say("separator")) });
}

function birthDifference(pair) {
  const differs = pair < 0 ? null : data.pairs.at("birth_differs", pair);
  if (differs === null) return say("cannot_compare");
  return differs ? say("parts", { parts: differs.split(" ").map((part) => say(`part_${part}`)).join(say("separator")) }) : say("equal");
}

function numberCell(person, pair) {
  if (person === null) return ["—"];
  const number = data.people.at("number", person);
  const quality = data.people.at("id_quality", person);
  const remark = quality && quality !== "valid" ? make("small", {}, worded("id_qualities", quality)) : null;
  if (number === null) return [remark ?? "—"];
  const differs = pair < 0 ? null : data.pairs.at("number_differs", pair);
  const places = new Set((differs ?? "").split(" ").map((place) => Number(place) - 1));
  const characters = [...number];
  return [make("span", { class: "number" }, marked(number, characters.map((_, place) => places.has(place)))), remark];
}

const plain = (name, section = null) => (person) => {
  const value = person === null ? null : data.people.at(name, person);
  return section ? worded(section, value) : value ?? "—";
};

const source = (person) =>
  person === null ? "—" : [data.people.at("source_file", person), data.people.at("source_sheet", person), say("source_row", { row: data.people.at("source_row", person) })].filter(Boolean).join(" ");

function incomeDifference(left, right) {
  const one = left === null ? null : data.people.at("income", left);
  const other = right === null ? null : data.people.at("income", right);
  if (one === null || other === null) return say("cannot_compare");
  return one === other ? say("equal") : say("income_differs", { yuan: Math.abs(one - other).toFixed(1) });
}

/** The table of both registers. While judging blind it leaves out what only the lists are made from. */
function comparison(row, blind = false) {
  const [dibao, poverty] = sides(row);
  const pair = data.rows.at("pair", row);
  const value = (name, person) => (person === null ? null : data.people.at(name, person));
  const lines = [];
  const texts = (name, section = null, spelled = !section) => {
    const [left, right] = [dibao, poverty].map((person) => {
      const text = value(name, person);
      return text === null || !section ? text : worded(section, text);
    });
    const marks = left !== null && right !== null && left !== right ? unlike(left, right) : [[], []];
    lines.push([
      say(`field_${name}`),
      left === null ? "—" : marked(left, marks[0]),
      right === null ? "—" : marked(right, marks[1]),
      pair < 0 ? "" : !spelled && left !== right && left !== null && right !== null ? say("differs") : textDifference(left, right),
    ]);
  };
  const shownOnly = (name, section = null) =>
    lines.push([say(`field_${name}`), plain(name, section)(dibao), plain(name, section)(poverty), ""]);
  texts("name");
  lines.push([say("field_number"), numberCell(dibao, pair), numberCell(poverty, pair), pair < 0 ? "" : numberDifference(pair)]);
  lines.push([say("field_birth"), say("hidden"), say("hidden"), pair < 0 ? "" : birthDifference(pair)]);
  texts("sex", null, false);
  texts("relation", "relations");
  texts("county");
  texts("town");
  texts("village");
  if (!blind) {
    lines.push([say("field_income"), plain("income")(dibao), plain("income")(poverty), pair < 0 ? "" : incomeDifference(dibao, poverty)]);
    for (const name of ["flag", "kind", "standing"]) shownOnly(name);
  }
  for (const name of ["health", "labour"]) shownOnly(name);
  if (!blind) lines.push([say("field_source"), source(dibao), source(poverty), ""]);
  const heads = [say("field"), worded("registers", "dibao"), worded("registers", "poverty"), say("difference")];
  return make(
    "div", { class: "wide-table", tabindex: "0", role: "region", "aria-label": say("side_by_side") },
    make(
      "table", { class: "comparison" },
      make("thead", {}, make("tr", {}, heads.map((head) => make("th", { scope: "col" }, head)))),
      make(
        "tbody", {},
        lines.map(([name, left, right, words]) => {
          const same = words === "" || words === say("equal") || words === say("cannot_compare");
          return make("tr", { class: same ? null : "unlike" }, make("th", { scope: "row" }, name), make("td", {}, left), make("td", {}, right), make("td", {}, words));
        })
      )
    )
  );
}
