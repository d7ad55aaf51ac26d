// align compares two lists (Myers 1986, "An O(ND) difference algorithm"): it
// returns steps [i, j], one of them -1 where only the other side has an element.
// Lists that differ in more than maxDifferences are taken as wholly different
// between their common beginning and end.
const maxDifferences = 600;

function align(a, b) {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let endA = a.length, endB = b.length;
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) { endA--; endB--; }
  const steps = [];
  for (let i = 0; i < start; i++) steps.push([i, i]);
  for (const [i, j] of middle(a.slice(start, endA), b.slice(start, endB))) {
    steps.push([i < 0 ? -1 : i + start, j < 0 ? -1 : j + start]);
  }
  for (let i = endA; i < a.length; i++) steps.push([i, endB + i - endA]);
  return steps;
}

function middle(a, b) {
  const all = () => [...a.map((_, i) => [i, -1]), ...b.map((_, j) => [-1, j])];
  if (a.length === 0 || b.length === 0) return all();
  const most = Math.min(a.length + b.length, maxDifferences);
  const zero = most + 1; // the place of diagonal 0
  const reach = new Int32Array(2 * most + 3).fill(-1); // by diagonal x-y: how far x came
  reach[zero + 1] = 0;
  const before = []; // by number of differences: reach as it was, diagonals -d+1…d-1
  for (let d = 0; d <= most; d++) {
    before.push(reach.slice(zero - d + 1, zero + d));
    for (let k = -d; k <= d; k += 2) {
      let x = comesDown(d, k, (n) => reach[zero + n]) ? reach[zero + k + 1] : reach[zero + k - 1] + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      reach[zero + k] = x;
      if (k === a.length - b.length && x >= a.length) return walkBack(before, a.length, b.length, d);
    }
  }
  return all();
}

// comesDown tells whether the furthest path to diagonal k ends with an element
// of b alone.
const comesDown = (d, k, reach) => k === -d || (k !== d && reach(k - 1) < reach(k + 1));

function walkBack(before, x, y, d) {
  const steps = [];
  for (; d > 0; d--) {
    const reach = (k) => (Math.abs(k) < d ? before[d][k + d - 1] : -1);
    const k = x - y, down = comesDown(d, k, reach);
    const fromX = reach(down ? k + 1 : k - 1), fromY = fromX - (down ? k + 1 : k - 1);
    while (x > fromX && y > fromY) steps.push([--x, --y]);
    steps.push(down ? [-1, --y] : [--x, -1]);
    x = fromX;
    y = fromY;
  }
  while (x > 0 && y > 0) steps.push([--x, --y]);
  return steps.reverse();
}

// pieces are what a value is compared by: a mask is one, so that the marks show
// another secret and never a part of its number.
function pieces(value) {
  return value.match(/‹[^›]*›|[\p{L}\p{N}]+|\s+|[^]/gu) || [];
}

// runs compares two values: [old, new], each a list of [text, differs].
function runs(a, b) {
  if (a.length + b.length > 20000) return [[[a, true]], [[b, true]]];
  const left = pieces(a), right = pieces(b);
  const old = [], fresh = [];
  let gone = "", come = "";
  const flush = () => {
    const [pre, post] = shared(gone, come);
    if (pre) { push(old, pre, false); push(fresh, pre, false); }
    push(old, gone.slice(pre.length, gone.length - post.length), true);
    push(fresh, come.slice(pre.length, come.length - post.length), true);
    if (post) { push(old, post, false); push(fresh, post, false); }
    gone = come = "";
  };
  for (const [i, j] of align(left, right)) {
    if (i >= 0 && j >= 0) {
      flush();
      push(old, left[i], false);
      push(fresh, right[j], false);
    } else if (i >= 0) gone += left[i];
    else come += right[j];
  }
  flush();
  return [calm(old), calm(fresh)];
}

// calm takes a sign or two between differences for a part of them: a date that
// is another one is marked whole, not number by number.
function calm(list) {
  const out = [];
  list.forEach(([piece, differs], i) => {
    const between = i > 0 && i < list.length - 1 && piece.length <= 2 && !/[\p{L}\p{N}\n]/u.test(piece);
    push(out, piece, differs || between);
  });
  return out;
}

// shared is the beginning and the end that two pieces have in common, "" where
// a mask stands in one of them, or they have too little in common to look at.
function shared(a, b) {
  if (!a || !b || a.includes("‹") || b.includes("‹")) return ["", ""];
  let n = 0, m = 0;
  while (n < a.length && n < b.length && a[n] === b[n]) n++;
  while (m < a.length - n && m < b.length - n && a[a.length - 1 - m] === b[b.length - 1 - m]) m++;
  if (n > 0 && isHigh(a, n - 1)) n--;
  if (m > 0 && isLow(a, a.length - m)) m--;
  return 2 * (n + m) < Math.min(a.length, b.length) || n + m < 3 ? ["", ""] : [a.slice(0, n), a.slice(a.length - m)];
}

const isHigh = (s, i) => (s.charCodeAt(i) & 0xfc00) === 0xd800;
const isLow = (s, i) => (s.charCodeAt(i) & 0xfc00) === 0xdc00;

function push(list, piece, differs) {
  if (piece === "") return;
  const last = list[list.length - 1];
  if (last && last[1] === differs) last[0] += piece;
  else list.push([piece, differs]);
}

// marked is a value with what differs in it marked. A long one scrolls in its
// place.
function marked(run, side) {
  const kids = run.map(([piece, differs]) => (differs ? el("mark", { class: side }, piece) : piece));
  const length = run.reduce((n, [piece]) => n + piece.length, 0);
  return length > 900 ? el("div", { class: "long", tabIndex: 0 }, kids) : kids;
}
