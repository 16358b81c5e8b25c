/* SPDX-License-Identifier: MIT
 *
 * Built twice, with 4-byte and (0212) with 2-byte wide characters: every answer is the same. */
#include <bcrypt.h>
#include <winternl.h>

#include <schannel.h>
#include <sspi.h>

#include <stdlib.h>
#include <unistd.h>

#include "t/tap.h"

#include <pthread.h>

/* glibc's wide functions do not know 2-byte characters. */
static int wide_is(const WCHAR *got, const char *want)
{
    size_t i = 0;
    while (got[i] && got[i] == (WCHAR)(unsigned char)want[i])
        i++;
    return got[i] == 0 && want[i] == '\0';
}

static void *other_thread(void *seen)
{
    *(DWORD *)seen = GetLastError();
    SetLastError(77);
    return NULL;
}

static void test_last_error(void)
{
    pthread_t thread;
    DWORD seen = 99;
    SetLastError(ERROR_FILE_NOT_FOUND);
    pthread_create(&thread, NULL, other_thread, &seen);
    pthread_join(thread, NULL);
    is_int(seen, 0, "a new thread has no last error");
    is_int(GetLastError(), ERROR_FILE_NOT_FOUND, "another thread's last error is its own");
    char *memory = LocalAlloc(LPTR, 3);
    ok(memory && !memory[0] && !memory[2], "LocalAlloc(LPTR) gives zeroed memory");
    ok(LocalFree(memory) == NULL && LocalFree(NULL) == NULL, "LocalFree gives NULL back, for NULL too");
    char secret[4] = "abc";
    ok(!_stricmp("Ab", "aB") && _stricmp("a", "b") < 0 && !_strnicmp("abX", "ABy", 2),
       "_stricmp and _strnicmp compare without case");
    ok(SecureZeroMemory(secret, sizeof secret) == secret && !secret[0] && !secret[2], "SecureZeroMemory wipes");
}

