/* SPDX-License-Identifier: MIT
 *
 * QuerySecurityContextToken, ImpersonateSecurityContext, RevertSecurityContext, CloseHandle: a context's
 * account in the hands of a program (D22).  A HANDLE has one word, so it is the handle table's lower word
 * alone; the generation in it tells a closed one from a new one. */
#include <config.h>

#include "core/account.h"

#include "core/attributes.h"
#include "core/context.h"
#include "core/handle.h"
#include "core/memory.h"
#include "core/win32.h"

#include <opensspi/extra.h>
#include <string.h>
#include <windows.h>

static void token_destroy(void *object)
{
    account_drop(object);
}

static SecHandle handle_of(HANDLE token)
{
    return (SecHandle){(ULONG_PTR)token, 0};
}

/* A handle of its own; takes a reference. */
static SECURITY_STATUS token_open(struct account *account, HANDLE *out)
{
    SecHandle handle;
    if (handle_open(HANDLE_TOKEN, account_hold(account), &handle) != 0) {
        account_drop(account);
        return SEC_E_INSUFFICIENT_MEMORY;
    }
    *out = (HANDLE)handle.dwLower;
    return SEC_E_OK;
}

static int token_close(HANDLE token)
{
    SecHandle handle = handle_of(token);
    return handle_close(&handle, HANDLE_TOKEN, token_destroy);
}

static struct account *account_of_token(HANDLE token)
{
    void *object;
    SecHandle handle = handle_of(token);
    struct handle_slot *slot = handle_lock(&handle, HANDLE_TOKEN, &object);
    if (!slot)
        return NULL;
    struct account *account = account_hold(object);
    handle_unlock(slot);
    return account;
}

/* The account of a completed context, held. */
static SECURITY_STATUS account_of_context(const CtxtHandle *handle, struct account **out)
{
    void *object;
    struct handle_slot *slot = handle_lock(handle, HANDLE_CONTEXT, &object);
    if (!slot)
        return SEC_E_INVALID_HANDLE;
    const struct context *context = object;
    *out = account_hold(context->account);
    handle_unlock(slot);
    return *out ? SEC_E_OK : SEC_E_NO_IMPERSONATION;
}

/* ---- what a context does with its account ---- */

void account_settle(struct context *context)
{
    if (context->token)
        (void)token_close((HANDLE)context->token); /* it named the account of the handshake before */
    context->token = 0;
    account_drop(context->account);
    context->account = context->flags & CONTEXT_MUTUAL ? context->candidate : NULL;
    if (context->account)
        context->candidate = NULL;
    account_forget(context);
}

void account_free(struct context *context)
{
    account_forget(context);
    account_settle(context);
}

SECURITY_STATUS attribute_access_token(struct context *context, void *out, enum form form)
{
    (void)form;
    HANDLE made;
    if (!context->account)
        return SEC_E_NO_IMPERSONATION;
    struct account *there = context->token ? account_of_token((HANDLE)context->token) : NULL;
    account_drop(there);
    if (there != context->account) { /* none yet, or the program closed it */
        SECURITY_STATUS status = token_open(context->account, &made);
        if (status != SEC_E_OK)
            return status;
        context->token = (ULONG_PTR)made;
    }
    ((SecPkgContext_AccessToken *)out)->AccessToken = (void *)context->token;
    return SEC_E_OK;
}

/* ---- exported ---- */

SECURITY_STATUS SEC_ENTRY QuerySecurityContextToken(PCtxtHandle phContext, HANDLE *Token)
{
    struct account *account;
    SECURITY_STATUS status = account_of_context(phContext, &account);
    if (status != SEC_E_OK)
        return status;
    status = Token ? token_open(account, Token) : SEC_E_INVALID_PARAMETER;
    account_drop(account);
    return status;
}

BOOL WINAPI CloseHandle(HANDLE hObject)
{
    if (token_close(hObject) == 0 || file_close(hObject) == 0)
        return TRUE;
    SetLastError(ERROR_INVALID_HANDLE);
    return FALSE;
}

SECURITY_STATUS SEC_ENTRY ImpersonateSecurityContext(PCtxtHandle phContext)
{
    struct account *account;
    SECURITY_STATUS status = account_of_context(phContext, &account);
    if (status != SEC_E_OK)
        return status;
    status = impersonate_begin(account, phContext);
    account_drop(account);
    return status;
}

/* The thread's own record is asked first: a context deleted meanwhile must not keep it from going back. */
SECURITY_STATUS SEC_ENTRY RevertSecurityContext(PCtxtHandle phContext)
{
    void *object;
    if (impersonate_end(phContext) == SEC_E_OK)
        return SEC_E_OK;
    struct handle_slot *slot = handle_lock(phContext, HANDLE_CONTEXT, &object);
    if (!slot)
        return SEC_E_INVALID_HANDLE;
    handle_unlock(slot);
    return SEC_E_NO_IMPERSONATION;
}

/* Everything in one block, for FreeContextBuffer. */
SECURITY_STATUS SEC_ENTRY OPENSSPI_QueryTokenAccount(HANDLE Token, OPENSSPI_ACCOUNT **ppAccount)
{
    if (!ppAccount)
        return SEC_E_INVALID_PARAMETER;
    struct account *account = account_of_token(Token);
    if (!account)
        return SEC_E_INVALID_HANDLE;
    size_t groups = account->group_count * sizeof *account->groups, name = strlen(account->name) + 1,
           rule = strlen(account->place) + 1;
    OPENSSPI_ACCOUNT *out = memory_hand_out(sizeof *out + groups + name + rule);
    if (out) {
        unsigned *ids = (unsigned *)(out + 1);
        char *text = (char *)(ids + account->group_count);
        out->cbSize = sizeof *out;
        out->uid = account->uid;
        out->gid = account->gid;
        out->cGroups = account->group_count;
        out->groups = memcpy(ids, account->groups, groups);
        out->name = memcpy(text, account->name, name);
        out->rule = memcpy(text + name, account->place, rule);
        *ppAccount = out;
    }
    account_drop(account);
    return out ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}
