// SPDX-License-Identifier: MIT
"use strict";
// What numbers mean, and records taken apart for a reader.
const STATUS = {"0x00000000": "SEC_E_OK", "0x00090312": "SEC_I_CONTINUE_NEEDED", "0x00090317": "SEC_I_CONTEXT_EXPIRED", "0x00090320": "SEC_I_INCOMPLETE_CREDENTIALS", "0x00090321": "SEC_I_RENEGOTIATE", "0x80090300": "SEC_E_INSUFFICIENT_MEMORY", "0x80090301": "SEC_E_INVALID_HANDLE", "0x80090302": "SEC_E_UNSUPPORTED_FUNCTION", "0x80090304": "SEC_E_INTERNAL_ERROR", "0x80090308": "SEC_E_INVALID_TOKEN", "0x8009030e": "SEC_E_NO_CREDENTIALS", "0x8009030f": "SEC_E_MESSAGE_ALTERED", "0x80090318": "SEC_E_INCOMPLETE_MESSAGE", "0x80090321": "SEC_E_BUFFER_TOO_SMALL", "0x80090322": "SEC_E_WRONG_PRINCIPAL", "0x80090325": "SEC_E_UNTRUSTED_ROOT", "0x80090326": "SEC_E_ILLEGAL_MESSAGE", "0x80090327": "SEC_E_CERT_UNKNOWN", "0x80090328": "SEC_E_CERT_EXPIRED", "0x80090330": "SEC_E_DECRYPT_FAILURE", "0x80090331": "SEC_E_ALGORITHM_MISMATCH", "0x80090349": "SEC_E_CERT_WRONG_USAGE", "0x8009035d": "SEC_E_INVALID_PARAMETER", "0x80090367": "SEC_E_APPLICATION_PROTOCOL_MISMATCH", "0x80092010": "CRYPT_E_REVOKED", "0x80092012": "CRYPT_E_NO_REVOCATION_CHECK", "0x80092013": "CRYPT_E_REVOCATION_OFFLINE", "0x80092009": "CRYPT_E_NO_MATCH", "0x80093102": "CRYPT_E_ASN1_EOD", "0x80096004": "TRUST_E_CERT_SIGNATURE", "0x80096019": "TRUST_E_BASIC_CONSTRAINTS", "0x800b0101": "CERT_E_EXPIRED", "0x800b0105": "CERT_E_CRITICAL", "0x800b0109": "CERT_E_UNTRUSTEDROOT", "0x800b010a": "CERT_E_CHAINING", "0x800b010c": "CERT_E_REVOKED", "0x800b010f": "CERT_E_CN_NO_MATCH", "0x800b0110": "CERT_E_WRONG_USAGE", "0x800b0114": "CERT_E_INVALID_NAME"};
const ALERT = {0: "close_notify", 10: "unexpected_message", 20: "bad_record_mac", 21: "decryption_failed", 22: "record_overflow", 30: "decompression_failure", 40: "handshake_failure", 42: "bad_certificate", 43: "unsupported_certificate", 44: "certificate_revoked", 45: "certificate_expired", 46: "certificate_unknown", 47: "illegal_parameter", 48: "unknown_ca", 49: "access_denied", 50: "decode_error", 51: "decrypt_error", 70: "protocol_version", 71: "insufficient_security", 80: "internal_error", 86: "inappropriate_fallback", 90: "user_canceled", 100: "no_renegotiation", 109: "missing_extension", 110: "unsupported_extension", 112: "unrecognized_name", 113: "bad_certificate_status_response", 115: "unknown_psk_identity", 116: "certificate_required", 120: "no_application_protocol"};
const CONTENT = {20: "change_cipher_spec", 21: "alert", 22: "handshake", 23: "application_data", 24: "heartbeat"};
const HANDSHAKE = {0: "HelloRequest", 1: "ClientHello", 2: "ServerHello", 4: "NewSessionTicket", 5: "EndOfEarlyData", 8: "EncryptedExtensions", 11: "Certificate", 12: "ServerKeyExchange", 13: "CertificateRequest", 14: "ServerHelloDone", 15: "CertificateVerify", 16: "ClientKeyExchange", 20: "Finished", 22: "CertificateStatus", 24: "KeyUpdate", 254: "message_hash"};
const EXTENSION = {0: "server_name", 1: "max_fragment_length", 5: "status_request", 10: "supported_groups", 11: "ec_point_formats", 13: "signature_algorithms", 14: "use_srtp", 15: "heartbeat", 16: "ALPN", 18: "signed_certificate_timestamp", 19: "client_certificate_type", 20: "server_certificate_type", 21: "padding", 22: "encrypt_then_mac", 23: "extended_master_secret", 27: "compress_certificate", 28: "record_size_limit", 35: "session_ticket", 41: "pre_shared_key", 42: "early_data", 43: "supported_versions", 44: "cookie", 45: "psk_key_exchange_modes", 47: "certificate_authorities", 49: "post_handshake_auth", 50: "signature_algorithms_cert", 51: "key_share", 57: "quic_transport_parameters", 13172: "next_protocol_negotiation", 65281: "renegotiation_info"};
const hex = (n, width) => n.toString(16).padStart(width, "0");
const u16 = (b, at) => b[at] << 8 | b[at + 1];

function bytesOf(text) {
  const out = new Uint8Array(text.length >> 1);
  for (let i = 0; i < out.length; i++) out[i] = parseInt(text.substr(2 * i, 2), 16);
  return out;
}
// Nodes are {text, wrong, kids}.  Each reader says where bytes end too early instead of failing.
const node = (text, kids) => ({text, kids: kids || []});
const wrong = text => ({text, wrong: true, kids: []});

