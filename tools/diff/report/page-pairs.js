// SPDX-License-Identifier: MIT
"use strict";
// Live pairs: who met whom, by what was changed on the way, and how often a pair came out otherwise than all others
// that met the same peer.
const FAMILY = {"*": "all", "": "as they stand", rec: "records", hs: "messages", ext: "extensions", field: "fields", alert: "alerts", ccs: "ChangeCipherSpec",
  list: "lists", item: "items", point: "points", octets: "octets", more: "several"};
const MINOR = ["OUTPUT_DIFF", "AGREE", "SKIP"];

function pairCounts(families, wanted) {
  const counts = {};
  for (const [family, verdicts] of Object.entries(families || {}))
    if (wanted === "*" || wanted === family) for (const [v, n] of Object.entries(verdicts)) counts[v] = (counts[v] || 0) + n;
  return counts;
}
function pairCell(client, server, families, wanted) {
  const counts = pairCounts(families, wanted), sum = Object.values(counts).reduce((a, b) => a + b, 0);
  if (!sum) return h("td.self", {}, "\u2013");
  const list = ORDER.filter(v => counts[v]), apart = list.filter(v => !MINOR.includes(v)), n = apart.reduce((a, v) => a + counts[v], 0);
  const said = list.map(v => v + " " + number(counts[v])).join(", ");
  return h("td.pair", {"data-v": apart[0] || list[0], "--h": n ? (.1 + .9 * Math.sqrt(n / sum)).toFixed(3) : "0"},
    h("button", {type: "button", title: client + " \u2192 " + server + ": " + said, "aria-label": client + " to " + server + ": " + said, onclick: () => go({q: "live.peer." + client + " role.accept"})},
      h("span.big", {}, n ? number(n) : "0"), h("small", {}, "of " + number(sum)),
      h("span.stack.thin", {"aria-hidden": "true"}, list.map(v => h("i", {"data-v": v, style: "flex:" + counts[v]})))));
}
function live(wanted) {
  const cells = D.live || {}, keys = Object.keys(cells);
  if (!keys.length) return;
  const order = l => [...new Set(l)].sort((a, b) => (labels.indexOf(a) + 99) % 99 - (labels.indexOf(b) + 99) % 99);
  const clients = order(keys.map(k => k.split(" ")[0])), servers = order(keys.map(k => k.split(" ")[1]));
  const found = [...new Set(keys.flatMap(k => Object.keys(cells[k])))], families = ["*", ...Object.keys(FAMILY).filter(f => found.includes(f)), ...found.filter(f => !(f in FAMILY))];
  $("live-card").hidden = false;
  $("families").replaceChildren(...families.map(f => h("button", {type: "button", "aria-pressed": String(f === wanted), onclick: () => live(f)}, FAMILY[f] === undefined ? f : FAMILY[f])));
  $("live").replaceChildren(h("table.heat.live", {}, h("thead", {}, h("tr", {}, h("th", {}, "client \u2193"), servers.map(s => h("th", {scope: "col"}, s)))),
    h("tbody", {}, clients.map(c => h("tr", {}, h("th", {scope: "row"}, c), servers.map(s => pairCell(c, s, cells[c + " " + s], wanted)))))));
  const sums = {};
  for (const k of keys) for (const [v, n] of Object.entries(pairCounts(cells[k], wanted))) sums[v] = (sums[v] || 0) + n;
  $("live-note").replaceChildren("Connections in which the pair came out otherwise than every other that met the same peer, for more than the shape of its records; the colour is that of the worst. ",
    ...ORDER.filter(v => sums[v]).map(v => h("span.key", {"data-v": v, title: MEANING[v]}, h("i"), v, " ", h("b", {}, number(sums[v])))));
}