static void test_time(void)
{
    static const struct {
        uint64_t ticks;
        SYSTEMTIME date; /* year, month, weekday, day, ... */
    } rows[] = {
        {0, {1601, 1, 1, 1, 0, 0, 0, 0}},
        {116444736000000000u, {1970, 1, 4, 1, 0, 0, 0, 0}},
        {125963423999990000u, {2000, 2, 2, 29, 23, 59, 59, 999}},
        {133801631990000000u, {2024, 12, 2, 31, 23, 59, 59, 0}},
        {0x7FFFFFFFFFFFFFFFu, {30828, 9, 4, 14, 2, 48, 5, 477}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        FILETIME time = {(DWORD)rows[i].ticks, (DWORD)(rows[i].ticks >> 32)}, back = {1, 1};
        SYSTEMTIME date;
        ok(FileTimeToSystemTime(&time, &date) && !memcmp(&date, &rows[i].date, sizeof date),
           "%llu ticks are %u-%u-%u", (unsigned long long)rows[i].ticks, rows[i].date.wYear,
           rows[i].date.wMonth, rows[i].date.wDay);
        if (date.wYear > 30827)
            continue;
        ok(SystemTimeToFileTime(&date, &back) && CompareFileTime(&back, &time) == 0, "and back");
    }
    static const SYSTEMTIME wrong[] = {{1600, 12, 0, 31, 0, 0, 0, 0},  {2023, 2, 0, 29, 0, 0, 0, 0},
                                       {1900, 2, 0, 29, 0, 0, 0, 0},   {2023, 13, 0, 1, 0, 0, 0, 0},
                                       {2023, 0, 0, 1, 0, 0, 0, 0},    {2023, 1, 0, 0, 0, 0, 0, 0},
                                       {2023, 1, 0, 1, 24, 0, 0, 0},   {2023, 1, 0, 1, 0, 60, 0, 0},
                                       {2023, 1, 0, 1, 0, 0, 0, 1000}, {30828, 1, 0, 1, 0, 0, 0, 0}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        FILETIME time;
        SetLastError(0);
        ok(!SystemTimeToFileTime(&wrong[i], &time) && GetLastError() == ERROR_INVALID_PARAMETER,
           "a date that does not exist is refused (%zu)", i);
    }
    FILETIME late = {0, 0x80000000}, now, local, utc = {0xC9040000, 0x1D3C8};
    SYSTEMTIME date;
    ok(!FileTimeToSystemTime(&late, &date), "ticks of 64 bits are refused");
    GetSystemTimeAsFileTime(&now);
    ok(CompareFileTime(&now, &utc) == 1 && CompareFileTime(&utc, &now) == -1, "now is after 2018");
    setenv("TZ", "XXX-2", 1);
    tzset();
    FileTimeToLocalFileTime(&now, &local);
    is_int((((uint64_t)local.dwHighDateTime << 32 | local.dwLowDateTime) -
            ((uint64_t)now.dwHighDateTime << 32 | now.dwLowDateTime)) / 10000000,
           7200, "local time is two hours on in a zone two hours east");
}

static void test_versions(void)
{
    RTL_OSVERSIONINFOEXW info;
    memset(&info, 0xAA, sizeof info);
    info.dwOSVersionInfoSize = sizeof info;
    NTSTATUS(NTAPI * get)(PRTL_OSVERSIONINFOW) = (NTSTATUS(NTAPI *)(PRTL_OSVERSIONINFOW))(void (*)(void))
        GetProcAddress(GetModuleHandleA("ntdll"), "RtlGetVersion");
    ok(get == RtlGetVersion, "D19: GetProcAddress gives the RtlGetVersion that this source would call");
    is_int(get((PRTL_OSVERSIONINFOW)&info), STATUS_SUCCESS, "D19: RtlGetVersion answers");
    ok(info.dwMajorVersion == 10 && info.dwMinorVersion == 0 && info.dwBuildNumber == 20348,
       "D19: this is 10.0.20348");
    ok(info.dwPlatformId == VER_PLATFORM_WIN32_NT && info.wProductType == VER_NT_SERVER &&
           info.wServicePackMajor == 0 && info.szCSDVersion[0] == 0 && info.szCSDVersion[127] == 0,
       "D19: Windows Server, no service pack");
    memset(&info, 0xAA, sizeof info);
    info.dwOSVersionInfoSize = sizeof(RTL_OSVERSIONINFOW);
    RtlGetVersion((PRTL_OSVERSIONINFOW)&info);
    ok(info.wProductType == 0xAA && info.szCSDVersion[127] == 0, "the shorter structure is not overrun");

    static const struct {
        DWORD major, minor, build;
        BYTE condition;
        int holds;
    } rows[] = {
        {10, 0, 0, VER_GREATER_EQUAL, 1},     {6, 3, 0, VER_GREATER_EQUAL, 1},  {6, 3, 0, VER_GREATER, 1},
        {10, 1, 0, VER_GREATER_EQUAL, 0},     {11, 0, 0, VER_GREATER_EQUAL, 0}, {10, 0, 0, VER_EQUAL, 1},
        {10, 0, 0, VER_GREATER, 0},           {6, 3, 0, VER_LESS, 0},           {11, 0, 0, VER_LESS, 1},
        {10, 0, 0, VER_LESS_EQUAL, 1},        {10, 0, 17763, VER_GREATER_EQUAL, 1},
        {10, 0, 20348, VER_GREATER_EQUAL, 1}, {10, 0, 22000, VER_GREATER_EQUAL, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        DWORD types = VER_MAJORVERSION | VER_MINORVERSION | (rows[i].build ? VER_BUILDNUMBER : 0);
        ULONGLONG mask = 0;
        OSVERSIONINFOEXA a = {.dwOSVersionInfoSize = sizeof a};
        RTL_OSVERSIONINFOEXW w = {.dwOSVersionInfoSize = sizeof w};
        VER_SET_CONDITION(mask, VER_MAJORVERSION, rows[i].condition);
        VER_SET_CONDITION(mask, VER_MINORVERSION, rows[i].condition);
        VER_SET_CONDITION(mask, VER_BUILDNUMBER, rows[i].condition);
        a.dwMajorVersion = w.dwMajorVersion = rows[i].major;
        a.dwMinorVersion = w.dwMinorVersion = rows[i].minor;
        a.dwBuildNumber = w.dwBuildNumber = rows[i].build;
        NTSTATUS status = RtlVerifyVersionInfo(&w, types, mask);
        BOOL narrow = VerifyVersionInfoA(&a, types, mask), wide = VerifyVersionInfoW(&w, types, mask);
        ok(narrow == rows[i].holds && wide == rows[i].holds &&
               status == (rows[i].holds ? STATUS_SUCCESS : STATUS_REVISION_MISMATCH),
           "D19: condition %u on %u.%u.%u %s", rows[i].condition, rows[i].major, rows[i].minor, rows[i].build,
           rows[i].holds ? "holds" : "does not hold");
    }
}

static void test_modules(void)
{
    static const char *const names[] = {"secur32", "schannel", "ADVAPI32.dll", "SSPICLI.DLL", "Kernel32.DLL", "SECUR32.DLL", "sspicli", "Security.dll", "crypt32", "ncrypt",
                                        "bcrypt", "ntdll.dll", "kernel32", "C:\\Windows\\System32\\secur32.dll"};
    HMODULE first = GetModuleHandleA("secur32.dll");
    ok(first != NULL, "D19: secur32.dll is here");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        ok(GetModuleHandleA(names[i]) == first && LoadLibraryA(names[i]) == first &&
               LoadLibraryExA(names[i], NULL, LOAD_LIBRARY_SEARCH_SYSTEM32) == first,
           "D19: %s is the library itself", names[i]);
    ok(GetModuleHandleW(L"NtDll") == first && LoadLibraryW(L"crypt32.dll") == first &&
           LoadLibraryExW(L"bcrypt", NULL, 0) == first,
       "D19: by wide names too");
    static const char *const others[] = {"user32", "secur32x", "secur32.dl", "secur32.dll.so", "libc.so.6", ""};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        ok(!GetModuleHandleA(others[i]) && !LoadLibraryA(others[i]) && GetLastError() == ERROR_MOD_NOT_FOUND,
           "D19: '%s' is not", others[i]);
    ok(!GetModuleHandleA(NULL) && !GetModuleHandleW(NULL), "D19: the program itself has no handle");

    static const char *const absent[] = {"wine_get_version", "printf", "memory_hand_out", "core", "",
                                         "acceptsecuritycontext", "GetProcAddress_utf3", "_utf32"};
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++) {
        SetLastError(0);
        ok(!GetProcAddress(first, absent[i]) && GetLastError() == ERROR_PROC_NOT_FOUND,
           "D19: '%s' is not found", absent[i]);
    }
    ok(!GetProcAddress(first, (LPCSTR)17), "D19: ordinals are not known");
    ok(!GetProcAddress(NULL, "GetLastError") && !GetProcAddress((HMODULE)&first, "GetLastError"),
       "D19: other modules have no functions");
    ok(GetProcAddress(first, "GetLastError") == (FARPROC)(void (*)(void))GetLastError,
       "D19: a function without wide characters is found");
    ok(GetProcAddress(first, "GetProcAddress") == (FARPROC)(void (*)(void))GetProcAddress,
       "D19: a name finds the form that this source would call");
    ok(GetProcAddress(first, SSPI_WIDE_NAME(GetModuleHandleW)) == (FARPROC)(void (*)(void))GetModuleHandleW,
       "D19: so does the name with its suffix, as SECURITY_ENTRYPOINT_ANSIW has it");
    ok(FreeLibrary(first) && !FreeLibrary(NULL), "D19: FreeLibrary takes the library and nothing else");
}

static void test_text(void)
{
    WCHAR wide[16];
    char narrow[16];
    is_int(MultiByteToWideChar(CP_UTF8, 0, "a\xC3\xA9", -1, NULL, 0), 3, "a NUL counts where the length is -1");
    is_int(MultiByteToWideChar(CP_ACP, 0, "a\xC3\xA9z", 3, wide, 16), 2, "counted text has none; CP_ACP is UTF-8");
    ok(wide[0] == 'a' && wide[1] == 0xE9, "e with an acute accent");
    is_int(MultiByteToWideChar(CP_UTF8, 0, "\xF0\x9F\x98\x80", 4, NULL, 0), sizeof(WCHAR) == 2 ? 2 : 1,
           "a character over U+FFFF is a pair in UTF-16");
    wide[0] = 'x';
    is_int(MultiByteToWideChar(CP_UTF8, 0, "abc", -1, wide, 3), 0, "too little room");
    ok(GetLastError() == ERROR_INSUFFICIENT_BUFFER && wide[0] == 'x', "nothing is written then");
    is_int(MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, "a\xFF", -1, wide, 16), 0, "malformed");
    is_int(GetLastError(), ERROR_NO_UNICODE_TRANSLATION, "is an error where that is asked for");
    is_int(MultiByteToWideChar(CP_UTF8, 0, "a\xFFz", -1, wide, 16), 4, "and a replacement elsewhere");
    is_int(wide[1], 0xFFFD, "U+FFFD");
    is_int(MultiByteToWideChar(1252, 0, "a", -1, wide, 16), 0, "other code pages are refused");
    is_int(MultiByteToWideChar(CP_UTF8, 0, NULL, -1, wide, 16), 0, "NULL is refused");
    is_int(MultiByteToWideChar(CP_UTF8, 0, "a", 0, wide, 16), 0, "so is a length of 0");

    static const WCHAR text[] = {'a', 0xE9, 0};
    is_int(WideCharToMultiByte(CP_UTF8, 0, text, -1, NULL, 0, NULL, NULL), 4, "back: the length is told");
    is_int(WideCharToMultiByte(CP_UTF8, 0, text, -1, narrow, 16, NULL, NULL), 4, "back");
    is_str(narrow, "a\xC3\xA9", "the same text");
    static const WCHAR lone[] = {0xD800, 'z', 0};
    is_int(WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS, lone, -1, narrow, 16, NULL, NULL), 0,
           "half a pair is an error where that is asked for");
    is_int(WideCharToMultiByte(CP_UTF8, 0, lone, -1, narrow, 16, NULL, NULL), 5, "and a replacement elsewhere");
    is_str(narrow, "\xEF\xBF\xBDz", "with the next character kept");
    BOOL used = 7;
    is_int(WideCharToMultiByte(20127, 0, text, -1, narrow, 16, "!", &used), 3, "ASCII");
    ok(used == TRUE && !strcmp(narrow, "a!"), "what does not fit is the default character");
}

