// Each kind of block of a page (block.go) and how it is drawn.

const showsNoise = () => document.documentElement.dataset.noise === "shown";

function drawBlock(b) {
  const kids = [];
  if (b.changes) kids.push(drawChanges(b.changes));
  if (b.message) kids.push(drawMessage(b.message));
  if (b.table) kids.push(drawTable(b.table));
  if (b.checks) kids.push(drawChecks(b.checks));
  if (b.code) kids.push(el("pre", {}, text(b.code)));
  return el("section", { class: "block" }, el("h3", {}, b.title), b.note && el("p", { class: "note" }, b.note), kids);
}

// columns are the headings of what has two sides.
function columns(first) {
  return el("thead", {}, el("tr", {}, el("th", { scope: "col" }, first), page.columns.map((name) => el("th", { scope: "col", class: "wire" }, name))));
}

const absent = (words) => el("span", { class: "absent" }, words);

function drawChanges(all) {
  const list = all.map(change);
  const shown = list.filter((c) => showsNoise() || !c.noise);
  const hidden = list.length - shown.length;
  const kids = [];
  if (shown.length > 0) {
    let section = "";
    const body = shown.map((c) => {
      const heading = c.section !== section && c.section;
      section = c.section;
      return drawChange(c, heading);
    });
    kids.push(el("table", { class: "changes sides" }, el("colgroup", {}, el("col", { class: "place" }), page.columns.map(() => el("col"))), columns(unseen("place")), el("tbody", {}, body)));
  } else if (hidden === 0) kids.push(el("p", { class: "note" }, "nothing"));
  if (hidden > 0) kids.push(el("p", { class: "note" }, plural(hidden, "change", "changes") + " of noise, hidden ", el("button", { onclick: toggleNoise }, "show")));
  return kids;
}

function drawChange(c, heading) {
  const place = el("th", { scope: "row" }, heading && el("span", { class: "section" }, heading), c.place);
  const [a, b] = page.columns;
  let cells;
  if (c.note) cells = [el("td", { colSpan: 2 }, c.note)];
  else if (c.op === "reorder") cells = [el("td", { colSpan: 2 }, "in another order")];
  else {
    const [left, right] = c.op === "add" || c.op === "remove" ? [[[c.old, true]], [[c.new, true]]] : runs(c.old, c.new);
    cells = [
      el("td", { class: "wire", "data-side": a }, c.op === "add" ? absent("not there") : marked(left, "old")),
      el("td", { class: "wire", "data-side": b }, c.op === "remove" ? absent("not there") : marked(right, "new")),
    ];
  }
  if (c.noise) cells[cells.length - 1].append(el("span", { class: "why" }, "noise: " + c.noise));
  return el("tr", { class: c.noise ? "noise" : "" }, place, cells);
}

function drawMessage(m) {
  const cols = page.columns;
  const body = m.lines.map((n) => drawLine(line(n), cols));
  const table = el("table", { class: "message sides" }, el("colgroup", {}, el("col", { class: "name" }), cols.map(() => el("col"))), columns(unseen("field")), el("tbody", {}, body));
  return [table, drawBodies(m.old, m.new)];
}

function drawLine(l, cols) {
  const name = el("th", { scope: "row" }, l.name);
  const noise = l.mark === 2 && !showsNoise();
  if (!two) return el("tr", {}, name, el("td", { class: "wire" }, l.new));
  if (l.old === l.new) return el("tr", { class: "same" }, name, el("td", { class: "wire", colSpan: 2 }, l.old));
  const differs = l.mark > 0 && !noise;
  const [left, right] = differs && l.old !== null && l.new !== null ? runs(l.old, l.new) : [[[l.old || "", differs]], [[l.new || "", differs]]];
  return el("tr", { class: l.mark === 1 ? "changed" : "noise" }, name,
    el("td", { class: "wire", "data-side": cols[0] }, l.old === null ? absent("not there") : marked(left, "old")),
    el("td", { class: "wire", "data-side": cols[1] }, l.new === null ? absent("not there") : marked(right, "new")));
}

// drawBodies shows two texts beside each other, line by line; what is the same
// for long is folded.
const foldFrom = 8, around = 3;

