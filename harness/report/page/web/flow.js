// The flow: a line for each row, of which only those near the window exist. The
// list is a listbox: the one focus stays on it, and the row that is chosen is
// named by aria-activedescendant; each row says which of how many it is.

const flow = {
  list: null, // the element
  shown: [], // indices of the rows that fit the filter
  chosen: -1, // index into shown
  drawn: new Map(), // place in shown → element
  height: 34, // of a row, in pixels
  printing: false,
  from: 0, // times that the axis shows, in milliseconds
  until: 1,
};

const margin = 12; // rows drawn beyond the window, at both ends
const allDrawn = 300; // rows up to which all are drawn, for the browser's own search

function drawFlow() {
  flow.list = el("div", {
    class: "list", role: "listbox", tabIndex: 0, id: "list", "aria-label": page.flow || "flow",
    onclick: (e) => { const row = e.target.closest(".row"); if (row) { choose(Number(row.dataset.at)); openRow(rows[flow.shown[flow.chosen]].id); } },
    onfocus: () => { if (flow.chosen < 0 && flow.shown.length > 0) choose(Math.max(0, flow.shown.findIndex((i) => rows[i].first)), true); },
  });
  addEventListener("scroll", later(redraw), { passive: true });
  addEventListener("resize", later(() => { measure(); redraw(); }));
  addEventListener("beforeprint", () => { flow.printing = true; redraw(); });
  addEventListener("afterprint", () => { flow.printing = false; redraw(); });
  const timed = rows.some((r) => (r.old && r.old.timed) || (r.new && r.new.timed));
  return el("section", { id: "flow", class: timed || page.clocked ? "" : "bare", "aria-label": page.flow || "flow" },
    drawTools(timed),
    el("div", { class: "head", "aria-hidden": "true" }, el("span"), el("span", {}, "entry"), el("span", {}, "request"), el("span", {}, "outcome"), el("span", {}, "what changed"),
      timed ? el("span", { class: "axis", id: "axis" }) : page.clocked && el("span", {}, "no clock was recorded: order alone")),
    flow.list,
    page.missing && el("p", { class: "dim" }, page.missing),
    data.left > 0 && el("p", { class: "dim" }, "for " + plural(data.left, "row", "rows") + " the page has no room: " + "their blocks are left out"),
    el("p", { class: "summary" }, page.summary));
}

// later runs f once before the next frame, however often it is asked to.
function later(f) {
  let waits = false;
  return () => {
    if (waits) return;
    waits = true;
    requestAnimationFrame(() => { waits = false; f(); });
  };
}

function measure() {
  flow.height = parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--row")) || 34;
  clear();
}

function clear() {
  for (const e of flow.drawn.values()) e.remove();
  flow.drawn.clear();
}

// show replaces the rows of the flow; the chosen one stays if it is among them.
function showRows(list) {
  const before = flow.chosen >= 0 ? flow.shown[flow.chosen] : -1;
  flow.shown = list;
  flow.chosen = list.indexOf(before);
  scale();
  clear();
  redraw();
  mark();
}

// scale fits the axis to the rows that are shown.
function scale() {
  let from = Infinity, until = 0;
  for (const i of flow.shown) {
    for (const a of [rows[i].old, rows[i].new]) {
      if (!a || !a.timed) continue;
      from = Math.min(from, a.start || 0);
      until = Math.max(until, (a.start || 0) + (a.length || 0));
    }
  }
  flow.from = from === Infinity ? 0 : from;
  flow.until = Math.max(until, flow.from + 1);
  const axis = document.getElementById("axis");
  if (!axis) return;
  axis.replaceChildren();
  for (const part of [0, 0.5]) {
    const tick = el("span", {}, duration(flow.from + part * (flow.until - flow.from)));
    tick.style.left = 100 * part + "%";
    axis.append(tick);
  }
}

function duration(ms) {
  if (ms < 1000) return Math.round(ms) + " ms";
  if (ms < 60000) return (ms / 1000).toFixed(ms < 10000 ? 1 : 0) + " s";
  return Math.floor(ms / 60000) + " min " + Math.round((ms % 60000) / 1000) + " s";
}

// redraw makes the rows near the window and drops the others. A printer has no
// window.
function redraw() {
  const all = flow.shown.length;
  flow.list.style.height = all * flow.height + "px";
  const top = flow.list.getBoundingClientRect().top;
  let first = Math.max(0, Math.floor(-top / flow.height) - margin);
  let last = Math.min(all, Math.ceil((innerHeight - top) / flow.height) + margin);
  if (all <= allDrawn || flow.printing) [first, last] = [0, Math.min(all, allDrawn)];
  for (const [at, e] of flow.drawn) {
    if (at < first || at >= last) { e.remove(); flow.drawn.delete(at); }
  }
  const fresh = document.createDocumentFragment();
  for (let at = first; at < last; at++) {
    if (flow.drawn.has(at)) continue;
    const e = drawRow(rows[flow.shown[at]], at);
    flow.drawn.set(at, e);
    fresh.append(e);
  }
  flow.list.append(fresh);
}