static void test_messages(void)
{
    char buffer[256], *given = NULL;
    WCHAR wide[256], *wide_given = NULL;
    DWORD flags = FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS;
    DWORD len = FormatMessageA(flags, NULL, (DWORD)SEC_E_UNTRUSTED_ROOT, 0, buffer, sizeof buffer, NULL);
    ok(len > 10 && strlen(buffer) == len && !strcmp(buffer + len - 2, "\r\n"), "a status has words and a line's end");
    is_int(FormatMessageW(flags, NULL, (DWORD)SEC_E_UNTRUSTED_ROOT, 0, wide, 256, NULL), len, "wide words as long");
    ok(wide_is(wide, buffer), "the same words");
    ok(FormatMessageA(flags | FORMAT_MESSAGE_ALLOCATE_BUFFER, NULL, ERROR_ACCESS_DENIED, 0, (LPSTR)&given, 0, NULL) &&
           given && strstr(given, "denied"),
       "an error number too, into memory of its own");
    LocalFree(given);
    ok(FormatMessageW(flags | FORMAT_MESSAGE_ALLOCATE_BUFFER, NULL, 0x80070005, 0, (LPWSTR)&wide_given, 0, NULL) &&
           wide_given && wide_given[0],
       "an HRESULT that wraps one, wide");
    LocalFree(wide_given);
    len = FormatMessageA(flags | FORMAT_MESSAGE_MAX_WIDTH_MASK, NULL, ERROR_SUCCESS, 0, buffer, sizeof buffer, NULL);
    ok(len && !strchr(buffer, '\n'), "no line's end where a width is asked for");
    buffer[0] = 'x';
    is_int(FormatMessageA(flags, NULL, ERROR_ACCESS_DENIED, 0, buffer, 5, NULL), 0, "too little room");
    ok(GetLastError() == ERROR_INSUFFICIENT_BUFFER && buffer[0] == 'x', "nothing is written then");
    is_int(FormatMessageA(flags, NULL, 0x12345678, 0, buffer, sizeof buffer, NULL), 0, "a code without words");
    is_int(GetLastError(), ERROR_MR_MID_NOT_FOUND, "has its own error");
    is_int(FormatMessageA(FORMAT_MESSAGE_FROM_STRING, "%s%n", 0, 0, buffer, sizeof buffer, NULL), 0,
           "text of the caller's is not formatted");
}