function hexDump(b, limit) {
  const lines = [], end = Math.min(b.length, limit);
  for (let i = 0; i < end; i += 16) {
    const row = Array.from(b.subarray(i, Math.min(i + 16, end)));
    lines.push(hex(i, 4) + "  " + row.map(x => hex(x, 2)).join(" ").padEnd(47) + "  " + row.map(x => x > 31 && x < 127 ? String.fromCharCode(x) : ".").join(""));
  }
  return lines.join("\n") + (b.length > end ? "\n... " + (b.length - end) + " more" : "");
}

function extensionText(type, b) {
  if (type === 0 && b.length > 5) return new TextDecoder("latin1").decode(b.subarray(5)).replace(/[^\x20-\x7e]/g, "\ufffd");
  if (type === 16 && b.length > 2) {
    const names = [];
    for (let at = 2; at < b.length; at += 1 + b[at]) names.push(new TextDecoder("latin1").decode(b.subarray(at + 1, at + 1 + b[at])).replace(/[^\x20-\x7e]/g, "\ufffd") || "(empty)");
    return names.join(", ");
  }
  const step = {10: 2, 13: 2, 43: 1, 50: 2}[type];
  if (step && b.length > step) {
    const values = [];
    for (let at = step === 1 ? 1 : 2; at + 1 < b.length && values.length < 12; at += 2) values.push(hex(u16(b, at), 4));
    return values.join(" ");
  }
  return b.length ? Array.from(b.subarray(0, 20)).map(x => hex(x, 2)).join(" ") + (b.length > 20 ? " ..." : "") : "";
}

function extensionsOf(b) {
  const kids = [];
  for (let at = 0; at < b.length;) {
    if (at + 4 > b.length) { kids.push(wrong((b.length - at) + " octets are left over")); break; }
    const type = u16(b, at), len = u16(b, at + 2), body = b.subarray(at + 4, at + 4 + len);
    const grey = (type & 0x0f0f) === 0x0a0a && type >> 8 === (type & 255);
    kids.push(node((EXTENSION[type] || (grey ? "GREASE" : "extension")) + " (" + type + "), " + len + ": " + extensionText(type, body)));
    if (body.length < len) { kids.push(wrong("ends " + (len - body.length) + " octets too early")); break; }
    at += 4 + len;
  }
  return kids;
}

function clientHello(b) {
  const kids = [];
  if (b.length < 35) return [wrong("ends too early: " + b.length + " octets")];
  kids.push(node("legacy_version " + hex(u16(b, 0), 4)));
  let at = 34 + 1 + b[34];
  kids.push(node("session id: " + b[34] + " octets"));
  if (at + 2 > b.length) return kids.concat(wrong("ends inside the session id"));
  const suites = u16(b, at), list = [];
  for (let i = at + 2; i + 1 < at + 2 + suites && i + 1 < b.length; i += 2) list.push(hex(u16(b, i), 4));
  kids.push(node("cipher suites (" + list.length + "): " + list.slice(0, 16).join(" ") + (list.length > 16 ? " ..." : "")));
  at += 2 + suites;
  if (suites % 2) kids.push(wrong("an odd length of suites: " + suites));
  if (at >= b.length) return kids.concat(wrong("ends inside the suites"));
  kids.push(node("compression: " + Array.from(b.subarray(at + 1, at + 1 + b[at])).join(" ")));
  at += 1 + b[at];
  if (at >= b.length) return kids.concat(node("no extensions"));
  const len = u16(b, at), have = b.length - at - 2;
  kids.push(node("extensions, " + len, extensionsOf(b.subarray(at + 2, at + 2 + len))));
  if (len !== have) kids.push(wrong("says " + len + " octets of extensions, has " + have));
  return kids;
}

function handshakeOf(b) {
  const kids = [];
  for (let at = 0; at < b.length;) {
    if (at + 4 > b.length) { kids.push(wrong("a part of a message's header: " + (b.length - at))); break; }
    const type = b[at], len = b[at + 1] << 16 | u16(b, at + 2), body = b.subarray(at + 4, at + 4 + len);
    kids.push(node((HANDSHAKE[type] || "message " + type) + ", " + len, type === 1 ? clientHello(body) : []));
    if (body.length < len) { kids.push(node("goes on in the next record, or never: " + (len - body.length) + " octets are missing")); break; }
    at += 4 + len;
  }
  return kids;
}

// [{text, kids, bytes}]
function recordsOf(b) {
  const out = [];
  for (let at = 0; at < b.length && out.length < 64;) {
    if (at + 5 > b.length) { out.push({text: "a part of a record's header", wrong: true, kids: [], bytes: b.subarray(at)}); break; }
    const type = b[at], len = u16(b, at + 3), body = b.subarray(at + 5, at + 5 + len);
    if (!CONTENT[type] && !out.length && b[at] & 0x80) { out.push({text: "no TLS record: an SSLv2 hello, or noise", kids: [], bytes: b.subarray(at)}); break; }
    const kids = type === 22 ? handshakeOf(body) : type === 21 && body.length === 2 ? [node((body[0] === 2 ? "fatal " : body[0] === 1 ? "warning " : "level " + body[0] + " ") + (ALERT[body[1]] || body[1]))] : [];
    if (body.length < len) kids.push(wrong("the record ends " + (len - body.length) + " octets too early"));
    out.push({text: (CONTENT[type] || "type " + type) + " " + hex(u16(b, at + 1), 4) + ", " + len + " octets", wrong: !CONTENT[type] || len > 16640, kids, bytes: b.subarray(at, at + 5 + len)});
    at += 5 + len;
  }
  return out;
}
