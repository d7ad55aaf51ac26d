// The whole page, top down.

const upper = el("div");

function drawUpper() {
  upper.replaceChildren(...drawNotes(), ...(page.verdicts || []).map(drawVerdict), ...blocksOf(page.blocks).map(drawBlock));
}

drawUpper();
document.body.append(drawTop(), el("main", {}, upper, drawFlow()), drawDialog(), drawHelp());
setTheme(themes.includes(savedTheme()) ? savedTheme() : "");
measure();
applyFilter();
addEventListener("keydown", onKey);
addEventListener("hashchange", follow);
follow();
(window.requestIdleCallback || setTimeout)(searchIndex);