/* Every code that winerror.h names has words, of one line, the same in A and W. */
static void test_every_code(void)
{
    const char *top = getenv("top_srcdir");
    char path[4096], line[512], name[128], words[512];
    WCHAR wide[512];
    unsigned count = 0, wrong = 0, value;
    FILE *file;

    snprintf(path, sizeof path, "%s/include/winerror.h", top ? top : ".");
    file = fopen(path, "r");
    if (!ok(file != NULL, "winerror.h can be read"))
        return;
    while (fgets(line, sizeof line, file)) {
        DWORD flags = FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, len;
        if ((sscanf(line, "#define %127s ((HRESULT)0x%x)", name, &value) != 2 &&
             sscanf(line, "#define %127s %u", name, &value) != 2) ||
            !strncmp(name, "FACILITY_", 9))
            continue;
        count++;
        len = FormatMessageA(flags, NULL, value, 0, words, sizeof words, NULL);
        if (len < 10 || strlen(words) != len || strchr(words, '\n') != words + len - 1 ||
            FormatMessageW(flags, NULL, value, 0, wide, sizeof wide / sizeof *wide, NULL) != len ||
            !wide_is(wide, words)) {
            diag("%s (0x%08x) has no words", name, value);
            wrong++;
        }
    }
    fclose(file);
    ok(count > 300, "winerror.h names %u codes", count);
    is_int(wrong, 0, "FormatMessage has words for each, narrow and wide");
}

