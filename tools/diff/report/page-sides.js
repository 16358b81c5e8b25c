// SPDX-License-Identifier: MIT
"use strict";
// One case, side by side: what was sent, what each of them answered, and where they part.
const REPLY = {CH: "ClientHello", SH: "ServerHello", HRR: "HelloRetryRequest", HRQ: "HelloRequest", NST: "NewSessionTicket", EE: "EncryptedExtensions", Cert: "Certificate", SKE: "ServerKeyExchange",
  CR: "CertificateRequest", SHD: "ServerHelloDone", CV: "CertificateVerify", CKE: "ClientKeyExchange", Fin: "Finished", CS: "CertificateStatus", ccs: "ChangeCipherSpec", app: "encrypted record",
  sealed: "encrypted handshake", part: "a part of a record", "?": "a record of no known type", "...": "and more"};
const TRUST = {1: "not valid in time", 4: "revoked", 8: "signature bad", 0x10: "not for this usage", 0x20: "untrusted root", 0x40: "revocation unknown", 0x80: "cyclic", 0x100: "an extension is invalid",
  0x200: "policy constraints", 0x400: "basic constraints", 0x800: "name constraints", 0x1000: "name constraint not supported", 0x2000: "name constraint not defined", 0x4000: "name not permitted",
  0x8000: "name excluded", 0x10000: "chain ends early", 0x100000: "weak signature", 0x1000000: "revocation offline", 0x2000000: "no policy", 0x4000000: "distrusted"};
const trustText = bits => Object.entries(TRUST).filter(t => bits & t[0]).map(t => t[1]).join(", ") || "nothing wrong";

function sides(c) {
  const rows = [["state", s => h("span.state", {"data-s": stateOf(s)}, stateOf(s))], ["status", s => [STATUS[s.status] || "", h("span.under.mono", {}, s.status)], s => s.status], ["first alert", s => s.alert == null ? "none" : (ALERT[s.alert] || "") + " (" + s.alert + ")"],
    ["alert class", s => s.class], ["attributes", s => s.attrs ? h("code", {}, s.attrs) : "\u2013", s => s.attrs], ["flags", s => s.flags || "\u2013"], ["consumed", s => number(s.consumed) + " of " + number(s.fed)], ["calls", s => number(s.calls)]];
  const key = (r, s) => s ? r[2] ? r[2](s) : r[0] === "state" ? stateOf(s) : r[1](s) : "";
  return h("div.sides", {"--n": labels.length}, labels.map((l, i) => h("dl.side", {style: "margin:0"}, h("div", {}, l, " ", h("span.quiet", {}, D.manifest.backends[l])), rows.map(r => {
    const s = c.seen[i], same = r[0] === "calls" || c.seen.length < 2 || c.seen.some((o, k) => k !== i && key(r, o) === key(r, s));
    return h("div" + (same ? "" : ".differs"), {}, h("dt", {}, r[0]), h("dd", {}, s ? r[1](s) : "took no part"));
  }))));
}

