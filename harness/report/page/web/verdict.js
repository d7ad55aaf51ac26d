// What stands on top: the verdicts, in the order of the terminal.

function drawOutcome(old, fresh, differ) {
  if (!old || old === fresh) return el("span", { class: "outcome" + (differ ? " bad" : "") }, fresh);
  return el("span", { class: "outcome" }, old, " → ", el("span", { class: differ ? "bad" : "" }, fresh));
}

function drawVerdict(v, at) {
  const lines = el("dl", { class: "facts" });
  const say = (label, ...kids) => lines.append(el("dt", {}, label), el("dd", {}, kids));
  if (v.cause) {
    say(v.sure === "advice" ? "advice" : "cause",
      el("p", {}, el("span", { class: "cause" }, v.cause), v.sure && drawSure(v)),
      v.means && el("p", {}, v.means));
  }
  if (v.evidence) say("because", el("ul", { class: "evidence" }, v.evidence.map(drawEvidence)));
  if (v.against) say("but", el("ul", { class: "evidence" }, v.against.map(drawEvidence)));
  for (const f of v.facts || []) say(f.label, f.text);
  if (v.fixes) say("fix", v.fixes.map((f) => el("div", { class: "fix" }, el("b", {}, f.where), el("span", {}, f.text), f.code && el("pre", {}, f.code))));
  for (const f of v.doubts || []) say(f.label, f.text);
  if (v.others) say("less so", v.others.map((g) => el("p", { class: "guess" }, el("b", {}, g.cause), drawSure(g), " ", g.means)));
  return el("section", { class: "verdict", "aria-label": "verdict" },
    v.request && el(at > 0 ? "h2" : "h1", {}, el("span", { class: "request" }, v.request), " ", drawOutcome(v.old, v.new, v.differ || !v.old)),
    v.where && el("p", { class: "dim" }, v.where, v.row && [" · ", linkTo(v.row, "open the exchange")]),
    lines.children.length > 0 && lines,
    blocksOf(v.blocks).map(drawBlock));
}

function drawSure(g) {
  if (!g.confidence) return null;
  const meter = el("i");
  meter.style.width = 100 * g.confidence + "%";
  return el("span", { class: "sure" }, el("span", { class: "meter", "aria-hidden": "true" }, meter), el("b", {}, g.sure), " ", g.confidence.toFixed(2));
}

function drawEvidence(e) {
  const values = [];
  if (e.op === "replace") {
    const [left, right] = runs(e.old || "", e.new || "");
    values.push(marked(left, "old"), " → ", marked(right, "new"));
  } else if (e.op === "remove") values.push(el("mark", { class: "old" }, e.old), el("span", { class: "bad" }, " is gone"));
  else if (e.op === "add") values.push(e.new);
  return el("li", {},
    e.place && el("div", { class: "place" }, e.place),
    values.length > 0 && el("div", { class: "values" }, values),
    e.note && el("div", { class: e.place ? "note dim" : "note" }, e.note));
}

// linkTo opens a row.
const linkTo = (id, words) => el("a", { href: "#" + id }, words);

function drawTop() {
  const head = el("header", { class: "top" },
    el("a", { class: "skip", href: "#flow" }, "to the flow"),
    el("span", { class: "what" }, "replay " + page.command),
    el("span", { class: "sources" }, page.sources.map((s, i) => el("span", {}, el("code", {}, s.name), " ", el("span", { class: "dim" }, s.text)))),
    el("button", { id: "theme", onclick: nextTheme }, "theme"),
    el("button", { onclick: () => help.showModal(), "aria-label": "keys and help" }, "?"));
  return head;
}

function drawNotes() {
  const kids = [];
  if (page.warnings && page.warnings.length > 0) kids.push(el("section", { class: "warnings", "aria-label": "warnings" }, el("ul", {}, page.warnings.map((w) => el("li", {}, w)))));
  if (page.headline && page.headline.text) {
    kids.push(el("section", {}, el("h1", { class: "cause " + page.headline.tone }, page.headline.text), page.headline.more && el("p", { class: "dim" }, page.headline.more)));
  }
  return kids;
}