static void test_random(void)
{
    unsigned char bytes[600] = {0}, none[1] = {7};
    unsigned zeros = 0;
    is_int(BCryptGenRandom(NULL, bytes, sizeof bytes, BCRYPT_USE_SYSTEM_PREFERRED_RNG), STATUS_SUCCESS,
           "BCryptGenRandom gives random octets");
    for (size_t i = 0; i < sizeof bytes; i++)
        zeros += !bytes[i];
    ok(zeros < 60, "all of them (%u of 600 are zero)", zeros);
    is_int(BCryptGenRandom(BCRYPT_RNG_ALG_HANDLE, bytes, 1, 0), STATUS_SUCCESS, "by the pseudo-handle too");
    is_int(BCryptGenRandom(NULL, none, 1, 0), STATUS_INVALID_HANDLE, "no handle and no flag");
    is_int(BCryptGenRandom((BCRYPT_ALG_HANDLE)0x21, none, 1, BCRYPT_USE_SYSTEM_PREFERRED_RNG), STATUS_INVALID_HANDLE,
           "another pseudo-handle");
    is_int(none[0], 7, "nothing is written then");
    is_int(BCryptGenRandom(NULL, NULL, 1, BCRYPT_USE_SYSTEM_PREFERRED_RNG), STATUS_INVALID_PARAMETER, "no buffer");
    is_int(BCryptGenRandom(NULL, NULL, 0, BCRYPT_USE_SYSTEM_PREFERRED_RNG), STATUS_SUCCESS, "of no length: nothing");
}

