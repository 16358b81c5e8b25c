/* SPDX-License-Identifier: MIT
 *
 * tools/diff/words.h -- the vocabulary of features.c: X(identifier, word, meaning). */
#ifndef DIFF_WORDS_H
#define DIFF_WORDS_H

/* clang-format off */
#define DIFF_WORDS(X) \
    X(ROLE_ACCEPT, "role.accept", "a client sent it, a server reads it") \
    X(ROLE_INITIALIZE, "role.initialize", "a server sent it, a client reads it") \
    /* how it begins */ \
    X(FIRST_NOTHING, "first.nothing", "there are no octets") \
    X(FIRST_SHORT, "first.short", "less than a record's header") \
    X(FIRST_HANDSHAKE, "first.handshake", "a handshake record") \
    X(FIRST_ALERT, "first.alert", "an alert record") \
    X(FIRST_ALERT_WARNING, "first.alert.warning", "an alert of level 1 other than close_notify") \
    X(FIRST_ALERT_CLOSE, "first.alert.close", "close_notify") \
    X(FIRST_ALERT_FATAL, "first.alert.fatal", "an alert of level 2") \
    X(FIRST_CCS, "first.ccs", "a ChangeCipherSpec") \
    X(FIRST_DATA, "first.data", "application data") \
    X(FIRST_UNKNOWN, "first.unknown", "a record of no known type") \
    X(FIRST_HTTP, "first.http", "a request of HTTP") \
    X(FIRST_OTHER, "first.other", "neither a record nor HTTP nor SSL 2") \
    /* records */ \
    X(REC_EMPTY, "rec.empty", "a record without content") \
    X(REC_EMPTY_FIRST, "rec.empty.first", "the first one") \
    X(REC_EMPTY_HANDSHAKE, "rec.empty.handshake", "an empty handshake record") \
    X(REC_EMPTY_INSIDE, "rec.empty.inside", "an empty handshake record amid a message") \
    X(REC_EMPTY_CCS, "rec.empty.ccs", "an empty ChangeCipherSpec") \
    X(REC_EMPTY_ALERT, "rec.empty.alert", "an empty alert") \
    X(REC_EMPTY_DATA, "rec.empty.data", "an empty record of application data") \
    X(REC_EMPTY_MANY, "rec.empty.many", "more than 32 empty records") \
    X(REC_TINY, "rec.tiny", "a first handshake record of less than a message's header") \
    X(REC_ONE, "rec.one", "a handshake record of one octet") \
    X(REC_SMALL, "rec.small", "a handshake message in records of at most 64 octets") \
    X(REC_MANY, "rec.many", "more than 32 records") \
    X(REC_VERSION_0000, "rec.version.0000", "a record of version 0x0000") \
    X(REC_VERSION_0002, "rec.version.0002", "a record of version 0x0002") \
    X(REC_VERSION_0200, "rec.version.0200", "a record of version 0x0200") \
    X(REC_VERSION_0300, "rec.version.0300", "a record of version 0x0300") \
    X(REC_VERSION_0301, "rec.version.0301", "a record of version 0x0301") \
    X(REC_VERSION_0302, "rec.version.0302", "a record of version 0x0302") \
    X(REC_VERSION_0303, "rec.version.0303", "a record of version 0x0303") \
    X(REC_VERSION_0304, "rec.version.0304", "a record of version 0x0304") \
    X(REC_VERSION_0400, "rec.version.0400", "a record of version 0x0400") \
    X(REC_VERSION_03XX, "rec.version.03xx", "a record of version 0x0305 or more, with major version 3") \
    X(REC_VERSION_FOREIGN, "rec.version.foreign", "a record whose major version is not 3") \
    X(REC_VERSION_FIRST_FOREIGN, "rec.version.first.foreign", "the first record's major version is not 3") \
    X(REC_VERSION_MIXED, "rec.version.mixed", "records of several versions") \
    X(REC_TYPE_UNKNOWN, "rec.type.unknown", "a record of a type other than 20 to 24") \
    X(REC_TYPE_24, "rec.type.24", "a heartbeat record") \
    X(REC_OVER_14, "rec.over.14", "a record says more than 2^14 octets") \
    X(REC_OVER_13, "rec.over.13", "a record says more than 2^14 + 256 octets") \
    X(REC_OVERLONG, "rec.overlong", "a record says more than 2^14 + 2048 octets") \
    X(REC_TRUNCATED, "rec.truncated", "the last record is not all there") \
    X(REC_TRAILING, "rec.trailing", "octets behind the last record that are none") \
    /* what is not handshake */ \
    X(ALERT, "alert", "an alert somewhere") \
    X(ALERT_BEFORE_CH, "alert.before.ch", "an alert before the first message") \
    X(ALERT_AFTER, "alert.after", "an alert behind a handshake message") \
    X(ALERT_INSIDE, "alert.inside", "an alert amid a handshake message") \
    X(ALERT_WARNING, "alert.warning", "an alert of level 1 other than close_notify") \
    X(ALERT_CLOSE, "alert.close", "close_notify") \
    X(ALERT_FATAL, "alert.fatal", "an alert of level 2") \
    X(ALERT_CANCELED, "alert.canceled", "user_canceled, of whatever level") \
    X(ALERT_RENEGOTIATION, "alert.renegotiation", "no_renegotiation, of another level than 2") \
    X(ALERT_LEVEL_UNKNOWN, "alert.level.unknown", "an alert of another level than 1 and 2") \
    X(ALERT_LEN_BAD, "alert.len.bad", "an alert record of another length than 2") \
    X(ALERT_MANY, "alert.many", "several alerts") \
    X(ALERT_FLOOD, "alert.flood", "five alerts or more") \
    X(CCS, "ccs", "a ChangeCipherSpec somewhere") \
    X(CCS_BEFORE_CH, "ccs.before.ch", "a ChangeCipherSpec before the first message") \
    X(CCS_AFTER_CH, "ccs.after.ch", "a ChangeCipherSpec behind a handshake message") \
    X(CCS_INSIDE, "ccs.inside", "a ChangeCipherSpec amid a handshake message") \
    X(CCS_MANY, "ccs.many", "several of them") \
    X(CCS_VALUE_BAD, "ccs.value.bad", "one whose octet is not 1") \
    X(CCS_LEN_BAD, "ccs.len.bad", "one of another length than 1") \
    X(DATA, "data", "application data somewhere") \
    X(DATA_BEFORE_CH, "data.before.ch", "application data before the first message") \
    X(DATA_AFTER, "data.after", "application data behind a handshake message") \
    X(DATA_INSIDE, "data.inside", "application data amid a handshake message") \
    X(UNKNOWN_INSIDE, "unknown.inside", "a record of no known type amid a handshake message") \
    /* messages */ \
    X(HS_FIRST_OTHER, "hs.first.other", "the first message is not the hello that is due") \
    X(HS_TYPE_UNKNOWN, "hs.type.unknown", "a message of no known type") \
    X(HS_LEN_HUGE, "hs.len.huge", "a message says 2^17 octets or more") \
    X(HS_LEN_BIG, "hs.len.big", "a message says more than 2^14 octets") \
    X(HS_TRAILING, "hs.trailing", "handshake octets that are no whole message's header") \
    X(HS_INTERRUPTED, "hs.interrupted", "another record amid a message") \
    X(HS_ENCRYPTED, "hs.encrypted", "a handshake record behind ChangeCipherSpec that is ciphertext") \
    X(HS_DAMAGED, "hs.damaged", "a message whose form is none that is known") \
    X(MORE_AFTER_CH, "more.after.ch", "another message behind the first hello, in records of its own or not") \
    X(MORE_IN_RECORD, "more.in.record", "another message in the record that ends the first hello") \
    X(CKE, "cke", "a ClientKeyExchange") \
    X(CKE_OFFCURVE, "cke.offcurve", "whose point, by its length of a NIST curve, is not on it") \
    X(CERT, "cert", "a Certificate") \
    X(CERT_EMPTY, "cert.empty", "a Certificate of nobody") \
    X(CERT_VERIFY, "cert.verify", "a CertificateVerify") \
    X(KEY_UPDATE, "key.update", "a KeyUpdate in the clear") \
    X(FINISHED, "finished", "a Finished in the clear") \
    /* the ClientHello */ \
    X(CH, "ch", "a ClientHello, first of all messages") \
    X(CH_SSLV2, "ch.sslv2", "a ClientHello as SSL 2 wrote it") \
    X(CH_TWICE, "ch.twice", "two ClientHellos") \
    X(CH_FRAGMENTED, "ch.fragmented", "the ClientHello comes in several records") \
    X(CH_FRAGMENTED_MANY, "ch.fragmented.many", "in more than 16 records") \
    X(CH_TRUNCATED, "ch.truncated", "the ClientHello is not all there") \
    X(CH_LEN_HUGE, "ch.len.huge", "the ClientHello says 2^17 octets or more") \
    X(CH_LEN_BIG, "ch.len.big", "the ClientHello says more than 2^14 octets") \
    X(CH_LEN_ZERO, "ch.len.zero", "the ClientHello says it is empty") \
    X(CH_DAMAGED, "ch.damaged", "the ClientHello does not follow its form, its extensions' contents aside") \
    X(CH_EXTRA, "ch.extra", "octets behind the ClientHello's extensions") \
    X(CH_NO_EXTENSIONS, "ch.no.extensions", "a ClientHello without a list of extensions") \
    X(CH_EXT_LIST_BAD, "ch.ext.list.bad", "its extensions do not fill their list") \
    X(CH_EXT_DUP, "ch.ext.dup", "an extension twice") \
    X(CH_EXT_UNKNOWN, "ch.ext.unknown", "an extension without a name here") \
    X(CH_EXT_BAD, "ch.ext.bad", "an extension whose content does not follow its form") \
    X(CH_GREASE, "ch.grease", "a value of RFC 8701 in a list") \
    X(CH_TLS13, "ch.tls13", "TLS 1.3 is offered by supported_versions") \
    X(CH_TLS12, "ch.tls12", "TLS 1.2 is offered") \
    X(CH_NO_VERSION, "ch.no.version", "neither TLS 1.2 nor 1.3 is offered") \
    X(CH_TLS12_ONLY, "ch.tls12.only", "TLS 1.2 is offered and 1.3 is not") \
    X(CH_TLS13_ONLY, "ch.tls13.only", "TLS 1.3 is offered and 1.2 is not") \
    X(CH_VERSIONS_TLS12_FIRST, "ch.versions.tls12.first", "supported_versions has TLS 1.2 before 1.3") \
    X(CH_LEGACY_LOW, "ch.legacy.low", "legacy_version below 0x0300") \
    X(CH_LEGACY_0300, "ch.legacy.0300", "legacy_version 0x0300") \
    X(CH_LEGACY_0301, "ch.legacy.0301", "legacy_version 0x0301") \
    X(CH_LEGACY_0302, "ch.legacy.0302", "legacy_version 0x0302") \
    X(CH_LEGACY_0304, "ch.legacy.0304", "legacy_version 0x0304") \
    X(CH_LEGACY_HIGH, "ch.legacy.high", "legacy_version above 0x0304, major version 3") \
    X(CH_LEGACY_FOREIGN, "ch.legacy.foreign", "legacy_version with a major version above 3") \
    X(CH_SESSION, "ch.session", "a session id") \
    X(CH_SESSION_LONG, "ch.session.long", "of more than 32 octets") \
    X(CH_SESSION_SHORT, "ch.session.short", "of less than 32 octets") \
    X(CH_SUITES_EMPTY, "ch.suites.empty", "no cipher suite at all") \
    X(CH_SUITES_ODD, "ch.suites.odd", "an odd length of suites") \
    X(CH_SUITES_MANY, "ch.suites.many", "more than 150 cipher suites") \
    X(CH_NO_COMMON_SUITE, "ch.no.common.suite", "no cipher suite for the best version offered and the certificate") \
    X(CH_SUITES_LEGACY, "ch.suites.legacy", "no suite of TLS 1.3 and none with ECDHE and AEAD") \
    X(CH_SCSV_FALLBACK, "ch.scsv.fallback", "TLS_FALLBACK_SCSV") \
    X(CH_NO_RENEGOTIATION, "ch.no.renegotiation", "neither renegotiation_info nor its SCSV") \
    X(CH_COMPRESSION_NONNULL, "ch.compression.nonnull", "compression beside null") \
    X(CH_COMPRESSION_NO_NULL, "ch.compression.no.null", "compression without null") \
    X(CH_COMPRESSION_EMPTY, "ch.compression.empty", "no compression, not even null") \
    X(CH_NO_GROUPS, "ch.no.groups", "no supported_groups") \
    X(CH_NO_P256, "ch.no.p256", "supported_groups without P-256, the curve of the certificate") \
    X(CH_SRTP, "ch.srtp", "use_srtp, which is of DTLS") \
    X(CH_NO_COMMON_GROUP, "ch.no.common.group", "supported_groups without X25519, P-256 and P-384") \
    X(CH_NO_SIGALGS, "ch.no.sigalgs", "no signature_algorithms") \
    X(CH_NO_COMMON_SIGALG, "ch.no.common.sigalg", "signature_algorithms without one for the certificate") \
    X(CH_SIGALGS_MANY, "ch.sigalgs.many", "more than 64 schemes") \
    X(CH_NO_SHARE, "ch.no.share", "TLS 1.3 without key_share") \
    X(CH_SHARE_NOT_IN_GROUPS, "ch.share.not.in.groups", "a share whose group supported_groups does not list") \
    X(CH_SHARE_ONLY_UNSUPPORTED, "ch.share.only.unsupported", "shares, none of X25519, P-256, P-384") \
    X(CH_SHARE_ORDER, "ch.share.order", "shares in another order than their groups") \
    X(CH_SHARE_DUP, "ch.share.dup", "two shares of one group") \
    X(CH_SHARE_LOWER, "ch.share.lower", "shares, but none for the first common group of the list") \
    X(CH_SHARE_LEN, "ch.share.len", "a share of another length than its group's") \
    X(CH_SHARE_FORM, "ch.share.form", "a share that is no uncompressed point") \
    X(CH_SHARE_OFFCURVE, "ch.share.offcurve", "a share that is not on its curve") \
    X(CH_SHARE_LOW, "ch.share.low", "an X25519 or X448 share of small order, or zero") \
    X(CH_SHARE_BAD, "ch.share.bad", "one of the four") \
    X(CH_HRR, "ch.hrr", "a common group, and a share for none of them") \
    X(CH_SNI_NUL, "ch.sni.nul", "a NUL in the server name") \
    X(CH_SNI_LONG, "ch.sni.long", "a server name of more than 255 octets") \
    X(CH_SNI_UTF8, "ch.sni.utf8", "a server name with octets above 126 or controls") \
    X(CH_SNI_UNDERSCORE, "ch.sni.underscore", "a server name with an underscore") \
    X(CH_SNI_EMPTY, "ch.sni.empty", "an empty server name") \
    X(CH_SNI_TWO, "ch.sni.two", "two server names") \
    X(CH_SNI_TYPE, "ch.sni.type", "a server name of another type than host_name") \
    X(CH_SNI_ADDRESS, "ch.sni.address", "a server name of digits and dots, or with a colon") \
    X(CH_SNI_DOT, "ch.sni.dot", "a server name that begins or ends with a dot, or has two in a row") \
    X(CH_SNI_UPPER, "ch.sni.upper", "capitals in the server name") \
    X(CH_SNI_CHARS, "ch.sni.chars", "a character that is in no host name") \
    X(CH_SNI_OTHER, "ch.sni.other", "another server name than localhost") \
    X(CH_MFL_BAD, "ch.mfl.bad", "max_fragment_length outside 1 to 4") \
    X(CH_RSL_SMALL, "ch.rsl.small", "record_size_limit below 64") \
    X(CH_ALPN_NAME_EMPTY, "ch.alpn.name.empty", "an empty protocol name") \
    X(CH_ALPN_MISMATCH, "ch.alpn.mismatch", "neither h2 nor http/1.1") \
    X(CH_PSK, "ch.psk", "pre_shared_key") \
    X(CH_PSK_NO_MODES, "ch.psk.no.modes", "without psk_key_exchange_modes") \
    X(CH_PSK_NOT_LAST, "ch.psk.not.last", "and not as the last extension") \
    X(CH_PSK_BINDERS, "ch.psk.binders", "with another number of binders than of identities") \
    X(CH_PSK_BINDER_SHORT, "ch.psk.binder.short", "with a binder of less than 32 octets") \
    X(CH_MODES_NO_DHE, "ch.modes.no.dhe", "psk_key_exchange_modes without psk_dhe_ke") \
    X(CH_EARLY, "ch.early", "early_data") \
    X(CH_EARLY_NO_PSK, "ch.early.no.psk", "early_data without pre_shared_key") \
    X(CH_FORMATS_NO_NULL, "ch.formats.no.null", "ec_point_formats without uncompressed") \
    X(CH_NO_EMS, "ch.no.ems", "no extended_master_secret") \
    /* the server's messages */ \
    X(SH, "sh", "a ServerHello, first of all messages") \
    X(SH_TWICE, "sh.twice", "two ServerHellos") \
    X(SH_HRR, "sh.hrr", "a HelloRetryRequest") \
    X(SH_HRR_TWICE, "sh.hrr.twice", "two of them") \
    X(SH_TRUNCATED, "sh.truncated", "the ServerHello is not all there") \
    X(SH_FRAGMENTED, "sh.fragmented", "the ServerHello comes in several records") \
    X(SH_LEN_HUGE, "sh.len.huge", "the ServerHello says 2^17 octets or more") \
    X(SH_DAMAGED, "sh.damaged", "the ServerHello does not follow its form") \
    X(SH_TLS13, "sh.tls13", "TLS 1.3 is chosen") \
    X(SH_TLS12, "sh.tls12", "TLS 1.2 is chosen") \
    X(SH_VERSION_OLD, "sh.version.old", "an older version is chosen") \
    X(SH_VERSION_BAD, "sh.version.bad", "no version at all is chosen") \
    X(SH_SUITE_OTHER, "sh.suite.other", "a suite that no client here offers, or of another version") \
    X(SH_COMPRESSION, "sh.compression", "compression other than null is chosen") \
    X(SH_SESSION, "sh.session", "a session id") \
    X(SH_DOWNGRADE, "sh.downgrade", "a random value that warns of a downgrade") \
    X(SH_NO_RENEGOTIATION, "sh.no.renegotiation", "TLS 1.2 without renegotiation_info") \
    X(SH_NO_EMS, "sh.no.ems", "TLS 1.2 without extended_master_secret") \
    X(SH_EXT_DUP, "sh.ext.dup", "an extension twice") \
    X(SH_EXT_UNKNOWN, "sh.ext.unknown", "an extension without a name here") \
    X(SH_EXT_UNOFFERED, "sh.ext.unoffered", "an extension that not every client here offers") \
    X(SH_EXT_BAD, "sh.ext.bad", "an extension whose content does not follow its form") \
    X(SH_SHARE_BAD, "sh.share.bad", "a share that is no public value of its group") \
    X(SH_SHARE_OTHER, "sh.share.other", "a share of a group that no client here offers") \
    X(SH_NO_SHARE, "sh.no.share", "TLS 1.3 without a share") \
    X(SKE, "ske", "a ServerKeyExchange") \
    X(SKE_BAD, "ske.bad", "of another curve than X25519, P-256 and P-384, or no point") \
    X(CERT_REQUEST, "cert.request", "a CertificateRequest in the clear") \
    X(HELLO_DONE, "hello.done", "a ServerHelloDone") \
    X(HELLO_REQUEST, "hello.request", "a HelloRequest") \
    X(TICKET, "ticket", "a NewSessionTicket in the clear") \
    /* live pairs; the role words say who reads */ \
    X(LIVE, "live", "a live pair") \
    X(LIVE_PEER_OPENSSL, "live.peer.openssl", "the other end is openssl") \
    X(LIVE_PEER_GNUTLS, "live.peer.gnutls", "the other end is gnutls") \
    X(LIVE_PEER_WOLFSSL, "live.peer.wolfssl", "the other end is wolfssl") \
    X(LIVE_ANY, "live.any", "TLS 1.2 and 1.3 at both ends") \
    X(LIVE_TLS12, "live.tls12", "TLS 1.2 alone") \
    X(LIVE_TLS13, "live.tls13", "TLS 1.3 alone") \
    X(LIVE_ECDSA, "live.ecdsa", "the server's key is P-256") \
    X(LIVE_RSA, "live.rsa", "the server's key is RSA") \
    X(LIVE_ED25519, "live.ed25519", "the server's key is Ed25519") \
    X(LIVE_CLIENT_ABSENT, "live.client.absent", "a certificate is asked for and not given") \
    X(LIVE_CLIENT_GIVEN, "live.client.given", "a certificate is asked for and given") \
    X(LIVE_ALPN_MATCH, "live.alpn.match", "a protocol in common") \
    X(LIVE_ALPN_MISMATCH, "live.alpn.mismatch", "protocols, none in common") \
    X(LIVE_NAME_MISS, "live.name.miss", "the client means another name than the certificate's") \
    X(LIVE_FRESH, "live.fresh", "a first connection") \
    X(LIVE_RESUMED, "live.resumed", "a second connection, sessions kept") \
    X(LIVE_JUDGED, "live.judged", "both ends judge chains") \
    X(LIVE_WHOLE, "live.whole", "delivered whole") \
    X(LIVE_BYTES, "live.bytes", "delivered octet by octet") \
    X(LIVE_RECORDS, "live.records", "delivered record by record") \
    X(LIVE_SMALL, "live.small", "into too little room first") \
    X(LIVE_MEMORY, "live.memory", "into the caller's memory") \
    /* under known secrets: what other words say is said of what stands inside */ \
    X(SECRET, "secret", "a live pair with a man in the middle who holds the peer's key log") \
    X(SECRET_AES128, "secret.aes128", "the suite is AES-128-GCM") \
    X(SECRET_AES256, "secret.aes256", "the suite is AES-256-GCM") \
    X(SECRET_CHACHA, "secret.chacha", "the suite is ChaCha20-Poly1305") \
    X(SECRET_HANDSHAKE, "secret.handshake", "the end of the peer's handshake is changed") \
    X(SECRET_WORD, "secret.word", "what the peer says first after the handshake is changed") \
    X(SECRET_END, "secret.end", "the peer's close_notify is changed")
/* clang-format on */

#endif
