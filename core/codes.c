/* SPDX-License-Identifier: MIT
 * core/codes.c -- every status code in words. */
#include <config.h>

#include "core/status.h"

#include <stddef.h>
#include <strings.h>

#define CODE(name, meaning, causes) { name, #name, meaning, causes }
#define NEVER "OpenSSPI does not return it."
#define KERBEROS "Belongs to Kerberos; OpenSSPI does not return it."

/* One row for every SEC_, CRYPT_E_, CERT_E_ and TRUST_E_ code of winerror.h (a test compares). */
static const struct status_text codes[] = {
    CODE(SEC_E_OK, "The call did what it was asked to.",
         "Success. After a handshake call: the connection is established; a token may still have to be "
         "sent."),
    CODE(SEC_I_CONTINUE_NEEDED,
         "The handshake goes on: send the output token, if any, and pass the peer's next bytes.",
         "Normal during a handshake."),
    CODE(SEC_I_INCOMPLETE_CREDENTIALS, "The server asks for a client certificate and none was supplied.",
         "Acquire credentials with a certificate and repeat the call, or repeat it as it is to go on "
         "without one."),
    CODE(SEC_I_RENEGOTIATE,
         "A handshake message arrived among the data; pass the bytes marked SECBUFFER_EXTRA to ISC or ASC.",
         "TLS 1.3 session tickets and key updates; a TLS 1.2 peer that wants to renegotiate."),
    CODE(SEC_I_CONTEXT_EXPIRED, "The peer closed the connection in good order (close_notify).",
         "Normal at the end of a connection."),
    CODE(SEC_I_MESSAGE_FRAGMENT, "DTLS: the output token is one of several; send it and call again.",
         "Large handshake flights over a small MTU."),
    CODE(SEC_I_COMPLETE_NEEDED, "The caller must finish with CompleteAuthToken.", NEVER),
    CODE(SEC_I_COMPLETE_AND_CONTINUE, "The caller must call CompleteAuthToken and then send the token.",
         NEVER),
    CODE(SEC_I_LOCAL_LOGON, "The logon happened on this machine.", NEVER),
    CODE(SEC_I_GENERIC_EXTENSION_RECEIVED, "A TLS extension the caller subscribed to has arrived.", NEVER),
    CODE(SEC_I_NO_LSA_CONTEXT, "There is no context in the system's security process.", NEVER),
    CODE(SEC_I_SIGNATURE_NEEDED, "The caller must sign the data that was returned.", NEVER),
    CODE(SEC_I_NO_RENEGOTIATION, "The peer does not renegotiate.", NEVER),
    CODE(SEC_I_CONTINUE_NEEDED_MESSAGE_OK, "The handshake goes on, but data may be sent already.", NEVER),
    CODE(SEC_I_ASYNC_CALL_PENDING, "The call goes on in the background.", NEVER),
    CODE(SEC_E_INSUFFICIENT_MEMORY, "There is not enough memory, or not enough room in an output buffer.",
         "An output buffer of size 0 or smaller than the token without ALLOCATE_MEMORY; credentials of "
         "version SCH_CRED_V3; a process at its memory limit."),
    CODE(SEC_E_INVALID_HANDLE, "The handle is not one of a live credential or context.",
         "A handle used after it was deleted, never initialised, of the other kind, or EncryptMessage "
         "before the handshake is done."),
    CODE(SEC_E_UNSUPPORTED_FUNCTION,
         "The request cannot be served: by Schannel, by this provider, or at this moment.",
         "DELEGATE or PROMPT_FOR_CREDS asked for; an attribute queried before the handshake is done; a "
         "capability the configured provider lacks (see `sspi providers`); a peer that refused the "
         "protocol version."),
    CODE(SEC_E_TARGET_UNKNOWN, "The target name is not one that can be served.",
         "A server name that no certificate stands for."),
    CODE(SEC_E_INTERNAL_ERROR, "Something failed that has no code of its own.",
         "No provider could be loaded or the configuration is unusable: the log says which file and "
         "line. A NULL descriptor for ApplyControlToken. A peer that reports an internal error of its "
         "own."),
    CODE(SEC_E_SECPKG_NOT_FOUND, "There is no such security package.",
         "A misspelt package name; `Schannel:NAME` where NAME is not installed, is masked, or is "
         "forbidden by `locked`."),
    CODE(SEC_E_NOT_OWNER, "The caller does not own the credentials.", NEVER),
    CODE(SEC_E_CANNOT_INSTALL, "The package could not be set up.", NEVER),
    CODE(SEC_E_INVALID_TOKEN,
         "What was passed is malformed: the peer's bytes, or the buffers that hold them.",
         "Something other than TLS on the port (HTTP, an old SSL 2 client); a handshake message that "
         "breaks the protocol; a buffer list without TOKEN, with EMPTY slots of non-zero size, or too "
         "short for DecryptMessage."),
    CODE(SEC_E_CANNOT_PACK, "The data could not be marshalled.", NEVER),
    CODE(SEC_E_QOP_NOT_SUPPORTED, "This quality of protection is not supported.",
         "A value for fQOP other than 0 or SECQOP_WRAP_OOB_DATA."),
    CODE(SEC_E_NO_IMPERSONATION, "There is no account to act as.",
         "The client showed no certificate, none was asked for, no rule of the account map matches it, "
         "or the process may not change its identity."),
    CODE(SEC_E_LOGON_DENIED, "The peer is known and not let in.",
         "The account map denies the client's certificate; a wrong password or pre-shared key; a peer "
         "that sent access_denied."),
    CODE(SEC_E_UNKNOWN_CREDENTIALS, "The credentials are not of a form that is understood.",
         "A certificate that does not decode, a dwVersion that is not supported, a key that does not "
         "fit its certificate."),
    CODE(SEC_E_NO_CREDENTIALS, "There are no usable credentials.",
         "A certificate without its private key; a server credential without a certificate; an "
         "outbound credential in AcceptSecurityContext or the reverse."),
    CODE(SEC_E_MESSAGE_ALTERED, "A record was changed on its way, or damaged.",
         "A tampered record; data that is not this connection's; a DTLS forgery (which costs that "
         "datagram only)."),
    CODE(SEC_E_OUT_OF_SEQUENCE, "The message does not belong here.",
         "A DTLS record that was replayed or is too old; data given to a handshake that is done; "
         "EncryptMessage while a key update must be sent first."),
    CODE(SEC_E_NO_AUTHENTICATING_AUTHORITY, "The authority that knows the account cannot be reached.",
         "The account map names an account whose database does not answer."),
    CODE(SEC_E_BAD_PKGID, "The package number is not valid.", NEVER),
    CODE(SEC_E_CONTEXT_EXPIRED, "The context has come to its end.", NEVER),
    CODE(SEC_E_INCOMPLETE_MESSAGE,
         "The bytes are the beginning of a record: read more and pass all of them again.",
         "Normal. SECBUFFER_MISSING says how many bytes to read."),
    CODE(SEC_E_INCOMPLETE_CREDENTIALS, "A certificate is required and was not given.",
         "The server is configured with `client-certificate = require` and the client has none."),
    CODE(SEC_E_BUFFER_TOO_SMALL, "A buffer is too small for what belongs in it.",
         "EncryptMessage with a header or trailer shorter than STREAM_SIZES says."),
    CODE(SEC_E_WRONG_PRINCIPAL, "The certificate is good, but not for this name.",
         "The name in the URL differs from those in the certificate; a connection by address to a "
         "certificate of names."),
    CODE(SEC_E_TIME_SKEW, "The clocks of both sides differ too much.", NEVER),
    CODE(SEC_E_UNTRUSTED_ROOT, "The chain ends at no authority that is trusted.",
         "A self-signed or private authority that is not in the trust store; a server that does not "
         "send its intermediate certificates; a peer that does not know our authority. "
         "`sspi connect --insecure HOST` shows the chain a server sends."),
    CODE(SEC_E_ILLEGAL_MESSAGE, "The peer ended the handshake with an alert.",
         "No cipher suite, group or signature algorithm in common as the peer sees it; a client "
         "certificate it wants and did not get. The log (OPENSSPI_LOG=all+debug) names the alert."),
    CODE(SEC_E_CERT_UNKNOWN, "The certificate could not be judged, or was refused for another reason.",
         "A certificate that does not decode or breaks a constraint; a peer that sent bad_certificate, "
         "unsupported_certificate or certificate_unknown."),
    CODE(SEC_E_CERT_EXPIRED, "The certificate is outside its period of validity.",
         "An expired certificate, one not valid yet, or a clock that is wrong on either side."),
    CODE(SEC_E_ENCRYPT_FAILURE, "The data could not be encrypted.",
         "The provider's library failed; the log has its words."),
    CODE(SEC_E_DECRYPT_FAILURE, "A handshake record or a proof in it did not verify.",
         "Bytes changed on their way; a key that does not belong to the certificate; a session key "
         "that differs."),
    CODE(SEC_E_ALGORITHM_MISMATCH,
         "Both sides have no protocol version, cipher suite, group or signature algorithm in common.",
         "A peer that speaks only versions which are off here (`sspi config` shows what is on); "
         "SCHANNEL_CRED, which never speaks TLS 1.3 (SCH_CREDENTIALS does); credentials that enable "
         "nothing; protocol bits of the wrong side; a certificate no common suite can use."),
    CODE(SEC_E_SECURITY_QOS_FAILED, "The quality of service asked for cannot be had.", NEVER),
    CODE(SEC_E_UNFINISHED_CONTEXT_DELETED, "The handshake was given up before it was done.",
         "The peer's user cancelled it (user_canceled)."),
    CODE(SEC_E_NO_TGT_REPLY, "The client did not send a ticket-granting ticket.", KERBEROS),
    CODE(SEC_E_NO_IP_ADDRESSES, "There is no address for the name.", KERBEROS),
    CODE(SEC_E_WRONG_CREDENTIAL_HANDLE, "The credential is not the one the context was made with.", NEVER),
    CODE(SEC_E_CRYPTO_SYSTEM_INVALID, "The cipher or hash is not usable in this context.", NEVER),
    CODE(SEC_E_MAX_REFERRALS_EXCEEDED, "Too many referrals.", KERBEROS),
    CODE(SEC_E_MUST_BE_KDC, "Only a domain controller can do this.", KERBEROS),
    CODE(SEC_E_STRONG_CRYPTO_NOT_SUPPORTED, "The peer does not support strong encryption.", NEVER),
    CODE(SEC_E_TOO_MANY_PRINCIPALS, "The reply holds too many names.", KERBEROS),
    CODE(SEC_E_NO_PA_DATA, "Preauthentication data is missing.", KERBEROS),
    CODE(SEC_E_PKINIT_NAME_MISMATCH, "The certificate's name differs from the one that logs on.", KERBEROS),
    CODE(SEC_E_SMARTCARD_LOGON_REQUIRED, "A smart card is required to log on.", KERBEROS),
    CODE(SEC_E_SHUTDOWN_IN_PROGRESS, "The system is shutting down.", NEVER),
    CODE(SEC_E_KDC_INVALID_REQUEST, "The domain controller got a request it does not accept.", KERBEROS),
    CODE(SEC_E_KDC_UNABLE_TO_REFER, "The domain controller could not refer to another.", KERBEROS),
    CODE(SEC_E_KDC_UNKNOWN_ETYPE, "The domain controller does not know the encryption type.", KERBEROS),
    CODE(SEC_E_UNSUPPORTED_PREAUTH, "The preauthentication is not supported.", KERBEROS),
    CODE(SEC_E_DELEGATION_REQUIRED, "Delegation is needed and was not allowed.", KERBEROS),
    CODE(SEC_E_BAD_BINDINGS, "The channel bindings do not match.", NEVER),
    CODE(SEC_E_MULTIPLE_ACCOUNTS, "One certificate stands for several accounts.", NEVER),
    CODE(SEC_E_NO_KERB_KEY, "There is no Kerberos key.", KERBEROS),
    CODE(SEC_E_CERT_WRONG_USAGE, "The certificate may not be used for this.",
         "An extended key usage without serverAuth (or clientAuth); a certificate authority's "
         "certificate presented as a server's."),
    CODE(SEC_E_DOWNGRADE_DETECTED, "Somebody tried to lower the security of the handshake.", NEVER),
    CODE(SEC_E_SMARTCARD_CERT_REVOKED, "The smart card's certificate has been revoked.", KERBEROS),
    CODE(SEC_E_ISSUING_CA_UNTRUSTED, "The authority that issued the smart card's certificate is not trusted.",
         KERBEROS),
    CODE(SEC_E_REVOCATION_OFFLINE_C, "The smart card certificate's revocation cannot be checked.", KERBEROS),
    CODE(SEC_E_PKINIT_CLIENT_FAILURE, "The smart card's certificate is not trusted.", KERBEROS),
    CODE(SEC_E_SMARTCARD_CERT_EXPIRED, "The smart card's certificate has expired.", KERBEROS),
    CODE(SEC_E_NO_S4U_PROT_SUPPORT, "The domain does not support service-for-user.", KERBEROS),
    CODE(SEC_E_CROSSREALM_DELEGATION_FAILURE, "Delegation across realms failed.", KERBEROS),
    CODE(SEC_E_REVOCATION_OFFLINE_KDC, "The domain controller certificate's revocation cannot be checked.",
         KERBEROS),
    CODE(SEC_E_ISSUING_CA_UNTRUSTED_KDC, "The authority of the domain controller's certificate is not trusted.",
         KERBEROS),
    CODE(SEC_E_KDC_CERT_EXPIRED, "The domain controller's certificate has expired.", KERBEROS),
    CODE(SEC_E_KDC_CERT_REVOKED, "The domain controller's certificate has been revoked.", KERBEROS),
    CODE(SEC_E_INVALID_PARAMETER, "A parameter has a value that is not allowed.",
         "EncryptMessage of more than cbMaximumMessage; an attribute of the wrong size."),
    CODE(SEC_E_DELEGATION_POLICY, "Policy forbids delegation.", KERBEROS),
    CODE(SEC_E_POLICY_NLTM_ONLY, "Policy allows NTLM only.", NEVER),
    CODE(SEC_E_NO_CONTEXT, "There is no context.", NEVER),
    CODE(SEC_E_PKU2U_CERT_FAILURE, "The peer's PKU2U certificate is not usable.", NEVER),
    CODE(SEC_E_MUTUAL_AUTH_FAILED, "The server could not prove who it is.", NEVER),
    CODE(SEC_E_ONLY_HTTPS_ALLOWED, "Only https is allowed.", NEVER),
    CODE(SEC_E_APPLICATION_PROTOCOL_MISMATCH, "Both sides have no application protocol in common.",
         "ALPN lists that do not overlap: a client that wants h2 from a server that offers http/1.1, "
         "say."),
    CODE(SEC_E_INVALID_UPN_NAME, "The user principal name is malformed.", NEVER),
    CODE(SEC_E_EXT_BUFFER_TOO_SMALL, "The buffer for a TLS extension is too small.", NEVER),
    CODE(SEC_E_INSUFFICIENT_BUFFERS, "Too few buffers were passed.", NEVER),
    CODE(CRYPT_E_REVOKED, "The certificate has been revoked.",
         "The authority's revocation list or its OCSP response names it; a peer that sent "
         "certificate_revoked."),
    CODE(CRYPT_E_NO_REVOCATION_CHECK, "Revocation could not be checked: the certificate names no source.",
         "A private authority without lists. `revocation = available` in the configuration judges what "
         "is at hand."),
    CODE(CRYPT_E_REVOCATION_OFFLINE, "Revocation could not be checked: no list or response is at hand.",
         "No CRL in the configured directories and no stapled response; `sspi certs fetch-crl` fetches "
         "lists. `revocation = available` judges what is at hand."),
    CODE(CRYPT_E_NO_REVOCATION_DLL, "There is nothing that could check revocation.", NEVER),
    CODE(CRYPT_E_NOT_IN_REVOCATION_DATABASE, "The revocation data does not know the certificate.", NEVER),
    CODE(CRYPT_E_NOT_FOUND, "There is no such object or property.",
         "A store without a match; a certificate without the property asked for."),
    CODE(CRYPT_E_EXISTS, "The object is there already.", "CERT_STORE_ADD_NEW into a store that holds it."),
    CODE(CRYPT_E_NO_MATCH, "No match was found.", "A signer or extension that is not there."),
    CODE(CRYPT_E_NO_KEY_PROPERTY, "The certificate has no private key.",
         "A certificate without key information where a key is needed."),
    CODE(CRYPT_E_NO_DECRYPT_CERT, "There is no certificate and key to decrypt with.", NEVER),
    CODE(CRYPT_E_FILE_ERROR, "A file could not be read or written.", "A missing file or wrong permissions."),
    CODE(CRYPT_E_FILERESIZED, "The file changed size while it was read.", NEVER),
    CODE(CRYPT_E_SECURITY_SETTINGS, "The security settings forbid it.", NEVER),
    CODE(CRYPT_E_NO_PROVIDER, "No provider was named.", NEVER),
    CODE(CRYPT_E_SELF_SIGNED, "The certificate is self-signed.", NEVER),
    CODE(CRYPT_E_DELETED_PREV, "The object was deleted meanwhile.", NEVER),
    CODE(CRYPT_E_PENDING_CLOSE, "The store stays open until its certificates are freed.",
         "CertCloseStore with the check flag while contexts live."),
    CODE(CRYPT_E_BAD_LEN, "A length is wrong.", "A malformed structure."),
    CODE(CRYPT_E_BAD_ENCODE, "The object could not be encoded or decoded.",
         "A damaged PFX or certificate file."),
    CODE(CRYPT_E_BAD_MSG, "This is not a cryptographic message.", NEVER),
    CODE(CRYPT_E_MSG_ERROR, "An error in a cryptographic message.", NEVER),
    CODE(CRYPT_E_UNKNOWN_ALGO, "The algorithm is not known.",
         "An algorithm the provider's library does not have."),
    CODE(CRYPT_E_OID_FORMAT, "The object identifier is malformed.",
         "A usage OID that is not dotted numbers."),
    CODE(CRYPT_E_INVALID_MSG_TYPE, "The message is of the wrong type.", NEVER),
    CODE(CRYPT_E_UNEXPECTED_ENCODING, "The encoding is not the one expected.", NEVER),
    CODE(CRYPT_E_AUTH_ATTR_MISSING, "An authenticated attribute is missing.", NEVER),
    CODE(CRYPT_E_HASH_VALUE, "The hash differs.", NEVER),
    CODE(CRYPT_E_INVALID_INDEX, "The index is out of range.", NEVER),
    CODE(CRYPT_E_ALREADY_DECRYPTED, "The message has been decrypted already.", NEVER),
    CODE(CRYPT_E_NOT_DECRYPTED, "The message has not been decrypted yet.", NEVER),
    CODE(CRYPT_E_RECIPIENT_NOT_FOUND, "The recipient is not among those of the message.", NEVER),
    CODE(CRYPT_E_CONTROL_TYPE, "The control type is not valid.", NEVER),
    CODE(CRYPT_E_ISSUER_SERIALNUMBER, "Issuer or serial number is not valid.", NEVER),
    CODE(CRYPT_E_SIGNER_NOT_FOUND, "The original signer was not found.", NEVER),
    CODE(CRYPT_E_ATTRIBUTES_MISSING, "The message lacks attributes that were asked for.", NEVER),
    CODE(CRYPT_E_STREAM_MSG_NOT_READY, "The streamed message is not complete yet.", NEVER),
    CODE(CRYPT_E_STREAM_INSUFFICIENT_DATA, "The streamed message needs more data.", NEVER),
    CODE(CRYPT_E_UNEXPECTED_MSG_TYPE, "The message is of another type than expected.", NEVER),
    CODE(CRYPT_E_NO_SIGNER, "The message has no signer.", NEVER),
    CODE(CRYPT_E_INVALID_NUMERIC_STRING, "A character that is not allowed in a NumericString.",
         "A name given to CertStrToName."),
    CODE(CRYPT_E_INVALID_PRINTABLE_STRING, "A character that is not allowed in a PrintableString.",
         "A name given to CertStrToName."),
    CODE(CRYPT_E_INVALID_IA5_STRING, "A character that is not allowed in an IA5String.",
         "A name given to CertStrToName."),
    CODE(CRYPT_E_INVALID_X500_STRING, "The text is not a distinguished name.",
         "A name given to CertStrToName."),
    CODE(CRYPT_E_NOT_CHAR_STRING, "The value is not a text.", NEVER),
    CODE(CRYPT_E_NO_VERIFY_USAGE_DLL, "There is nothing that could check the usage.", NEVER),
    CODE(CRYPT_E_NO_VERIFY_USAGE_CHECK, "The usage could not be checked.", NEVER),
    CODE(CRYPT_E_VERIFY_USAGE_OFFLINE, "The usage could not be checked: its source cannot be reached.",
         NEVER),
    CODE(CRYPT_E_NOT_IN_CTL, "The certificate is not in the trust list.", NEVER),
    CODE(CRYPT_E_NO_TRUSTED_SIGNER, "No trusted signer was found.", NEVER),
    CODE(CRYPT_E_MISSING_PUBKEY_PARA, "The public key lacks its parameters.", NEVER),
    CODE(CRYPT_E_OSS_ERROR, "An error of the ASN.1 decoder.", NEVER),
    CODE(CRYPT_E_ASN1_ERROR, "DER that does not decode.", "A damaged certificate, key or PFX file."),
    CODE(CRYPT_E_ASN1_INTERNAL, "The DER decoder failed.", NEVER),
    CODE(CRYPT_E_ASN1_EOD, "DER that ends too early.", "A truncated certificate, key or PFX file."),
    CODE(CRYPT_E_ASN1_CORRUPT, "DER that is damaged.", "A damaged certificate, key or PFX file."),
    CODE(CRYPT_E_ASN1_LARGE, "A DER value that is too large.", NEVER),
    CODE(CRYPT_E_ASN1_CONSTRAINT, "A DER value that breaks a constraint.", NEVER),
    CODE(CRYPT_E_ASN1_MEMORY, "The DER decoder ran out of memory.", "A process at its memory limit."),
    CODE(CRYPT_E_ASN1_OVERFLOW, "The DER decoder ran out of room.", NEVER),
    CODE(CRYPT_E_ASN1_BADPDU, "The DER structure is not one that can be encoded.", NEVER),
    CODE(CRYPT_E_ASN1_BADARGS, "The DER functions got wrong arguments.", NEVER),
    CODE(CRYPT_E_ASN1_BADREAL, "A DER number that is malformed.", NEVER),
    CODE(CRYPT_E_ASN1_BADTAG, "A DER tag that does not belong there.",
         "A file of another kind than expected."),
    CODE(CRYPT_E_ASN1_CHOICE, "A DER choice that is not one of those allowed.", NEVER),
    CODE(CRYPT_E_ASN1_RULE, "DER that breaks the encoding rules.", NEVER),
    CODE(CRYPT_E_ASN1_UTF8, "DER text that is not UTF-8.", NEVER),
    CODE(CRYPT_E_ASN1_PDU_TYPE, "The DER structure is of an unknown type.", NEVER),
    CODE(CRYPT_E_ASN1_NYI, "The DER structure is of a type that is not supported.", NEVER),
    CODE(CRYPT_E_ASN1_EXTENDED, "DER with extensions that are not known.", NEVER),
    CODE(CRYPT_E_ASN1_NOEOD, "DER that goes on where it should end.", "Rubbish behind a certificate or key."),
    CODE(CERT_E_EXPIRED, "A certificate of the chain is outside its period of validity.",
         "An expired certificate, or a clock that is wrong."),
    CODE(CERT_E_VALIDITYPERIODNESTING, "The periods of validity do not nest.", NEVER),
    CODE(CERT_E_ROLE, "A certificate stands where it may not.", "A server's certificate that signs others."),
    CODE(CERT_E_PATHLENCONST, "The chain is longer than an authority allows.", "A path length constraint."),
    CODE(CERT_E_CRITICAL, "A critical extension is not known.",
         "A certificate with an extension that no provider judges."),
    CODE(CERT_E_PURPOSE, "The certificate is used for what it was not issued for.",
         "An authority that may not issue such certificates."),
    CODE(CERT_E_ISSUERCHAINING, "A certificate was not issued by the next one.",
         "Intermediate certificates in the wrong order, or of another chain."),
    CODE(CERT_E_MALFORMED, "The certificate is malformed.",
         "A damaged certificate, or an essential field without a value."),
    CODE(CERT_E_UNTRUSTEDROOT, "The chain ends at a root that is not trusted.",
         "A private authority that is not in the trust store."),
    CODE(CERT_E_CHAINING, "No chain to a trusted root could be built.",
         "A server that does not send its intermediate certificates."),
    CODE(CERT_E_REVOKED, "A certificate of the chain has been revoked.",
         "The authority's revocation list or OCSP response names it."),
    CODE(CERT_E_UNTRUSTEDTESTROOT, "The chain ends at a test root.", NEVER),
    CODE(CERT_E_REVOCATION_FAILURE, "Revocation could not be checked.", "No list or response is at hand."),
    CODE(CERT_E_CN_NO_MATCH, "The certificate is not for this name.",
         "The name asked for differs from those in the certificate."),
    CODE(CERT_E_WRONG_USAGE, "The certificate may not be used for this.",
         "An extended key usage without serverAuth (or clientAuth)."),
    CODE(CERT_E_UNTRUSTEDCA, "An authority of the chain is not trusted.",
         "A disallowed intermediate certificate."),
    CODE(CERT_E_INVALID_POLICY, "The certificate's policy is not allowed.", "A policy constraint."),
    CODE(CERT_E_INVALID_NAME, "The certificate's name is not allowed.", "A name constraint of an authority."),
    CODE(TRUST_E_SYSTEM_ERROR, "The trust check failed.", NEVER),
    CODE(TRUST_E_NO_SIGNER_CERT, "The signer's certificate is missing.", NEVER),
    CODE(TRUST_E_COUNTER_SIGNER, "A countersignature is not valid.", NEVER),
    CODE(TRUST_E_CERT_SIGNATURE, "A certificate's signature does not verify.",
         "A changed certificate, or one of another authority with the same name."),
    CODE(TRUST_E_TIME_STAMP, "The time stamp is not valid.", NEVER),
    CODE(TRUST_E_BAD_DIGEST, "The digest differs.", NEVER),
    CODE(TRUST_E_BASIC_CONSTRAINTS, "A certificate that is no authority's has issued another.",
         "A basic constraints extension that is missing or says no."),
    CODE(TRUST_E_FINANCIAL_CRITERIA, "A financial criterion is not met.", NEVER),
    CODE(TRUST_E_PROVIDER_UNKNOWN, "The trust provider is not known.", NEVER),
    CODE(TRUST_E_ACTION_UNKNOWN, "The trust action is not supported.", NEVER),
    CODE(TRUST_E_SUBJECT_FORM_UNKNOWN, "The subject's form is not known.", NEVER),
    CODE(TRUST_E_SUBJECT_NOT_TRUSTED, "The subject is not trusted.", NEVER),
    CODE(TRUST_E_NOSIGNATURE, "There is no signature.", NEVER),
    CODE(TRUST_E_FAIL, "The trust check said no.", "A chain that is refused without a reason of its own."),
    CODE(TRUST_E_EXPLICIT_DISTRUST, "The certificate is distrusted by name.",
         "An entry in the distribution's list of distrusted certificates."),
};

const struct status_text *status_text_at(size_t i)
{
    return i < sizeof codes / sizeof *codes ? &codes[i] : NULL;
}

const struct status_text *status_text(SECURITY_STATUS code)
{
    size_t i;

    for (i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i].code == code)
            return &codes[i];
    return NULL;
}

const struct status_text *status_text_named(const char *name)
{
    size_t i;

    for (i = 0; i < sizeof codes / sizeof *codes; i++)
        if (strcasecmp(codes[i].name, name) == 0)
            return &codes[i];
    return NULL;
}