/* A folder's certificates as MariaDB reads them: a pattern, a size, one read. */
static void test_files(void)
{
    char folder[] = "/tmp/opensspi-files.XXXXXX", path[100], text[10];
    WIN32_FIND_DATAA data;
    LARGE_INTEGER size = {0};
    DWORD got = 7, seen = 0, folders = 0;
    if (!mkdtemp(folder))
        exit(99);
    snprintf(path, sizeof path, "%s/a.pem", folder);
    FILE *f = fopen(path, "w");
    if (!f || fputs("hello", f) < 0 || fclose(f))
        exit(99);
    is_int(GetFileAttributesA(folder), FILE_ATTRIBUTE_DIRECTORY, "a folder");
    is_int(GetFileAttributesA(path), FILE_ATTRIBUTE_NORMAL, "a file");
    snprintf(path, sizeof path, "%s\\*", folder);
    HANDLE search = FindFirstFileA(path, &data);
    ok(search != INVALID_HANDLE_VALUE, "a folder's contents");
    do {
        seen += strcmp(data.cFileName, "a.pem") == 0 && data.nFileSizeLow == 5;
        folders += (data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
    } while (FindNextFileA(search, &data));
    ok(GetLastError() == ERROR_NO_MORE_FILES && seen == 1 && folders == 2, "one file, and the folder twice");
    ok(!ReadFile(search, text, 1, &got, NULL) && GetLastError() == ERROR_INVALID_HANDLE, "a search is no file");
    ok(FindClose(search) && !FindClose(search), "closed once");
    snprintf(path, sizeof path, "%s\\a.pem", folder);
    HANDLE file = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, NULL);
    ok(file != INVALID_HANDLE_VALUE && GetFileSizeEx(file, &size) && size.QuadPart == 5, "a file and its size");
    ok(ReadFile(file, text, 2, &got, NULL) && got == 2 && !memcmp(text, "he", 2), "its beginning");
    ok(ReadFile(file, text, sizeof text, &got, NULL) && got == 3 && !memcmp(text, "llo", 3), "its rest");
    ok(ReadFile(file, text, sizeof text, &got, NULL) && got == 0, "its end");
    ok(!ReadFile(file, NULL, 1, &got, NULL) && !ReadFile(file, text, 1, NULL, NULL) && !GetFileSizeEx(file, NULL),
       "into nothing");
    ok(!FindNextFileA(file, &data), "a file is no search");
    ok(CloseHandle(file) && !CloseHandle(file) && GetLastError() == ERROR_INVALID_HANDLE, "closed once");
    ok(CreateFileA(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL) == INVALID_HANDLE_VALUE &&
           GetLastError() == ERROR_NOT_SUPPORTED,
       "nothing is written");
    ok(CreateFileA(folder, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL) == INVALID_HANDLE_VALUE &&
           GetLastError() == ERROR_ACCESS_DENIED,
       "a folder is no file");
    snprintf(path, sizeof path, "%s/*.crt", folder);
    ok(FindFirstFileA(path, &data) == INVALID_HANDLE_VALUE && GetLastError() == ERROR_FILE_NOT_FOUND, "no such files");
    ok(GetFileAttributesA("/nonexistent") == INVALID_FILE_ATTRIBUTES && GetLastError() == ERROR_FILE_NOT_FOUND,
       "no such file");
    ok(GetFileAttributesA(NULL) == INVALID_FILE_ATTRIBUTES && FindFirstFileA(NULL, &data) == INVALID_HANDLE_VALUE &&
           CreateFileA("", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL) == INVALID_HANDLE_VALUE,
       "no name");
    snprintf(path, sizeof path, "%s/a.pem", folder);
    unlink(path);
    rmdir(folder);
}

int main(void)
{
    test_files();
    test_last_error();
    test_time();
    test_versions();
    test_modules();
    test_text();
    test_messages();
    test_every_code();
    test_random();
    return tap_done();
}