function drawBodies(old, fresh) {
  if (!old && !fresh) return null;
  const note = (b) => (b && b.note) || "";
  const notes = two && note(old) !== note(fresh) ? page.columns.map((name, i) => note([old, fresh][i]) && name + ": " + note([old, fresh][i])).filter(Boolean).join("; ") : note(fresh) || note(old);
  const table = el("table", { class: "body" }, el("caption", {}, "body", notes && ", " + notes));
  const a = bodyLines(old), b = bodyLines(fresh);
  const body = el("tbody");
  table.append(body);
  if (!two) {
    for (const l of b) body.append(el("tr", {}, el("td", {}, l)));
    return table;
  }
  const steps = pairUp(align(a, b));
  for (let n = 0; n < steps.length; ) {
    let end = n;
    while (end < steps.length && isSame(steps[end], a, b)) end++;
    const from = n === 0 ? 0 : n + around, to = end === steps.length ? end : end - around;
    if (end - n > foldFrom && to - from > 2) {
      for (let i = n; i < from; i++) body.append(bodyRow(steps[i], a, b));
      body.append(folded(steps.slice(from, to), a, b));
      n = to;
    } else if (end === n) end++;
    for (; n < end; n++) body.append(bodyRow(steps[n], a, b));
  }
  return table;
}

const bodyLines = (b) => (b && text(b.text) !== "" ? text(b.text).split("\n") : []);
const isSame = ([i, j], a, b) => i >= 0 && j >= 0 && a[i] === b[j];

// pairUp puts lines that went beside lines that came.
function pairUp(steps) {
  const out = [];
  for (let n = 0; n < steps.length; ) {
    if (steps[n][0] >= 0 && steps[n][1] >= 0) { out.push(steps[n++]); continue; }
    const gone = [], come = [];
    for (; n < steps.length && (steps[n][0] < 0 || steps[n][1] < 0); n++) {
      if (steps[n][1] < 0) gone.push(steps[n][0]);
      else come.push(steps[n][1]);
    }
    for (let i = 0; i < Math.max(gone.length, come.length); i++) out.push([gone[i] ?? -1, come[i] ?? -1]);
  }
  return out;
}

function bodyRow([i, j], a, b) {
  if (i >= 0 && j >= 0 && a[i] === b[j]) return el("tr", {}, el("td", {}, a[i]), el("td", {}, b[j]));
  const [left, right] = i >= 0 && j >= 0 ? runs(a[i], b[j]) : [[[a[i] ?? "", false]], [[b[j] ?? "", false]]];
  return el("tr", {}, el("td", { class: i >= 0 ? "old" : "" }, marked(left, "old")), el("td", { class: j >= 0 ? "new" : "" }, marked(right, "new")));
}

function folded(steps, a, b) {
  const row = el("tr", { class: "fold" }, el("td", { colSpan: 2 },
    el("button", { onclick: () => row.replaceWith(...steps.map((s) => bodyRow(s, a, b))) }, plural(steps.length, "equal line", "equal lines"))));
  return row;
}

function drawTable(t) {
  const named = t.columns.length > page.columns.length || t.columns.length === 0;
  const head = el("thead", {}, el("tr", {}, t.columns.map((c) => el("th", { scope: "col" }, c || unseen("what")))));
  const body = t.rows.map((r) => el("tr", {}, r.map((v, i) => {
    const c = cell(v);
    const kids = [c.tone ? el("span", { class: c.tone }, c.text) : c.text, c.more && el("span", { class: "why" }, c.more)];
    if (named && i === 0) return el("th", { scope: "row" }, kids);
    return el("td", { class: t.prose ? "" : "wire", "data-side": t.columns[i] }, c.text ? kids : unseen("none"));
  })));
  return el("table", { class: "cells sides" }, el("colgroup", {}, t.columns.map((_, i) => el("col", { class: named && i === 0 ? "name" : "" }))), head, el("tbody", {}, body));
}

const signs = { passed: ["✓ passed", "good"], failed: ["✗ failed", "bad"], "not reached": ["– not reached", "dim"], unknown: ["? unknown", "warn"] };

function drawChecks(list) {
  return el("ul", { class: "checks" }, list.map((c) => {
    const [sign, tone] = signs[c.state] || [c.state, ""];
    return el("li", { class: c.state === "failed" ? "failed" : "" }, el("span", { class: tone }, sign), el("span", { class: "name" }, c.name),
      c.text !== undefined && el("span", { class: "wire" }, text(c.text)), c.state === "failed" && c.ref && el("span", { class: "ref" }, c.ref));
  }));
}
