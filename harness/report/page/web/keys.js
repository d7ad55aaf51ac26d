// Keys, the theme, and what tells of them.

const keys = [
  ["j  k  ↓  ↑", "next and previous row; the same in an open exchange"],
  ["Enter", "open the exchange"],
  ["Escape", "close it; leave the search"],
  ["/", "search in everything that is shown"],
  ["f", "go to the first divergence"],
  ["c", "only what changed, and all again"],
  ["n", "show noise, and hide it"],
  ["t", "theme: of the system, dark, light"],
  ["?", "this help"],
];

const help = el("dialog", { class: "help", "aria-labelledby": "help-title" });

function drawHelp() {
  help.append(el("div", { class: "inner" },
    el("h2", { id: "help-title" }, "Keys"),
    el("dl", { class: "keys" }, keys.map(([key, words]) => [el("dt", {}, key.split("  ").map((k) => [el("kbd", {}, k), " "])), el("dd", {}, words)])),
    el("p", { class: "dim" }, "Equal masks, such as ‹jwt 1›, stand for equal secrets. The address of an open exchange can be sent to others who have this file. The page asks no server for anything."),
    el("p", {}, el("button", { onclick: () => help.close() }, "close"))));
  return help;
}

function onKey(e) {
  if (e.ctrlKey || e.metaKey || e.altKey || help.open) return;
  const field = e.target instanceof Element && e.target.closest("input[type=search], select");
  if (field) {
    if (e.key === "Escape" && field.id === "search") leaveSearch(field);
    if (field.id === "search" && (e.key === "ArrowDown" || e.key === "Enter")) { e.preventDefault(); flow.list.focus(); }
    return;
  }
  const act = actionOf(e);
  if (act) { e.preventDefault(); act(); }
}

function leaveSearch(field) {
  field.value = "";
  filter.words = [];
  applyFilter();
  flow.list.focus();
}

function actionOf(e) {
  const open = view.dialog.open;
  const onList = document.activeElement === flow.list;
  const button = e.target instanceof Element && e.target.closest("button, a, label");
  switch (e.key) {
    case "j": return () => step(1);
    case "k": return () => step(-1);
    case "ArrowDown": return onList && (() => step(1));
    case "ArrowUp": return onList && (() => step(-1));
    case "Home": return onList && (() => choose(0));
    case "End": return onList && (() => choose(flow.shown.length - 1));
    case "PageDown": return onList && (() => choose(flow.chosen + pageful()));
    case "PageUp": return onList && (() => choose(flow.chosen - pageful()));
    case "Enter": return !open && !button && flow.chosen >= 0 && (() => openRow(rows[flow.shown[flow.chosen]].id));
    case "/": return !open && (() => document.getElementById("search").focus());
    case "f": return !open && goToFirst;
    case "c": return !open && two && (() => pick(filter.kind === "changed" ? "all" : "changed"));
    case "n": return toggleNoise;
    case "t": return nextTheme;
    case "?": return () => help.showModal();
  }
  return null;
}

const pageful = () => Math.max(1, Math.floor(innerHeight / flow.height) - 4);

function step(by) {
  if (view.dialog.open) return openBeside(by);
  if (flow.shown.length === 0) return;
  const fresh = flow.chosen < 0;
  flow.list.focus({ preventScroll: true }); // chooses the first divergence where nothing is chosen
  choose(fresh ? flow.chosen : flow.chosen + by);
}

function pick(kind) {
  const radio = document.querySelector(`input[name=kind][value=${kind}]`);
  radio.checked = true;
  filter.kind = kind;
  applyFilter();
}

function goToFirst() {
  const at = flow.shown.findIndex((i) => rows[i].first);
  if (at < 0) return;
  flow.list.focus({ preventScroll: true });
  choose(at);
}

// toggleNoise draws again what shows it.
function toggleNoise() {
  const root = document.documentElement;
  root.dataset.noise = showsNoise() ? "" : "shown";
  const box = document.getElementById("noise");
  if (box) box.checked = showsNoise();
  drawUpper();
  if (view.open >= 0) {
    const at = view.dialog.scrollTop;
    drawExchange(rows[view.open], details.get(view.open));
    view.dialog.scrollTop = at;
  }
}

const themes = ["", "dark", "light"];

function nextTheme() {
  const now = document.documentElement.dataset.theme || "";
  setTheme(themes[(themes.indexOf(now) + 1) % themes.length]);
}

function setTheme(name) {
  if (name) document.documentElement.dataset.theme = name;
  else delete document.documentElement.dataset.theme;
  const button = document.getElementById("theme");
  button.textContent = name || "system";
  button.setAttribute("aria-label", "theme: " + (name || "as the system has it"));
  try { localStorage.setItem("replay-theme", name); } catch { /* a page may have no storage */ }
}

function savedTheme() {
  try { return localStorage.getItem("replay-theme") || ""; } catch { return ""; }
}
