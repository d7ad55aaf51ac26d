// What of the flow is shown: by kind, by status, by words that stand anywhere in
// a row or in what opens from it.

const filter = { kind: "all", status: "", words: [] };

const kinds = [
  ["all", "all", () => true],
  ["changed", "changed", (r) => !isQuiet(r)],
  ["failing", "failing", (r) => r.tone === "bad" || (r.new || r.old || {}).failed],
  ["one", "one side", (r) => onlyOld(r) || onlyNew(r)],
];

function drawTools(timed) {
  const search = el("input", { type: "search", id: "search", placeholder: "search in everything: /", "aria-label": "search in everything that is shown", oninput: soon(() => { filter.words = words(search.value); applyFilter(); }) });
  const status = el("select", { id: "status", "aria-label": "status", onchange: () => { filter.status = status.value; applyFilter(); } },
    el("option", { value: "" }, "any status"), statuses().map((s) => el("option", { value: s }, s)));
  const choice = kinds.filter(([k]) => two || k !== "one" && k !== "changed").map(([value, label]) => el("label", {},
    el("input", { type: "radio", name: "kind", value, checked: value === "all", onchange: () => { filter.kind = value; applyFilter(); } }), label));
  const noise = el("input", { type: "checkbox", id: "noise", onchange: toggleNoise });
  return el("div", { class: "tools" },
    el("div", { class: "line" },
      el("h2", {}, page.flow || "flow"), search, status, el("fieldset", {}, el("legend", { class: "unseen" }, "which"), choice),
      two && el("label", {}, noise, " noise"),
      el("span", { class: "counted", role: "status", "aria-live": "polite", id: "counted" })),
    timed && two && el("p", { class: "legend" }, "time since each capture began:", el("i"), page.columns[0], el("i", { class: "new" }), page.columns[1], el("i", { class: "failed" }), "failed"));
}

const words = (value) => value.toLowerCase().split(/\s+/).filter(Boolean);

// soon runs f when nothing was typed for a moment.
function soon(f) {
  let timer;
  return () => { clearTimeout(timer); timer = setTimeout(f, 90); };
}

function statuses() {
  const seen = new Set();
  for (const r of rows) {
    for (const a of [r.old, r.new]) if (a) seen.add(statusName(a));
  }
  const classes = new Set([...seen].filter((s) => /^\d{3}$/.test(s)).map((s) => s[0] + "xx"));
  return [...[...classes].sort(), ...[...seen].sort()];
}

const statusName = (a) => (a.status ? String(a.status) : "no status");
const hasStatus = (a) => a && (statusName(a) === filter.status || (filter.status.endsWith("xx") && statusName(a)[0] === filter.status[0]));

function applyFilter() {
  const fits = kinds.find(([k]) => k === filter.kind)[2];
  const found = filter.words.map(holding);
  const list = [];
  rows.forEach((r, i) => {
    if (fits(r) && (!filter.status || hasStatus(r.old) || hasStatus(r.new)) && found.every((has) => has(i))) list.push(i);
  });
  showRows(list);
  const whole = list.length === rows.length;
  document.getElementById("counted").textContent = whole ? plural(rows.length, "row", "rows") : list.length.toLocaleString("en") + " of " + plural(rows.length, "row", "rows");
}

// holding returns a test whether a row, or what opens from it, has a word. The
// tables are searched once for the word, the rows only refer to them.
function holding(word) {
  const index = searchIndex();
  const inText = index.texts.map((t) => t.includes(word));
  const inLine = index.lines.map((l) => l.includes(word));
  const inBlock = index.blocks.map((b) => b.own.includes(word) || b.texts.some((n) => inText[n]) || b.lines.some((n) => inLine[n]));
  return (i) => index.rows[i].includes(word) || (details.get(i) || []).some((n) => inBlock[n]);
}

let built = null;

function searchIndex() {
  if (built) return built;
  const low = (s) => s.toLowerCase();
  built = {
    texts: data.texts.map(low),
    lines: data.lines.map((l) => low(l.filter((v) => typeof v === "string").join("\n"))),
    blocks: data.blocks.map(gather),
    rows: rows.map((r) => low([spoken(r), entries(r), r.note || ""].join("\n"))),
  };
  return built;
}

// gather lists what a block refers to, and its own short texts.
function gather(b) {
  const out = { own: "", texts: [], lines: [] };
  const own = [b.title || "", b.note || ""];
  const visit = (v) => {
    if (typeof v === "number") out.texts.push(v);
    else if (v) own.push(v);
  };
  for (const c of b.changes || []) c.forEach(visit);
  for (const row of (b.table && b.table.rows) || []) for (const c of row) [c].flat().forEach(visit);
  for (const c of b.checks || []) { own.push(c.name, c.state); visit(c.text); }
  if (b.message) {
    out.lines.push(...b.message.lines);
    for (const body of [b.message.old, b.message.new]) if (body) { visit(body.text); own.push(body.note || ""); }
  }
  visit(b.code);
  out.own = own.join("\n").toLowerCase();
  return out;
}
