/* SPDX-License-Identifier: MIT
 *
 * tools/diff/extensions.h -- the extensions that have a name here, by type: X(type, name, form in a
 * ClientHello or CertificateRequest, form in an answer, another form of an answer).  The forms are of
 * grammar.c; NULL: any octets. */
#ifndef DIFF_EXTENSIONS_H
#define DIFF_EXTENSIONS_H

/* clang-format off */
#define DIFF_EXTENSIONS(X) \
    X(0, SNI, names, nothing, NULL) \
    X(1, MFL, one8, one8, NULL) \
    X(5, STATUS, status_request, nothing, status_response) \
    X(10, GROUPS, list16_u16, list16_u16, NULL) \
    X(11, FORMATS, list8_u8, list8_u8, NULL) \
    X(13, SIGALGS, list16_u16, list16_u16, NULL) \
    X(15, HEARTBEAT, one8, one8, NULL) \
    X(16, ALPN, list16_opaque8, list16_opaque8, NULL) \
    X(17, STATUS2, NULL, NULL, NULL) \
    X(18, SCT, nothing, list16_opaque16, NULL) \
    X(19, CLIENTTYPE, type_list, one8, NULL) \
    X(20, SERVERTYPE, type_list, one8, NULL) \
    X(21, PADDING, NULL, NULL, NULL) \
    X(22, ETM, nothing, nothing, NULL) \
    X(23, EMS, nothing, nothing, NULL) \
    X(27, COMPRESSCERT, list8_u16, list8_u16, NULL) \
    X(28, RSL, one16, one16, NULL) \
    X(34, DELEGATED, list16_u16, NULL, NULL) \
    X(35, TICKET, NULL, nothing, NULL) \
    X(41, PSK, psk_offer, one16, NULL) \
    X(42, EARLY, nothing, nothing, one32) \
    X(43, VERSIONS, list8_u16, one16, NULL) \
    X(44, COOKIE, one_opaque16, one_opaque16, NULL) \
    X(45, PSKMODES, list8_u8, list8_u8, NULL) \
    X(47, CAS, list16_opaque16, list16_opaque16, NULL) \
    X(48, FILTERS, filters, filters, NULL) \
    X(49, POSTAUTH, nothing, nothing, NULL) \
    X(50, CERTSIGALGS, list16_u16, list16_u16, NULL) \
    X(51, SHARE, shares, share, one16) \
    X(57, QUIC, NULL, NULL, NULL) \
    X(13172, NPN, nothing, NULL, NULL) \
    X(17513, ALPS, list16_opaque8, NULL, NULL) \
    X(65037, ECH, NULL, NULL, NULL) \
    X(65281, RENEGOTIATION, one_opaque8, one_opaque8, NULL)
/* clang-format on */

#endif
