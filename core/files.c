/* SPDX-License-Identifier: MIT
 *
 * kernel32's files, for sources that read their certificates by them: opened to be read, listed, asked about.
 * Paths may have either slash. */
#include <config.h>

#include "core/handle.h"
#include "core/win32.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <windows.h>

struct opened { /* a file, or a search */
    int fd;     /* -1: a search */
    DIR *dir;   /* NULL: a file */
    char pattern[NAME_MAX + 1];
};

static DWORD fail(int number)
{
    DWORD error = ERROR_READ_FAULT;
    switch (number) {
    case ENOENT:
        error = ERROR_FILE_NOT_FOUND;
        break;
    case ENOTDIR:
        error = ERROR_PATH_NOT_FOUND;
        break;
    case EACCES:
    case EPERM:
    case EISDIR:
        error = ERROR_ACCESS_DENIED;
        break;
    case ENOMEM:
        error = ERROR_NOT_ENOUGH_MEMORY;
        break;
    case EMFILE:
    case ENFILE:
        error = ERROR_TOO_MANY_OPEN_FILES;
        break;
    case ENAMETOOLONG:
        error = ERROR_FILENAME_EXCED_RANGE;
        break;
    case EINVAL:
        error = ERROR_INVALID_PARAMETER;
        break;
    }
    SetLastError(error);
    return error;
}

/* The path as this system has it: backslashes are slashes where no file has them in its name.  0, or -1 with
 * errno. */
static int path_in(const char *given, char out[PATH_MAX])
{
    struct stat about;
    if (!given || !*given || strlen(given) >= PATH_MAX) {
        errno = !given || !*given ? EINVAL : ENAMETOOLONG;
        return -1;
    }
    strcpy(out, given);
    if (lstat(out, &about))
        for (char *at = out; (at = strchr(at, '\\')) != NULL;)
            *at = '/';
    return 0;
}

static void destroy(void *object)
{
    struct opened *o = object;
    if (o->dir)
        closedir(o->dir);
    else if (o->fd >= 0)
        close(o->fd);
    free(o);
}

/* The object's handle; INVALID_HANDLE_VALUE: no memory, and it is gone. */
static HANDLE handle_for(struct opened *o)
{
    SecHandle handle;
    if (handle_open(HANDLE_FILE, o, &handle) == 0)
        return (HANDLE)handle.dwLower;
    destroy(o);
    fail(ENOMEM);
    return INVALID_HANDLE_VALUE;
}

/* Locked, where it is a file or a search as `search` says; else NULL with the last error. */
static struct handle_slot *take(HANDLE handle, int search, struct opened **out)
{
    void *object;
    SecHandle both = {(ULONG_PTR)handle, 0};
    struct handle_slot *slot = handle_lock(&both, HANDLE_FILE, &object);
    if (slot) {
        *out = object;
        if (((*out)->dir != NULL) == search)
            return slot;
        handle_unlock(slot);
    }
    SetLastError(ERROR_INVALID_HANDLE);
    return NULL;
}

int file_close(HANDLE handle)
{
    SecHandle both = {(ULONG_PTR)handle, 0};
    return handle_close(&both, HANDLE_FILE, destroy);
}

/* ---- files ---- */

static DWORD attributes_of(const struct stat *about)
{
    DWORD attributes = S_ISDIR(about->st_mode) ? FILE_ATTRIBUTE_DIRECTORY : 0;
    if (!(about->st_mode & (S_IWUSR | S_IWGRP | S_IWOTH)))
        attributes |= FILE_ATTRIBUTE_READONLY;
    return attributes ? attributes : FILE_ATTRIBUTE_NORMAL;
}

DWORD WINAPI GetFileAttributesA(LPCSTR lpFileName)
{
    char path[PATH_MAX];
    struct stat about;
    if (path_in(lpFileName, path) || stat(path, &about)) {
        fail(errno);
        return INVALID_FILE_ATTRIBUTES;
    }
    return attributes_of(&about);
}

HANDLE WINAPI CreateFileA(LPCSTR lpFileName, DWORD dwDesiredAccess, DWORD dwShareMode,
                          LPVOID lpSecurityAttributes, DWORD dwCreationDisposition,
                          DWORD dwFlagsAndAttributes, HANDLE hTemplateFile)
{
    char path[PATH_MAX];
    struct stat about;
    (void)dwShareMode, (void)lpSecurityAttributes, (void)dwFlagsAndAttributes, (void)hTemplateFile;
    if (dwDesiredAccess & ~(DWORD)(GENERIC_READ | FILE_GENERIC_READ) ||
        dwCreationDisposition != OPEN_EXISTING) {
        SetLastError(ERROR_NOT_SUPPORTED); /* nothing is written here */
        return INVALID_HANDLE_VALUE;
    }
    struct opened *o = path_in(lpFileName, path) ? NULL : calloc(1, sizeof *o);
    if (!o) {
        fail(errno);
        return INVALID_HANDLE_VALUE;
    }
    o->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    int error = o->fd < 0 || fstat(o->fd, &about) ? errno : S_ISDIR(about.st_mode) ? EISDIR : 0;
    if (!error)
        return handle_for(o);
    destroy(o);
    fail(error);
    return INVALID_HANDLE_VALUE;
}

