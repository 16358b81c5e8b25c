/* SPDX-License-Identifier: MIT
 *
 * Name constraints (RFC 5280 4.2.1.10).  Judged here for all providers: GnuTLS compares DNS names by case,
 * wolfSSL leaves kinds out.  A kind that is constrained and not understood refuses a certificate that has a
 * name of it. */
#include <config.h>

#include "core/cert/names.h"
#include "core/cert/path.h"

#include <string.h>

struct name { /* something to be permitted */
    unsigned kind;
    struct sspi_bytes value;
};

static unsigned char lower(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? (unsigned char)(c + 32) : c;
}

static int ends_with(struct sspi_bytes text, struct sspi_bytes tail)
{
    if (text.len < tail.len)
        return 0;
    for (size_t i = 0; i < tail.len; i++)
        if (lower(text.ptr[text.len - tail.len + i]) != lower(tail.ptr[i]))
            return 0;
    return 1;
}

/* The root's dot says nothing. */
static struct sspi_bytes undotted(struct sspi_bytes host)
{
    if (host.len && host.ptr[host.len - 1] == '.')
        host.len--;
    return host;
}

/* "example.test" holds itself and all below; ".example.test" only what is below. */
static int in_domain(struct sspi_bytes host, struct sspi_bytes domain)
{
    if (domain.len == 0)
        return 1;
    if (!ends_with(host, domain))
        return 0;
    return host.len == domain.len || domain.ptr[0] == '.' || host.ptr[host.len - domain.len - 1] == '.';
}

/* A wildcard stands for every label: it is permitted where its domain is, and excluded where anything that it
 * may stand for is excluded. */
static int dns_within(struct sspi_bytes name, struct sspi_bytes domain, int excluding)
{
    name = undotted(name);
    domain = undotted(domain);
    if (name.len > 2 && name.ptr[0] == '*' && name.ptr[1] == '.') {
        struct sspi_bytes rest = {name.ptr + 2, name.len - 2};
        if (in_domain(rest, domain))
            return 1;
        struct sspi_bytes below = {name.ptr + 1,
                                   name.len - 1}; /* ".example.test" against "www.example.test" */
        if (domain.len && domain.ptr[0] == '.')
            domain = (struct sspi_bytes){domain.ptr + 1, domain.len - 1};
        return excluding && ends_with(domain, below);
    }
    return in_domain(name, domain);
}

/* "user@host" one mailbox; "host" all at that host; ".domain" all at hosts below it. */
static int email_within(struct sspi_bytes name, struct sspi_bytes constraint)
{
    const uint8_t *at = name.len ? memchr(name.ptr, '@', name.len) : NULL;
    if (!at)
        return -1;
    size_t local = (size_t)(at - name.ptr);
    struct sspi_bytes host = {at + 1, name.len - local - 1};
    if (host.len && memchr(host.ptr, '@', host.len)) /* which of them is it? */
        return -1;
    host = undotted(host);
    const uint8_t *constrained = constraint.len ? memchr(constraint.ptr, '@', constraint.len) : NULL;
    if (constrained) {
        size_t want = (size_t)(constrained - constraint.ptr);
        struct sspi_bytes tail = {constrained + 1, constraint.len - want - 1};
        return want == local && memcmp(name.ptr, constraint.ptr, want) == 0 && host.len == tail.len &&
               ends_with(host, tail);
    }
    if (constraint.len && constraint.ptr[0] == '.')
        return ends_with(host, constraint);
    return constraint.len == 0 || (host.len == constraint.len && ends_with(host, constraint));
}

static int is_host(struct sspi_bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = lower(text.ptr[i]);
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-' && c != '.' && c != '_')
            return 0;
    }
    return text.len > 0;
}

/* The host of "scheme://user@host:port/path"; one that is written in another way cannot be told. */
static int uri_within(struct sspi_bytes name, struct sspi_bytes constraint)
{
    size_t i = 0;
    while (i + 2 < name.len && memcmp(name.ptr + i, "://", 3) != 0)
        i++;
    if (i + 3 >= name.len)
        return -1;
    struct sspi_bytes host = {name.ptr + i + 3, 0};
    size_t rest = name.len - i - 3;
    for (; host.len < rest && !memchr("/?#", host.ptr[host.len], 3); host.len++)
        continue;
    const uint8_t *at = host.len ? memchr(host.ptr, '@', host.len) : NULL;
    if (at) {
        host.len -= (size_t)(at + 1 - host.ptr);
        host.ptr = at + 1;
    }
    const uint8_t *colon = host.len ? memchr(host.ptr, ':', host.len) : NULL;
    if (colon)
        host.len = (size_t)(colon - host.ptr);
    if (!is_host(host))
        return -1;
    host = undotted(host);
    if (constraint.len && constraint.ptr[0] == '.')
        return ends_with(host, constraint);
    return host.len == constraint.len && ends_with(host, constraint);
}