// ---- what was sent ----
const tree = nodes => h("ul", {}, nodes.map(n => h("li" + (n.wrong ? ".wrong" : ""), {}, n.text, n.kids.length ? tree(n.kids) : null)));
const ITEM = {A: "anchor", C: "certificate", R: "revocation list", H: "host", U: "usage", T: "time"};
function commonName(b) {
  let last = "";
  for (let i = 0; i + 8 < b.length; i++) if (b[i] === 0x55 && b[i + 1] === 4 && b[i + 2] === 3 && b[i + 4] < 64) last = new TextDecoder("latin1").decode(b.subarray(i + 5, i + 5 + b[i + 4]));
  return last.replace(/[^\x20-\x7e]/g, "\ufffd");
}
// A chain's items (chain.h): a letter, four octets of length, the content.
function itemsOf(b) {
  const out = [];
  let leaf = true;
  for (let at = 0; at + 5 <= b.length;) {
    const kind = String.fromCharCode(b[at]), len = (b[at + 1] << 24 | b[at + 2] << 16 | u16(b, at + 3)) >>> 0, body = b.subarray(at + 5, at + 5 + len);
    const text = kind === "H" || kind === "U" ? new TextDecoder("latin1").decode(body).replace(/[^\x20-\x7e]/g, "\ufffd") : kind === "T" && len === 8 ? new Date(1000 * body.reduce((a, x) => a * 256 + x, 0)).toISOString().slice(0, 10) : number(len) + " octets " + commonName(body);
    out.push({text: (kind === "C" && leaf ? "leaf" : ITEM[kind] || kind) + ": " + text, kids: [], wrong: body.length < len, bytes: body});
    leaf = leaf && kind !== "C";
    at += 5 + len;
  }
  return out;
}
function sent(c) {
  if (!c.stimulus) return h("p.note", {}, c.kind === "replay" || c.kind === "chain" ? "Too long for the page: sspi diff show has it." : c.ops.length ? "A live peer's octets, which follow from its keys; changed on their way:" : "A live peer's octets, which follow from its keys.",
    c.kind !== "replay" && c.ops.length ? h("ul.tree", {style: "list-style:disc"}, c.ops.map(o => h("li", {}, o.startsWith("at.flight") ? "flight " + (+o.slice(10) + 1) + " of the peer" : h("code", {}, o)))) : null);
  const list = c.kind === "chain" ? itemsOf(bytesOf(c.stimulus)) : recordsOf(bytesOf(c.stimulus));
  return h("div.records", {}, list.map((r, i) => h("details.record", {open: i < 3 && r.kids.length > 0}, h("summary", {}, h("b", {}, i + 1 + ". "), h("span" + (r.wrong ? ".unexplained" : ""), {}, r.text)),
    r.kids.length ? h("div.tree", {}, tree(r.kids)) : null, h("pre.hex", {tabindex: "0"}, hexDump(r.bytes, 512)))));
}

// ---- what came back ----
// One line for each record or message, of the text that skeleton.c makes; for chains, of the trust bits.
function answers(c, s) {
  if (!s) return [];
  if (c.kind === "chain") return s.attrs.split(" ").filter(Boolean).map(t => {
    const m = /^(trust|e\d+)=([0-9a-f]+)\/([0-9a-f]+)$/.exec(t);
    return m ? [m[1] === "trust" ? "the chain" : m[1] === "e0" ? "leaf" : "element " + m[1].slice(1), trustText(parseInt(m[2], 16))] : [t, ""];
  });
  return s.reply.split(" ").filter(Boolean).map(t => {
    const m = /^([^(]+)(?:\((\d+)(?:,(\d+))?\))?$/.exec(t) || [t, t];
    if (m[1] === "alert") return ["alert", m[2] ? (m[2] === "2" ? "fatal " : "warning ") + (ALERT[m[3]] || m[3]) : "of no known form"];
    return [REPLY[m[1]] || m[1].replace(/^hs(\d+)$/, "message $1"), m[2] ? "up to " + number(32 * m[2]) + " octets" : ""];
  });
}
function conversation(c) {
  const all = c.seen.map(s => answers(c, s)), text = a => a ? a.join("|") : "";
  const alone = (i, n) => all.length > 1 && all.every((o, k) => k === i || text(o[n]) !== text(all[i][n]));
  return h("section", {}, h("h3", {style: "margin-bottom:8px"}, "Record by record"), h("div.talk", {"--n": labels.length},
    h("div.sent", {}, h("h4", {}, c.kind === "chain" ? "The chain" : "Sent to each"), sent(c)),
    labels.map((l, i) => h("div.answer", {}, h("h4", {}, l), h("ol", {}, all[i].map((a, n) => h("li" + (alone(i, n) ? ".apart" : ""), {}, h("b", {}, a[0]), a[1] ? h("span.under", {}, breakable(a[1])) : null)),
      all[i].length ? null : h("li.silent", {}, c.seen[i] ? "no answer" : "took no part")),
      c.seen[i] ? h("p.end", {}, h("span.state", {"data-s": stateOf(c.seen[i])}, stateOf(c.seen[i])), h("span.under", {}, breakable(STATUS[c.seen[i].status] || c.seen[i].status))) : null))));
}