BOOL WINAPI GetFileSizeEx(HANDLE hFile, PLARGE_INTEGER lpFileSize)
{
    struct opened *o;
    struct stat about;
    struct handle_slot *slot = take(hFile, 0, &o);
    if (!slot)
        return FALSE;
    int error = !lpFileSize ? EINVAL : fstat(o->fd, &about) ? errno : 0;
    handle_unlock(slot);
    if (error) {
        fail(error);
        return FALSE;
    }
    lpFileSize->QuadPart = about.st_size;
    return TRUE;
}

BOOL WINAPI ReadFile(HANDLE hFile, LPVOID lpBuffer, DWORD nNumberOfBytesToRead, LPDWORD lpNumberOfBytesRead,
                     LPVOID lpOverlapped)
{
    struct opened *o;
    size_t done = 0;
    ssize_t got = 1;
    if (lpNumberOfBytesRead)
        *lpNumberOfBytesRead = 0;
    if (lpOverlapped || !lpNumberOfBytesRead || (!lpBuffer && nNumberOfBytesToRead)) {
        fail(EINVAL);
        return FALSE;
    }
    struct handle_slot *slot = take(hFile, 0, &o);
    if (!slot)
        return FALSE;
    while (done < nNumberOfBytesToRead && got) {
        got = read(o->fd, (char *)lpBuffer + done, nNumberOfBytesToRead - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            break;
        done += (size_t)got;
    }
    int error = got < 0 && !done ? errno : 0;
    handle_unlock(slot);
    *lpNumberOfBytesRead = (DWORD)done;
    if (error)
        fail(error);
    return !error;
}

/* ---- searches ---- */

/* What the search shows next; 0, or an errno, ENODATA at the end. */
static int next(struct opened *o, LPWIN32_FIND_DATAA out)
{
    struct dirent *found;
    struct stat about;
    while ((errno = 0, found = readdir(o->dir)) != NULL) {
        if (strlen(found->d_name) >= sizeof out->cFileName || fnmatch(o->pattern, found->d_name, 0) ||
            fstatat(dirfd(o->dir), found->d_name, &about, 0))
            continue;
        memset(out, 0, sizeof *out);
        out->dwFileAttributes = attributes_of(&about);
        out->nFileSizeHigh = (DWORD)((uint64_t)about.st_size >> 32);
        out->nFileSizeLow = (DWORD)about.st_size;
        strcpy(out->cFileName, found->d_name);
        return 0;
    }
    return errno ? errno : ENODATA;
}

HANDLE WINAPI FindFirstFileA(LPCSTR lpFileName, LPWIN32_FIND_DATAA lpFindFileData)
{
    char path[PATH_MAX];
    struct opened *o = NULL;
    int error = !lpFindFileData ? EINVAL : path_in(lpFileName, path) ? errno : 0;
    if (!error && !(o = calloc(1, sizeof *o)))
        error = ENOMEM;
    if (!error) {
        char *slash = strrchr(path, '/');
        const char *pattern = slash ? slash + 1 : path, *folder = !slash ? "." : slash == path ? "/" : path;
        o->fd = -1;
        if (strlen(pattern) < sizeof o->pattern)
            strcpy(o->pattern, strcmp(pattern, "*.*") ? pattern : "*"); /* which is everything there */
        if (slash)
            *slash = 0;
        if (!o->pattern[0] || !(o->dir = opendir(*folder ? folder : "/")))
            error = o->pattern[0] ? errno : ENOENT;
        else
            error = next(o, lpFindFileData);
    }
    if (!error)
        return handle_for(o);
    if (o)
        destroy(o);
    fail(error == ENODATA ? ENOENT : error);
    return INVALID_HANDLE_VALUE;
}

BOOL WINAPI FindNextFileA(HANDLE hFindFile, LPWIN32_FIND_DATAA lpFindFileData)
{
    struct opened *o;
    struct handle_slot *slot = take(hFindFile, 1, &o);
    if (!slot)
        return FALSE;
    int error = lpFindFileData ? next(o, lpFindFileData) : EINVAL;
    handle_unlock(slot);
    if (error == ENODATA)
        SetLastError(ERROR_NO_MORE_FILES);
    else if (error)
        fail(error);
    return !error;
}

BOOL WINAPI FindClose(HANDLE hFindFile)
{
    if (file_close(hFindFile) == 0)
        return TRUE;
    SetLastError(ERROR_INVALID_HANDLE);
    return FALSE;
}
