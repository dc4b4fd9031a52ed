// The page's data and the small tools everything else uses. Text reaches the page by textContent only.
let data;

const element = (id) => document.getElementById(id);

const say = (key, values = {}) =>
  data.texts[key].replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));

/** A wording of a section by its code; a code without wording is shown as it is, nothing as a dash. */
const worded = (section, code) => (code === null ? "—" : data.words[section]?.[code] ?? code);

function make(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value !== null && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null));
  return made;
}

function drawn(name, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const counted = (number) => number.toLocaleString("zh-CN");

/** The columns of one frame; a value is `at(column, row)`. */
class Frame {
  constructor(raw) {
    this.size = raw.size;
    this.columns = {};
    for (const [name, column] of Object.entries(raw)) {
      if (name !== "size") this.columns[name] = unfolded(column);
    }
  }

  at(name, row) {
    const column = this.columns[name];
    return column.i ? column.d[column.i[row]] : column.v[row];
  }
}

function unfolded(column) {
  if (!column.s) return column;
  let value = 0;
  return { v: Int32Array.from(column.s, (step) => (value += step)) };
}

async function unpacked(text) {
  const letters = atob(text.trim());
  const bytes = new Uint8Array(letters.length);
  for (let place = 0; place < letters.length; place += 1) bytes[place] = letters.charCodeAt(place);
  const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const found = await new Response(inflated).json();
  for (const name of ["rows", "people", "pairs"]) found[name] = new Frame(found[name]);
  return found;
}

/** The two people of a row: [dibao, poverty], a null where nobody is across. */
function sides(row) {
  const pair = data.rows.at("pair", row);
  if (pair >= 0) return [data.pairs.at("dibao", pair), data.pairs.at("poverty", pair)];
  return data.people.at("register", row) === "dibao" ? [row, null] : [null, row];
}

function across(row) {
  const [dibao, poverty] = sides(row);
  return dibao === row ? poverty : dibao;
}

const shownName = (person) =>
  person === null ? "—" : data.people.at("name", person) ?? say("nameless");

const findingsOf = new Map();

/** The findings of a row: [{rule, state}], the deciding one first. Many rows have the same, which are taken apart once. */
function findings(row) {
  const text = data.rows.at("findings", row);
  if (!findingsOf.has(text)) {
    findingsOf.set(
      text,
      text.split(" ").map((part) => {
        const [rule, state] = part.split(":");
        return { rule, state };
      })
    );
  }
  return findingsOf.get(text);
}

function download(name, type, text) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = make("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

function today() {
  const now = new Date();
  const two = (number) => String(number).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}
