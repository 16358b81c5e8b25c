/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/cert/keyfile.h"

#include "core/cert/folder.h"
#include "core/cert/place.h"
#include "core/cert/text.h"
#include "core/safe.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <windows.h>

#define LOG_AREA "cert"
#include "core/log.h"

#define STORE     "my.keys" /* no store can have this name: there is a dot in it */
#define NAME_ROOM 240u
#define FILE_MAX  (256u << 10)

static const char policy_line[] = "export policy = ";

/* The name as a file's: letters, digits and what GUIDs are written with, the rest as %XX.  0, or -1. */
static int file_of(const char *name, char *out)
{
    size_t len = 0;
    for (const unsigned char *at = (const unsigned char *)name; *at; at++) {
        int plain = (*at < 0x80 && isalnum(*at)) || strchr("-_{} ", *at) != NULL;
        if (len + 3 + sizeof ".pem" > NAME_ROOM)
            return -1;
        len += (size_t)snprintf(out + len, 4, plain ? "%c" : "%%%02X", *at);
    }
    memcpy(out + len, ".pem", sizeof ".pem");
    return len ? 0 : -1;
}

int keyfile_name_fits(const char *name)
{
    char file[NAME_ROOM];
    return file_of(name, file) == 0;
}

static char *folder_of(enum key_place place)
{
    return place == KEY_MACHINE ? folder_machine(STORE) : folder_user(STORE);
}

/* malloc'ed; NULL: no memory, or the place is not there. */
static char *path_of(const char *name, enum key_place place)
{
    char file[NAME_ROOM];
    char *folder = file_of(name, file) ? NULL : folder_of(place);
    char *path = folder ? place_join(folder, "/", file) : NULL;
    free(folder);
    return path;
}

int keyfile_there(const char *name, enum key_place place)
{
    struct stat about;
    char *path = path_of(name, place);
    int there = path && !lstat(path, &about);
    free(path);
    return there;
}

/* The key in the text, which is changed on the way; NULL with *malformed as key_new has it. */
static struct key *parse(char *text, size_t len, int *malformed)
{
    unsigned policy = 0;
    size_t skip = sizeof policy_line - 1;
    *malformed = 1;
    if (strlen(text) != len)
        return NULL;
    if (!strncmp(text, policy_line, skip) && text[skip] >= '0' && text[skip] <= '3' && text[skip + 1] == '\n')
        policy = (unsigned)(text[skip] - '0');
    char *pem = strstr(text, "-----BEGIN PRIVATE KEY-----");
    DWORD size = (DWORD)len;
    BYTE *der = pem ? secret_new(len) : NULL;
    struct key *key = NULL;
    if (pem && !der)
        *malformed = 0;
    else if (der && text_to_binary(pem, strlen(pem), CRYPT_STRING_BASE64HEADER, der, &size, NULL, NULL))
        key = key_new(KEY_PKCS8, (struct sspi_bytes){der, size}, malformed);
    secret_free(der, len);
    if (key)
        key_set_policy(key, policy);
    return key;
}

struct key *keyfile_read(const char *name, enum key_place place, SECURITY_STATUS *error)
{
    char why[300], *text, *path = path_of(name, place);
    size_t len;
    int malformed = 0;
    struct key *key = NULL;
    *error = NTE_BAD_KEYSET;
    if (!path)
        return NULL;
    if (safe_read_secret(path, FILE_MAX, &text, &len, why, sizeof why)) {
        if (errno != ENOENT) {
            *error = safe_error_passes(errno) ? NTE_NO_MEMORY : NTE_PERM;
            log_error("a key is not opened: %s", why);
        }
        free(path);
        return NULL;
    }
    key = parse(text, len, &malformed);
    if (key && !(key->name = strdup(name))) {
        key_drop(key);
        key = NULL;
    }
    if (key)
        key->place = place;
    else if (malformed)
        log_error("a key is not opened: %s: it holds none: delete it", path);
    *error = key ? SEC_E_OK : malformed ? NTE_BAD_DATA : NTE_NO_MEMORY;
    explicit_bzero(text, len);
    free(text);
    free(path);
    return key;
}

SECURITY_STATUS keyfile_write(const struct key *key, struct sspi_bytes pkcs8, int replace)
{
    char file[NAME_ROOM];
    char *folder = folder_of(key->place), *pem = key_to_pem(pkcs8.ptr, pkcs8.len);
    size_t len = pem ? strlen(pem) : 0, room = sizeof policy_line + 2 + len;
    char *text = pem ? secret_new(room) : NULL;
    SECURITY_STATUS status = NTE_NO_MEMORY;
    if (pem && text && !folder) {
        log_error(
            "a key is not written: this account has no folder for it, or the program runs with another's "
            "rights");
        status = NTE_PERM;
    } else if (text && !file_of(key->name, file)) {
        int used = snprintf(text, room, "%s%u\n%s", policy_line,
                            key_policy(key) & (KEY_MAY_LEAVE_SEALED | KEY_MAY_LEAVE), pem);
        struct sspi_bytes bytes = {(const uint8_t *)text, (size_t)used};
        int failed =
            replace ? place_put(folder, file, bytes, 0600) : place_put_new(folder, file, bytes, 0600);
        status = !failed           ? SEC_E_OK
                 : errno == EEXIST ? NTE_EXISTS
                 : errno == ENOMEM ? NTE_NO_MEMORY
                                   : NTE_PERM;
    }
    secret_free(text, room);
    if (pem)
        explicit_bzero(pem, len);
    free(pem);
    free(folder);
    return status;
}

SECURITY_STATUS keyfile_remove(const struct key *key)
{
    char *path = path_of(key->name, key->place);
    int failed = !path || unlink(path), error = errno;
    if (path && failed && error != ENOENT)
        log_error("a key is not deleted: %s: %s", path, strerror(error));
    free(path);
    return !path ? NTE_PERM : !failed ? SEC_E_OK : error == ENOENT ? NTE_BAD_KEYSET : NTE_PERM;
}