function drawRow(r, at) {
  const tone = r.tone || (r.differ ? "bad" : "");
  const bars = el("span", { class: "bars" }, bar(r.old, "old"), bar(r.new, "new"));
  const e = el("div", {
    class: "row" + (r.first ? " first" : "") + (isQuiet(r) ? " quiet" : "") + (r.differ ? " differs" : "") + (at === flow.chosen ? " chosen" : ""),
    role: "option", id: "row-" + r.id, "aria-setsize": flow.shown.length, "aria-posinset": at + 1, "aria-selected": String(at === flow.chosen), "aria-label": spoken(r),
  },
  el("span", { class: "sign " + tone }, sign(r)),
  el("span", { class: "entries" }, entries(r)),
  el("span", { class: "name" }, r.kind && [el("b", {}, r.kind), " "], r.name),
  el("span", { class: "outcome" }, outcomeOf(r)),
  el("span", { class: "names" }, r.first && el("span", { class: "first-tag" }, two ? "first divergence" : "look here"), r.first && " ", changedOf(r)),
  bars);
  e.dataset.at = at;
  e.style.top = at * flow.height + "px";
  return e;
}

const isQuiet = (r) => !r.differ && !r.changes && !!r.old && !!r.new;

// What one capture alone has. A scenario that got no answer is another matter.
const onlyOld = (r) => two && !r.tone && !r.new;
const onlyNew = (r) => two && !r.tone && !r.old;

// sign is a row's mark in one character, so that colour is not all that tells.
function sign(r) {
  switch (r.tone) { // where a row says how it is to be taken, the sign says the same
    case "good": return "✓";
    case "bad": return "✗";
    case "warn": return "!";
  }
  if (onlyOld(r)) return "−";
  if (onlyNew(r)) return "+";
  if (r.differ) return "✗";
  return r.changes ? "≠" : "";
}

function entries(r) {
  if (!two) return r.new ? "#" + r.new.entry : "";
  return (r.old ? r.old.entry : "–") + " | " + (r.new ? r.new.entry : "–");
}

function outcomeOf(r) {
  const bad = (a, differ) => el("span", { class: a.failed && differ ? "bad" : "" }, a.text);
  if (!r.old && !r.new) return "";
  if (!r.old || !r.new) return bad(r.new || r.old, !r.old || !two);
  if (r.old.text === r.new.text) return r.new.text;
  return [r.old.text, " → ", bad(r.new, true)];
}

function changedOf(r) {
  if (onlyOld(r)) return "only in " + page.columns[0];
  if (onlyNew(r)) return "only in " + page.columns[1];
  const words = r.names || (r.changes ? plural(r.changes, "change", "changes") : "");
  if (words) return words;
  return r.noise ? el("span", { class: "dim" }, "noise alone") : "";
}

// spoken is a row for those who listen.
function spoken(r) {
  const words = [r.kind, r.name];
  if (r.first) words.unshift(two ? "first divergence:" : "look here:");
  if (r.old && r.new && r.old.text !== r.new.text) words.push(r.old.text + " before, " + r.new.text + " now");
  else if (r.old || r.new) words.push((r.new || r.old).text);
  if (onlyOld(r)) words.push("only in " + page.columns[0]);
  else if (onlyNew(r)) words.push("only in " + page.columns[1]);
  else if (r.changes) words.push(plural(r.changes, "change", "changes") + (r.names ? ": " + r.names : ""));
  else if (r.noise) words.push("noise alone");
  return words.filter(Boolean).join(" ");
}

function bar(a, side) {
  if (!a || !a.timed) return null;
  const span = flow.until - flow.from;
  const e = el("i", { class: side + (a.failed ? " failed" : ""), title: page.columns[side === "old" ? 0 : page.columns.length - 1] + ": at " + duration(a.start || 0) + ", took " + duration(a.length || 0) });
  e.style.left = Math.min(99, (100 * ((a.start || 0) - flow.from)) / span) + "%";
  e.style.width = (100 * (a.length || 0)) / span + "%";
  return e;
}

// choose makes a row the chosen one, and brings it into the window.
function choose(at, stay) {
  flow.chosen = Math.max(0, Math.min(flow.shown.length - 1, at));
  if (!stay) reveal();
  redraw();
  mark();
}

function reveal() {
  const top = flow.list.getBoundingClientRect().top + flow.chosen * flow.height;
  const head = document.querySelector(".tools").getBoundingClientRect().height + 8;
  if (top < head) scrollBy(0, top - head);
  else if (top + flow.height > innerHeight) scrollBy(0, top + flow.height - innerHeight + 8);
}

function mark() {
  for (const [at, e] of flow.drawn) {
    e.classList.toggle("chosen", at === flow.chosen);
    e.setAttribute("aria-selected", String(at === flow.chosen));
  }
  const row = flow.drawn.get(flow.chosen);
  if (row) flow.list.setAttribute("aria-activedescendant", row.id);
  else flow.list.removeAttribute("aria-activedescendant");
}
