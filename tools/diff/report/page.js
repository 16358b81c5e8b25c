// SPDX-License-Identifier: MIT
"use strict";
const D = JSON.parse(document.getElementById("data").textContent);
const ORDER = ["ACCEPT_DIFF", "CRASH", "HANG", "INVARIANT", "CONSUME_DIFF", "ORDER_DEP", "NONDET", "STATE_DIFF", "ATTR_DIFF", "STATUS_DIFF", "ALERT_DIFF", "OUTPUT_DIFF", "AGREE", "SKIP"];
const MEANING = {
  ACCEPT_DIFF: "one finishes or releases plaintext, another rejects", CRASH: "a backend died", HANG: "a backend did not come back",
  INVARIANT: "a backend contradicts itself", CONSUME_DIFF: "other octets taken", ORDER_DEP: "depends on what ran before", NONDET: "not the same twice",
  STATE_DIFF: "one waits or is open, another rejects", ATTR_DIFF: "other attributes", STATUS_DIFF: "same state, another status",
  ALERT_DIFF: "same state, another alert", OUTPUT_DIFF: "another reply", AGREE: "nothing differs", SKIP: "no two took part"};
const labels = D.backends.map(b => b.label), text = i => i < 0 ? null : D.texts[i];
const number = n => Number(n).toLocaleString("en-US");
const $ = id => document.getElementById(id);

// h("tag.class", {attribute: value, onclick: ...}, ...children): text is text, never markup.
function h(tag, attributes, ...children) {
  const [name, ...classes] = tag.split("."), e = document.createElement(name);
  if (classes.length) e.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key.startsWith("on")) e.addEventListener(key.slice(2), value);
    else if (key.startsWith("--")) e.style.setProperty(key, value);
    else if (value !== false && value != null) e.setAttribute(key, value === true ? "" : value);
  }
  e.append(...children.flat().filter(c => c != null && c !== false));
  return e;
}

const cases = D.cases.map(c => ({id: c[0], name: c[1], kind: text(c[2]), ops: c[3].map(text), features: c[4].map(text), verdict: text(c[5]),
  gated: !!c[6], rule: text(c[7]), invariants: c[8].map(text), counts: c[10], stimulus: c[11],
  seen: c[9].map((s, i) => s < 0 ? null : Object.assign(
    Object.fromEntries(["state", "status", "alert", "class", "end", "reply", "attrs", "flags"].map((k, n) => [k, D.seen[s][n]])),
    {fed: c[10][3 * i], consumed: c[10][3 * i + 1], calls: c[10][3 * i + 2]}))}));
