/* SPDX-License-Identifier: MIT
 * core/cert/random.c -- BCryptGenRandom. */
#include <config.h>

#include <bcrypt.h>
#include <errno.h>
#include <sys/random.h>

NTSTATUS WINAPI BCryptGenRandom(BCRYPT_ALG_HANDLE hAlgorithm, PUCHAR pbBuffer, ULONG cbBuffer, ULONG dwFlags)
{
    int preferred = !hAlgorithm && (dwFlags & BCRYPT_USE_SYSTEM_PREFERRED_RNG);
    if (!preferred && hAlgorithm != BCRYPT_RNG_ALG_HANDLE)
        return STATUS_INVALID_HANDLE;
    if (!pbBuffer)
        return cbBuffer ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
    for (ULONG done = 0; done < cbBuffer;) {
        ssize_t got = getrandom(pbBuffer + done, cbBuffer - done, 0);
        if (got < 0 && errno != EINTR)
            return STATUS_UNSUCCESSFUL;
        if (got > 0)
            done += (ULONG)got;
    }
    return STATUS_SUCCESS;
}
