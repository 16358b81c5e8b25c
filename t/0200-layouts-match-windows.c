/* SPDX-License-Identifier: MIT
 *
 * Sizes, offsets and values are asserted where t/layout.h is compiled; what is left to run here is how the
 * macros behave.  Built as C and, by 0201, as C++. */
#include "t/layout.h"

#include "t/tap.h"

static const char *name_of(SECURITY_STATUS status)
{
    switch (status) { /* status codes are constants of the right type */
    case SEC_E_OK:
        return "ok";
    case SEC_I_CONTINUE_NEEDED:
        return "continue";
    case SEC_E_INVALID_TOKEN:
        return "token";
    case CERT_E_CN_NO_MATCH:
        return "name";
    default:
        return "other";
    }
}

int main(void)
{
    CtxtHandle handle = {0, 0};
    TimeStamp stamp;

    ok(1, "the layouts of %d-byte wide characters held when this was compiled", (int)sizeof(WCHAR));
    ok(SEC_E_INVALID_TOKEN < 0 && SEC_I_CONTINUE_NEEDED > 0, "failures are negative");
    ok(FAILED(SEC_E_INVALID_TOKEN) && SUCCEEDED(SEC_I_RENEGOTIATE) && SUCCEEDED(SEC_E_OK),
       "FAILED and SUCCEEDED tell them apart");
    is_str(name_of(SEC_E_INVALID_TOKEN), "token", "a status selects a case");
    is_int(HRESULT_FROM_WIN32(ERROR_INVALID_PARAMETER), (HRESULT)0x80070057, "HRESULT_FROM_WIN32 wraps an error");
    is_int(HRESULT_FROM_WIN32(ERROR_SUCCESS), 0, "HRESULT_FROM_WIN32 leaves success");

    ok(SecIsValidHandle(&handle), "a zeroed handle counts as valid, as on Windows");
    SecInvalidateHandle(&handle);
    ok(!SecIsValidHandle(&handle), "SecInvalidateHandle makes it invalid");
    ok(handle.dwLower == (ULONG_PTR)-1 && handle.dwUpper == (ULONG_PTR)-1, "both words are -1");

    stamp.QuadPart = 0x0123456789ABCDEFLL;
    ok(stamp.LowPart == 0x89ABCDEF && stamp.HighPart == 0x01234567, "a time stamp has two halves");
    is_int(sizeof(UNISP_NAME_W), sizeof(UNISP_NAME_A) * sizeof(WCHAR), "L\"\" texts are made of WCHAR");
    is_int(LOBYTE(0x1234), 0x34, "LOBYTE");
    is_int(HIBYTE(0x1234), 0x12, "HIBYTE");
    is_int(ISC_REQ_MESSAGES >> 32, 1, "ISC_REQ_MESSAGES has 64 bits");
    return tap_done();
}