static int address_within(struct sspi_bytes name, struct sspi_bytes constraint)
{
    if (constraint.len != 8 && constraint.len != 32)
        return -1;
    size_t half = constraint.len / 2;
    if (name.len != half)
        return name.len == 4 || name.len == 16 ? 0 : -1;
    for (size_t i = 0; i < half; i++)
        if ((name.ptr[i] & constraint.ptr[half + i]) != (constraint.ptr[i] & constraint.ptr[half + i]))
            return 0;
    return 1;
}

/* 1 within, 0 without, -1 cannot be told. */
static int within(const struct name *n, struct sspi_bytes constraint, int excluding, unsigned *budget)
{
    int is;
    switch (n->kind) {
    case NAME_DNS:
        return dns_within(n->value, constraint, excluding);
    case NAME_EMAIL:
        return email_within(n->value, constraint);
    case NAME_URI:
        return uri_within(n->value, constraint);
    case NAME_IP:
        return address_within(n->value, constraint);
    case NAME_DIRECTORY:
        is = names_directory_within(n->value, constraint, budget);
        return is < 0 && !excluding ? 0 : is;
    default:
        return -1;
    }
}

/* One list of GeneralSubtrees.  *same_kind: how many constrain this kind; *hits: how many hold the name.
 * -1: malformed, or cannot be told. */
static int search(struct sspi_bytes trees, const struct name *n, int excluding, unsigned *same_kind,
                  unsigned *hits, unsigned *budget)
{
    *same_kind = *hits = 0;
    while (trees.len) {
        struct sspi_bytes tree;
        struct general_name base;
        if (*budget == 0 || der_take(&trees, DER_SEQUENCE, &tree) || general_name_next(&tree, &base) ||
            tree.len)
            return -1; /* minimum and maximum: RFC 5280 allows neither */
        --*budget;
        if (base.kind != n->kind)
            continue;
        int is = within(n, base.value, excluding, budget);
        if (is < 0)
            return -1;
        ++*same_kind;
        *hits += (unsigned)is;
    }
    return 0;
}

struct subtrees {
    struct sspi_bytes permitted, excluded;
};

static int name_permitted(const struct subtrees *s, const struct name *n, unsigned *budget)
{
    unsigned kind, hits;
    if (search(s->excluded, n, 1, &kind, &hits, budget) || hits)
        return 0;
    if (search(s->permitted, n, 0, &kind, &hits, budget))
        return 0;
    return kind == 0 || hits > 0;
}

static int alt_names_permitted(const struct subtrees *s, const struct x509 *x, int *dns, int *email,
                               unsigned *budget)
{
    for (struct sspi_bytes in = x->alt_names; in.len;) {
        struct general_name g;
        if (general_name_next(&in, &g))
            return 0;
        *dns |= g.kind == NAME_DNS || g.kind == NAME_IP;
        *email |= g.kind == NAME_EMAIL;
        if (!name_permitted(s, &(struct name){g.kind, g.value}, budget))
            return 0;
    }
    return 1;
}

/* What stands for a name in the subject: emailAddress (RFC 5280), and the CN that names_match would use. */
static int subject_permitted(const struct subtrees *s, const struct x509 *x, int use_cn, int use_email,
                             unsigned *budget)
{
    struct sspi_bytes subject = x->subject, name, rdn = {NULL, 0};
    struct attribute a;
    int fresh;
    if (der_take(&subject, DER_SEQUENCE, &name))
        return 0;
    if (name.len && !name_permitted(s, &(struct name){NAME_DIRECTORY, x->subject}, budget))
        return 0;
    while (name.len || rdn.len) {
        if (attribute_next(&name, &rdn, &a, &fresh))
            return 0;
        if (use_email && der_oid_is(a.oid, OID_EMAIL) &&
            !name_permitted(s, &(struct name){NAME_EMAIL, a.value}, budget))
            return 0;
        /* A CN with a space or without a dot is a title, not a host; one that could be a host is held to it.
         */
        if (use_cn && der_oid_is(a.oid, OID_COMMON_NAME) && a.value.len &&
            !memchr(a.value.ptr, ' ', a.value.len) &&
            !name_permitted(s, &(struct name){NAME_DNS, a.value}, budget))
            return 0;
    }
    return 1;
}

int constraints_permit(const struct x509 *issuer, const struct x509 *x, int by_cn, unsigned *budget)
{
    struct subtrees s;
    struct sspi_bytes in = issuer->name_constraints;
    int dns = 0, email = 0;
    if (der_optional(&in, DER_CONTEXT_CONSTRUCTED(0), &s.permitted) < 0 ||
        der_optional(&in, DER_CONTEXT_CONSTRUCTED(1), &s.excluded) < 0 || in.len ||
        s.permitted.len + s.excluded.len == 0) /* RFC 5280: never an empty sequence */
        return 0;
    return alt_names_permitted(&s, x, &dns, &email, budget) &&
           subject_permitted(&s, x, by_cn && !dns, !email, budget);
}