const stateOf = s => !s || s.end === "skipped" ? "skip" : s.end === "fine" ? s.state : s.end;
for (const c of cases) {
  const states = c.seen.map(stateOf), parting = states.filter(s => s !== "skip");
  c.open = c.gated && !c.rule;
  c.odd = parting.length < 3 ? -1 : states.findIndex((s, i) => s !== "skip" && parting.filter(x => x === s).length === 1 && new Set(states.filter((x, k) => k !== i && x !== "skip")).size === 1);
  c.hay = (c.id + " " + c.name + " " + c.ops.join(" ")).toLowerCase();
}
cases.sort((a, b) => b.open - a.open || ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
const byId = new Map(cases.map(c => [c.id, c]));

// ---- result ----
const total = Object.values(D.verdicts).reduce((a, b) => a + b, 0), open = cases.filter(c => c.open).length;
const stale = D.summary ? D.summary.stale : [];
// Libraries of other versions than the rules are of: what is new is drift, and no failure unless it is grave.
const drifts = D.manifest.pinned ? labels.filter(l => D.manifest.pinned[l] !== D.manifest.backends[l]) : [];
function hero() {
  const names = labels.map(l => l + " " + D.manifest.backends[l]), s = D.summary, good = s && (drifts.length ? !s.grave : !open && !stale.length);
  const title = !s ? "The run broke off" : open ? number(open) + (open === 1 ? " divergence" : " divergences") + " unexplained" : stale.length && !drifts.length ? stale.length + " stale rules" : "Every divergence is explained";
  $("hero").classList.toggle("bad", !good);
  $("hero").append(
    h("h1", {}, h("span.dot", {"aria-hidden": "true"}), title),
    h("p", {}, number(total) + " cases through " + names.slice(0, -1).join(", ") + " and " + names[names.length - 1] + ": " + number(cases.length) + " differ in something that a caller can see, " +
      number(cases.filter(c => c.gated).length) + " of them so that a reason is needed." + (drifts.length ? " The rules are of " + drifts.map(l => l + " " + D.manifest.pinned[l]).join(", ") + ": what is unexplained is drift, and " + number(s && s.grave || 0) + " of it is grave." : "")),
    h("div.facts", {}, [["took", s && s.seconds.toFixed(1) + " s"], ["cases/s", s && number(Math.round(s.cases_per_second))], ["profile", D.manifest.profile], ["shard", D.manifest.shard !== "1/1" && D.manifest.shard],
      ["kernel", D.manifest.kernel], ["corpora", D.manifest.corpora ? "yes" : "none"]].filter(f => f[1]).map(f => h("span.chip", {}, f[0], h("b", {}, f[1])))));
  $("versions").append(...labels.map(l => h("span.chip", {}, l, h("b", {}, D.manifest.backends[l]))));
  document.title = title + " \u2013 sspi diff";
  $("foot").append("One file, no network. Repeat any case with ", h("code", {}, "sspi diff repro ID"), ".");
}

// ---- overview ----
function verdicts() {
  const list = ORDER.filter(v => D.verdicts[v]);
  $("verdicts").append(
    h("div.stack", {role: "img", "aria-label": list.map(v => v + " " + D.verdicts[v]).join(", ")}, list.map(v => h("i", {"data-v": v, style: "flex:" + D.verdicts[v], title: v + " " + number(D.verdicts[v])}))),
    h("ul.legend", {}, list.map(v => h("li", {}, h("button", {type: "button", title: MEANING[v], disabled: v === "AGREE" || v === "SKIP", onclick: () => go({verdict: v})}, h("i", {"data-v": v}), v, h("b", {}, number(D.verdicts[v])))))));
}
const percent = (a, b) => b ? (100 * a / b >= 99.95 && a < b ? "99.9" : (100 * a / b).toFixed(1)) + "%" : "\u2013";
const LEVELS = [["state", "State"], ["class", "+ alert class"], ["all", "all"]];
function pairs(level) {
  $("levels").replaceChildren(...LEVELS.map((l, i) => h("button", {type: "button", "aria-pressed": String(i === level), onclick: () => pairs(i)}, l[1])));
  $("pairs").replaceChildren(h("table.heat", {}, h("thead", {}, h("tr", {}, h("th", {}, ""), labels.map(l => h("th", {scope: "col"}, l)))),
    h("tbody", {}, D.backends.map((b, i) => h("tr", {}, h("th", {scope: "row"}, b.label), b.pairs.map((p, k) => {
      if (i === k) return h("td.self", {}, "\u2013");
      const share = p[0] ? p[1 + level] / p[0] : 0;
      return h("td" + (share > .62 ? ".strong" : ""), {"--h": share.toFixed(3), title: number(p[1 + level]) + " of " + number(p[0])}, percent(p[1 + level], p[0]), h("small", {}, number(p[0] - p[1 + level]) + " differ"));
    }))))));
}
function oddOnes() {
  const most = Math.max(1, ...D.backends.map(b => b.odd));
  $("odd").append(h("div.bars", {}, D.backends.map((b, i) => h("div", {}, h("div.name", {}, h("span", {}, b.label), h("span", {}, h("b", {}, percent(b.odd, total)), h("span.quiet", {}, " \u00b7 " + number(b.odd)))),
    h("div.track", {}, h("i", {style: "width:" + 100 * b.odd / most + "%"}))))),
    h("p.note", {style: "margin-top:14px"}, "Share of all cases in which it alone comes to another state. No majority is taken for truth."));
}
function groups() {
  const list = ORDER.filter(v => D.verdicts[v]), names = Object.keys(D.groups).sort();
  const heat = (n, sum) => n ? .12 + .88 * Math.sqrt(n / sum) : 0;
  $("groups").append(h("table.heat.groups", {}, h("thead", {}, h("tr", {}, h("th", {}, ""), h("th", {scope: "col"}, "cases"), list.map(v => h("th", {scope: "col", title: v + ": " + MEANING[v]}, v.replace("_DIFF", "").toLowerCase())))),
    h("tbody", {}, names.map(g => {
      const sum = Object.values(D.groups[g]).reduce((a, b) => a + b, 0);
      return h("tr", {}, h("th", {scope: "row", title: g}, g), h("td.none", {}, number(sum)), list.map(v => {
        const n = D.groups[g][v] || 0;
        return n ? h("td", {"data-v": v, "--h": heat(n, sum).toFixed(3)}, v === "AGREE" || v === "SKIP" ? number(n) : h("button", {type: "button", onclick: () => go({verdict: v, q: g + (g.includes("/") ? "/" : "")})}, number(n))) : h("td.none", {}, "");
      }));
    }))));
}
function refsOf(ref) {
  return ref.split(";").map(r => r.trim()).map((r, i) => {
    const rfc = /^RFC (\d+) ([0-9A-Z.]+)$/.exec(r), before = i ? " \u00b7 " : "";
    const url = rfc ? "https://www.rfc-editor.org/rfc/rfc" + rfc[1] + "#" + (/^\d/.test(rfc[2]) ? "section-" : "appendix-") + rfc[2] : /^https?:/.test(r) ? r : null;
    return [before, url ? h("a", {href: url, rel: "noreferrer", "data-plain": true}, rfc ? r : r.replace(/^https?:\/\/(www\.)?/, "")) : h("code", {}, r)];
  }).flat();
}
function rules() {
  const list = Object.entries(D.rules).sort((a, b) => b[1].count - a[1].count);
  $("rules-note").textContent = number(list.length) + " used" + (stale.length ? ", " + stale.length + " stale: " + stale.join(", ") : "");
  const rows = list.map(([name, r]) => h("li", {}, h("span.count", {}, number(r.count)), h("button", {type: "button", onclick: () => go({rule: name})}, name), r.why && h("p", {}, r.why), r.ref && h("span.refs", {}, refsOf(r.ref))));
  const ul = h("ul.rules", {}, rows.slice(0, 8));
  $("rules").append(ul);
  if (rows.length > 8) {
    const all = h("button.ghost.text.wide", {type: "button", onclick: () => { ul.append(...rows.slice(8)); all.remove(); }}, "Show the other " + (rows.length - 8));
    $("rules").append(all);
  }
  if (!rows.length) $("rules").append(h("p.note", {}, "No rule was used."));
}
function drift() {
  if (!D.drift) return;
  const versions = o => labels.map(l => l + " " + o[l]).join(", "), list = D.drift.changed;
  $("drift-card").hidden = false;
  $("drift-note").textContent = versions(D.drift.from) + " \u2192 " + versions(D.drift.to) + ": " + number(list.length) + " of " + number(D.drift.common) + " common cases came out differently";
  const kinds = new Map();
  for (const c of list) { const k = c[2] + " \u2192 " + c[3]; kinds.set(k, (kinds.get(k) || []).concat([c])); }
  $("drift").append(...[...kinds].sort((a, b) => b[1].length - a[1].length).map(([k, l]) => h("details.record", {}, h("summary", {}, h("b", {}, number(l.length)), " " + k),
    h("ul.tree", {}, l.slice(0, 100).map(c => h("li", {}, byId.has(c[0]) ? h("a", {href: "#" + c[0]}, c[1]) : c[1], h("span.under", {}, c[4]), h("span.under", {}, c[5])))))));
}

// ---- the table ----
const filter = {q: "", verdict: "", kind: "", rule: "", odd: "", open: ""};
const NO_RULE = "(none)", PAGE = 100;
let found = [], shown = 0;
const fits = (c, word) => {
  const not = word[0] === "!", w = (not ? word.slice(1) : word).toLowerCase();
  if (!w) return true;
  const hit = w.endsWith("*") ? c.features.some(f => f.toLowerCase().startsWith(w.slice(0, -1))) : c.features.some(f => f.toLowerCase() === w) || c.hay.includes(w) || (w.length > 2 && c.features.some(f => f.toLowerCase().includes(w)));
  return hit !== not;
};
function search() {
  const words = filter.q.split(/\s+/).filter(Boolean);
  found = cases.filter(c => (!filter.verdict || c.verdict === filter.verdict) && (!filter.kind || c.kind === filter.kind) && (!filter.odd || labels[c.odd] === filter.odd) &&
    (!filter.rule || (filter.rule === NO_RULE ? !c.rule : c.rule === filter.rule)) && (!filter.open || c.open) && words.every(w => fits(c, w)));
  $("cases").tBodies[0].replaceChildren();
  shown = 0;
  $("shown").textContent = found.length === cases.length ? number(found.length) : number(found.length) + " of " + number(cases.length);
  document.documentElement.dataset.found = found.length;
  more();
}
const breakable = t => t.replace(/_/g, "_\u200b");
const alertText = s => s.alert == null ? s.class === "none" ? "" : s.class : ALERT[s.alert] || "alert " + s.alert;
const stateCell = s => [h("span.state", {"data-s": stateOf(s)}, stateOf(s)), s && h("span.under", {}, breakable(alertText(s)) || (stateOf(s) === "reject" ? "no alert" : ""))];
const verdictMark = v => h("span.verdict", {"data-v": v, title: MEANING[v]}, h("i"), v);
function row(c) {
  const because = c.rule ? h("span.ruled", {}, c.rule) : c.open ? h("span.unexplained", {}, "unexplained") : h("span.quiet", {}, "below the gate");
  return h("tr", {tabindex: "0", "data-id": c.id, "aria-label": c.verdict + " " + c.name, "--n": labels.length}, h("td.whole", {}, verdictMark(c.verdict)),
    h("td.whole", {}, h("span.name", {}, c.name), c.ops.length ? h("span.under.ops", {}, c.ops.join("; ")) : null),
    c.seen.map((s, i) => h("td", {"data-b": labels[i]}, stateCell(s))), h("td.whole", {}, because));
}
function more() {
  const next = found.slice(shown, shown + PAGE);
  $("cases").tBodies[0].append(...next.map(row));
  shown += next.length;
  $("more").textContent = shown < found.length ? number(found.length - shown) + " more below" : found.length ? "" : "Nothing fits.";
}
function fill(id, all, list) {
  $(id).append(h("option", {value: ""}, all), ...list.map(v => Array.isArray(v) ? h("option", {value: v[0]}, v[1]) : h("option", {value: v}, v)));
}
function controls() {
  const count = of => { const m = new Map(); cases.forEach(c => { const k = of(c); if (k) m.set(k, (m.get(k) || 0) + 1); }); return m; };
  const listed = m => [...m].sort((a, b) => b[1] - a[1]).map(([k, n]) => [k, k + "  (" + number(n) + ")"]);
  fill("f-verdict", "all", ORDER.filter(v => cases.some(c => c.verdict === v)).map(v => [v, v + "  (" + number(D.verdicts[v]) + ")"]));
  fill("f-kind", "all", listed(count(c => c.kind)));
  fill("f-rule", "all", [[NO_RULE, "no rule"]].concat(listed(count(c => c.rule))));
  fill("f-odd", "anyone", listed(count(c => labels[c.odd])));
  $("cases").tHead.append(h("tr", {}, h("th", {scope: "col"}, "Verdict"), h("th", {scope: "col"}, "Case"), labels.map(l => h("th.seen", {scope: "col"}, l)), h("th", {scope: "col"}, "Explained by")));
  for (const key of Object.keys(filter)) $("f-" + key).addEventListener("input", e => { filter[key] = e.target.type === "checkbox" ? (e.target.checked ? "1" : "") : e.target.value; settle(); });
  $("filters").addEventListener("reset", e => { e.preventDefault(); go({}, true); });
  $("filters").addEventListener("submit", e => e.preventDefault());
  $("cases").addEventListener("click", e => { const tr = e.target.closest("tr[data-id]"); if (tr) location.hash = tr.dataset.id; });
  $("cases").addEventListener("keydown", e => {
    const tr = e.target.closest("tr[data-id]"), to = e.key === "ArrowDown" || e.key === "j" ? tr.nextElementSibling : e.key === "ArrowUp" || e.key === "k" ? tr.previousElementSibling : null;
    if (e.key === "Enter") location.hash = tr.dataset.id;
    if (to) { e.preventDefault(); to.focus(); }
  });
  new IntersectionObserver(e => { if (e[0].isIntersecting && shown < found.length) more(); }, {rootMargin: "600px"}).observe($("more"));
}

// ---- where we are: filters or a case, in the address ----
const address = () => "#" + new URLSearchParams(Object.entries(filter).filter(f => f[1])).toString();
let late;
function settle() {
  clearTimeout(late);
  late = setTimeout(() => { history.replaceState(null, "", address()); search(); }, 60);
}
function show() {
  for (const [key, value] of Object.entries(filter)) { if ($("f-" + key).type === "checkbox") $("f-" + key).checked = !!value; else $("f-" + key).value = value; }
}
function go(wanted, stay) {
  for (const key of Object.keys(filter)) filter[key] = wanted[key] || "";
  show();
  history.pushState(null, "", address());
  search();
  if (!stay) $("divergences").scrollIntoView();
}
function arrive() {
  const hash = decodeURIComponent(location.hash.slice(1)), wanted = byId.get(hash);
  if (wanted) return openCase(wanted);
  if ($("panel").open) leave();
  if (/^[0-9a-f]{12}$/.test(hash)) $("shown").textContent = "There is no divergence " + hash + ": it agrees, or it is of another run.";
  if (hash && !hash.includes("=")) return;
  const given = new URLSearchParams(location.hash.slice(1));
  for (const key of Object.keys(filter)) filter[key] = given.get(key) || "";
  show();
  search();
}

// ---- one case ----
function because(c) {
  const r = c.rule && D.rules[c.rule];
  if (r) return h("div.because", {}, h("code", {}, c.rule), r.why && h("p", {}, r.why), r.ref && h("span.refs", {}, refsOf(r.ref)));
  return h("div.because" + (c.open ? ".bad" : ""), {}, h("p", {}, c.open ? "No rule explains this." : "No reason is needed: it differs below the gate's level."));
}
let returnTo = null;
function openCase(c) {
  const panel = $("panel"), at = found.indexOf(c), step = n => { const to = found[at + n]; if (to) location.replace("#" + to.id); };
  const command = "sspi diff repro " + c.id;
  const copy = h("button.ghost.text", {type: "button", onclick: () => navigator.clipboard && navigator.clipboard.writeText(command).then(() => { copy.textContent = "Copied"; })}, "Copy");
  if (!panel.open) returnTo = document.activeElement;
  panel.replaceChildren(
    h("div.p-head", {}, h("h2", {id: "p-title"}, c.name), h("button.ghost", {type: "button", "aria-label": "Previous", disabled: at < 1, onclick: () => step(-1)}, "\u2191"), h("button.ghost", {type: "button", "aria-label": "Next", disabled: at < 0 || at + 1 >= found.length, onclick: () => step(1)}, "\u2193"), h("button.ghost", {type: "button", "aria-label": "Close", onclick: leave}, "\u2715")),
    h("div.p-body", {tabindex: "-1", autofocus: true}, h("div.p-facts", {}, verdictMark(c.verdict), h("span.note", {}, MEANING[c.verdict]), h("span.chip", {}, "id", h("b.mono", {}, c.id)), h("span.chip", {}, "kind", h("b", {}, c.kind))),
      because(c), c.invariants.length ? h("div.because.bad", {}, c.invariants.map(i => h("p", {}, i))) : null,
      conversation(c), h("section", {}, h("h3", {style: "margin-bottom:8px"}, "What each of them came to"), sides(c)),
      c.ops.length ? h("section", {}, h("h3", {}, "Operations on the base"), h("div.tokens", {}, c.ops.map(o => h("span", {}, o)))) : null,
      h("section", {}, h("h3", {}, "What the stimulus is"), h("div.tokens", {}, c.features.map(f => h("button", {type: "button", title: "All cases like it", onclick: () => { leave(); go({q: f}); }}, f)))),
      h("div.repro", {}, h("code", {}, command), copy)));
  if (!panel.open) panel.showModal();
  panel.lastChild.focus();
}
// By a button, Escape, a click beside it, or the browser's Back: whichever comes first.
function leave() {
  if ($("panel").open) $("panel").close();
  if (byId.has(location.hash.slice(1))) history.replaceState(null, "", address());
  if (!$("cases").tBodies[0].rows.length) search();
  if (returnTo && returnTo.isConnected) returnTo.focus();
  returnTo = null;
}
$("panel").addEventListener("close", () => { if (!$("panel").open) leave(); });
$("panel").addEventListener("click", e => { if (e.target === $("panel")) leave(); });
$("panel").addEventListener("keydown", e => { if (e.key === "ArrowRight" || e.key === "ArrowLeft") { const b = $("panel").querySelector(e.key === "ArrowRight" ? "[aria-label=Next]" : "[aria-label=Previous]"); if (b) b.click(); } });
document.addEventListener("keydown", e => { if (e.key === "/" && !$("panel").open && !/^(INPUT|SELECT)$/.test(document.activeElement.tagName)) { e.preventDefault(); $("f-q").focus(); } });
$("theme").addEventListener("click", () => {
  const root = document.documentElement, dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
});

hero(); verdicts(); pairs(0); oddOnes(); live("*"); groups(); rules(); drift(); controls(); search(); arrive();
addEventListener("hashchange", arrive);
addEventListener("popstate", arrive);
