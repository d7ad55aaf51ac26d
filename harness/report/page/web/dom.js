"use strict";
// The page draws itself from the one JSON document in it. Whatever was captured
// becomes text nodes and nothing else: el is the only place that makes elements,
// and its names are written in this file and its neighbours.

const data = JSON.parse(document.getElementById("data").textContent);
const page = data.page;
const rows = data.rows;
const two = (page.columns || []).length === 2;

// el makes an element. A property with a dash or of the few below is an
// attribute, the others are set; kids are elements, texts, or lists of both.
function el(name, props, ...kids) {
  const e = document.createElement(name);
  for (const [key, value] of Object.entries(props || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) e.addEventListener(key.slice(2), value);
    else if (key === "class") e.className = value;
    else if (key in e && key !== "role" && !key.includes("-")) e[key] = value;
    else e.setAttribute(key, value);
  }
  add(e, kids);
  return e;
}

function add(e, kids) {
  for (const kid of kids) {
    if (kid === undefined || kid === null || kid === false || kid === "") continue;
    if (Array.isArray(kid)) add(e, kid);
    else e.append(kid instanceof Node ? kid : document.createTextNode(String(kid)));
  }
}

// text is a string of the document: itself, or the number of one in the table.
function text(v) {
  return typeof v === "number" ? data.texts[v] : v || "";
}

// line is a line of a message: {name, old, new, mark}, values null where that
// side does not have it.
function line(n) {
  const l = data.lines[n];
  return l.length === 2 ? { name: l[0], old: l[1], new: l[1], mark: 0 } : { name: l[0], old: l[1], new: l[2], mark: l[3] };
}

const blocksOf = (list) => (list || []).map((n) => data.blocks[n]);

// change and cell are what the document has as arrays (tables.go).
function change([section, place, op, old, fresh, noise, note]) {
  return { section: text(section), place: text(place), op: text(op), old: text(old), new: text(fresh), noise: text(noise), note: text(note) };
}

function cell(c) {
  return Array.isArray(c) ? { text: text(c[0]), more: text(c[1]), tone: text(c[2]) } : { text: text(c), more: "", tone: "" };
}

// unseen is for those who listen.
const unseen = (words) => el("span", { class: "unseen" }, words);

function plural(n, one, many) {
  return n.toLocaleString("en") + " " + (n === 1 ? one : many);
}
