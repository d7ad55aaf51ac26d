// One row, whole. It is opened by its address (#bad-14), so that it can be linked
// to and the browser's back button closes it.

const details = new Map(data.details); // index of the row → blocks
const byID = new Map(rows.map((r, i) => [r.id, i]));

const view = { dialog: null, open: -1, pushed: false };

function drawDialog() {
  view.dialog = el("dialog", { class: "exchange", "aria-labelledby": "opened", onclose: closed, oncancel: (e) => { e.preventDefault(); closeRow(); },
    onclick: (e) => { if (e.target === view.dialog) closeRow(); } });
  return view.dialog;
}

// openRow goes to the address of a row.
function openRow(id) {
  if (location.hash === "#" + id) return follow();
  view.pushed = true;
  location.hash = id;
}

// follow shows what the address names.
function follow() {
  const at = byID.get(location.hash.slice(1));
  if (at === undefined) {
    if (view.dialog.open) view.dialog.close();
    return;
  }
  view.open = at;
  drawExchange(rows[at], details.get(at));
  const place = flow.shown.indexOf(at);
  if (place >= 0) choose(place);
  if (!view.dialog.open) view.dialog.showModal();
  view.dialog.scrollTop = 0;
}

function drawExchange(r, blocks) {
  const place = flow.shown.indexOf(view.open);
  const step = (by, words, key) => el("button", { onclick: () => openBeside(by), disabled: place + by < 0 || place + by >= flow.shown.length, title: key }, words);
  view.dialog.replaceChildren(
    el("div", { class: "bar" },
      el("h2", { id: "opened", tabIndex: -1 }, r.kind && r.kind + " ", r.name, " ", el("span", { class: "outcome" }, outcomeOf(r))),
      el("span", {}, step(-1, "previous", "k"), " ", step(1, "next", "j"), " ", el("button", { onclick: closeRow, title: "Escape" }, "close"))),
    el("div", { class: "inner" },
      el("p", { class: "dim" }, whereOf(r), r.note && " · " + r.note),
      blocks ? blocksOf(blocks).map(drawBlock) : el("p", { class: "block" }, "The page has no room for this one: it changed in " + (r.names || "nothing that matters") + ". A page of fewer exchanges has it, and so has the JSON.")));
}

function whereOf(r) {
  const side = (a, i) => a && page.columns[i] + " entry " + a.entry;
  return [two && side(r.old, 0), side(r.new, page.columns.length - 1)].filter(Boolean).join(", ");
}

// openBeside goes to a neighbour; the way back stays the same.
function openBeside(by) {
  const at = flow.shown.indexOf(view.open) + by;
  if (at < 0 || at >= flow.shown.length) return;
  history.replaceState(null, "", "#" + rows[flow.shown[at]].id);
  follow();
}

function closeRow() {
  if (view.pushed) {
    view.pushed = false;
    history.back(); // follow closes it
    return;
  }
  history.replaceState(null, "", location.pathname + location.search);
  view.dialog.close();
}

// closed is called by whatever closed it; a browser does that by itself when
// Escape comes twice.
function closed() {
  if (byID.has(location.hash.slice(1))) history.replaceState(null, "", location.pathname + location.search);
  view.open = -1;
  view.pushed = false;
  flow.list.focus({ preventScroll: true });
}
