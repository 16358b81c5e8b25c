/* SPDX-License-Identifier: MIT
 * core/errors.c -- the codes of winerror.h that are no status of SSPI's, each in one line. */
#include <config.h>

#include "core/wording.h"

#include <strings.h>

#define ROW(name, words)                                                                                     \
    {                                                                                                        \
        (DWORD) name, #name, words                                                                           \
    }

/* With core/codes.c, one row for every code of winerror.h (a test compares). */
static const struct error_text errors[] = {
    ROW(ERROR_SUCCESS, "The operation succeeded."),
    ROW(ERROR_INVALID_FUNCTION, "The function is not valid."),
    ROW(ERROR_FILE_NOT_FOUND, "No such file."),
    ROW(ERROR_PATH_NOT_FOUND, "No such folder."),
    ROW(ERROR_TOO_MANY_OPEN_FILES, "Too many files are open."),
    ROW(ERROR_ACCESS_DENIED, "Access is denied."),
    ROW(ERROR_INVALID_HANDLE, "The handle is not valid."),
    ROW(ERROR_NOT_ENOUGH_MEMORY, "There is not enough memory."),
    ROW(ERROR_INVALID_DATA, "The data is not valid."),
    ROW(ERROR_OUTOFMEMORY, "There is not enough memory."),
    ROW(ERROR_NO_MORE_FILES, "There are no more files."),
    ROW(ERROR_NOT_READY, "The device is not ready."),
    ROW(ERROR_BAD_LENGTH, "The length is not the one that is needed."),
    ROW(ERROR_WRITE_FAULT, "Writing failed."),
    ROW(ERROR_READ_FAULT, "Reading failed."),
    ROW(ERROR_GEN_FAILURE, "A device does not work."),
    ROW(ERROR_SHARING_VIOLATION, "Another process uses the file."),
    ROW(ERROR_LOCK_VIOLATION, "Another process has locked that part of the file."),
    ROW(ERROR_HANDLE_EOF, "The end of the file was reached."),
    ROW(ERROR_NOT_SUPPORTED, "The request is not supported."),
    ROW(ERROR_DUP_NAME, "The name is taken."),
    ROW(ERROR_FILE_EXISTS, "The file exists."),
    ROW(ERROR_INVALID_PASSWORD, "The password is not right."),
    ROW(ERROR_INVALID_PARAMETER, "A parameter is not valid."),
    ROW(ERROR_BROKEN_PIPE, "The other end has closed."),
    ROW(ERROR_BUFFER_OVERFLOW, "The name is too long."),
    ROW(ERROR_CALL_NOT_IMPLEMENTED, "This system does not have the function."),
    ROW(ERROR_INSUFFICIENT_BUFFER, "The buffer is too small."),
    ROW(ERROR_INVALID_NAME, "The name is malformed."),
    ROW(ERROR_MOD_NOT_FOUND, "No such module."),
    ROW(ERROR_PROC_NOT_FOUND, "No such function."),
    ROW(ERROR_BAD_ARGUMENTS, "The arguments make no sense."),
    ROW(ERROR_BUSY, "The object is in use."),
    ROW(ERROR_ALREADY_EXISTS, "The object exists already."),
    ROW(ERROR_BAD_EXE_FORMAT, "The module is not one that can be loaded."),
    ROW(ERROR_FILENAME_EXCED_RANGE, "The file name is too long."),
    ROW(ERROR_MORE_DATA, "There is more data than the buffer holds."),
    ROW(ERROR_NO_MORE_ITEMS, "There are no more items."),
    ROW(ERROR_MR_MID_NOT_FOUND, "There are no words for the code."),
    ROW(ERROR_ARITHMETIC_OVERFLOW, "A number is too large."),
    ROW(ERROR_OPERATION_ABORTED, "The operation was given up."),
    ROW(ERROR_IO_PENDING, "The operation goes on in the background."),
    ROW(ERROR_INVALID_FLAGS, "The flags are not valid."),
    ROW(ERROR_FILE_INVALID, "The file has changed and cannot be used any more."),
    ROW(ERROR_NO_TOKEN, "There is no token."),
    ROW(ERROR_NO_UNICODE_TRANSLATION, "The text is malformed."),
    ROW(ERROR_OLD_WIN_VERSION, "The version is not the one that was asked for."),
    ROW(ERROR_NOT_FOUND, "Not found."),
    ROW(ERROR_CANCELLED, "The user cancelled it."),
    ROW(ERROR_NOT_ALL_ASSIGNED, "Not all the privileges asked for are held."),
    ROW(ERROR_PRIVILEGE_NOT_HELD, "A privilege is missing."),
    ROW(ERROR_NO_SUCH_USER, "No such account."),
    ROW(ERROR_LOGON_FAILURE, "The account may not log on."),
    ROW(ERROR_INTERNAL_ERROR, "Something failed inside."),
    ROW(ERROR_TIMEOUT, "The time is over."),
    ROW(ERROR_UNSUPPORTED_TYPE, "The type is not supported."),
    ROW(ERROR_INVALID_USER_BUFFER, "The buffer is not valid."),
    ROW(ERROR_RESOURCE_TYPE_NOT_FOUND, "No such kind of resource."),
    ROW(E_UNEXPECTED, "Something failed that should not."),
    ROW(E_NOTIMPL, "This is not implemented."),
    ROW(E_OUTOFMEMORY, "There is not enough memory."),
    ROW(E_INVALIDARG, "An argument is not valid."),
    ROW(E_NOINTERFACE, "There is no such interface."),
    ROW(E_POINTER, "A pointer is not valid."),
    ROW(E_HANDLE, "The handle is not valid."),
    ROW(E_ABORT, "The operation was given up."),
    ROW(E_FAIL, "The operation failed."),
    ROW(E_ACCESSDENIED, "Access is denied."),
    ROW(E_PENDING, "The data is not there yet."),
    ROW(S_FALSE, "The call succeeded and the answer is no."),
    ROW(NTE_BAD_UID, "The key provider's handle is not valid."),
    ROW(NTE_BAD_HASH, "The hash object is not valid."),
    ROW(NTE_BAD_KEY, "The key is not valid."),
    ROW(NTE_BAD_LEN, "A length is wrong."),
    ROW(NTE_BAD_DATA, "The key or data is damaged."),
    ROW(NTE_BAD_SIGNATURE, "The signature does not verify."),
    ROW(NTE_BAD_VER, "The version of the key blob is not supported."),
    ROW(NTE_BAD_ALGID, "The algorithm is not supported."),
    ROW(NTE_BAD_FLAGS, "The flags are not valid."),
    ROW(NTE_BAD_TYPE, "The type is not supported."),
    ROW(NTE_BAD_KEY_STATE, "The key may not be used like this."),
    ROW(NTE_BAD_HASH_STATE, "The hash is finished."),
    ROW(NTE_NO_KEY, "There is no such key."),
    ROW(NTE_NO_MEMORY, "There is not enough memory."),
    ROW(NTE_EXISTS, "The object exists already."),
    ROW(NTE_PERM, "Access is denied."),
    ROW(NTE_NOT_FOUND, "The object was not found."),
    ROW(NTE_DOUBLE_ENCRYPT, "The data is encrypted already."),
    ROW(NTE_BAD_PROVIDER, "The name of the key provider is not valid."),
    ROW(NTE_BAD_PROV_TYPE, "The type of the key provider is not valid."),
    ROW(NTE_BAD_PUBLIC_KEY, "The public key is not valid."),
    ROW(NTE_BAD_KEYSET, "There is no such key container."),
    ROW(NTE_PROV_TYPE_NOT_DEF, "No key provider of this type is known."),
    ROW(NTE_PROV_TYPE_ENTRY_BAD, "The entry for this type of key provider is damaged."),
    ROW(NTE_KEYSET_NOT_DEF, "There is no such key container or key provider."),
    ROW(NTE_KEYSET_ENTRY_BAD, "The entry for the key provider is damaged."),
    ROW(NTE_PROV_TYPE_NO_MATCH, "The key provider is of another type."),
    ROW(NTE_SIGNATURE_FILE_BAD, "The signature of the key provider's file is damaged."),
    ROW(NTE_PROVIDER_DLL_FAIL, "The key provider could not start."),
    ROW(NTE_PROV_DLL_NOT_FOUND, "The key provider was not found."),
    ROW(NTE_BAD_KEYSET_PARAM, "A parameter of the key container is not valid."),
    ROW(NTE_FAIL, "The operation failed."),
    ROW(NTE_SYS_ERR, "The system reported an error."),
    ROW(NTE_SILENT_CONTEXT, "A question would have to be asked, and may not be."),
    ROW(NTE_TOKEN_KEYSET_STORAGE_FULL, "The store of keys is full."),
    ROW(NTE_TEMPORARY_PROFILE, "A temporary profile keeps no keys."),
    ROW(NTE_FIXEDPARAMETER, "The parameter cannot be changed."),
    ROW(NTE_INVALID_HANDLE, "The handle is not valid."),
    ROW(NTE_INVALID_PARAMETER, "A parameter is not valid."),
    ROW(NTE_BUFFER_TOO_SMALL, "The buffer is too small."),
    ROW(NTE_NOT_SUPPORTED, "The request is not supported."),
    ROW(NTE_NO_MORE_ITEMS, "There are no more items."),
    ROW(NTE_BUFFERS_OVERLAP, "The buffers overlap."),
    ROW(NTE_DECRYPTION_FAILURE, "The data could not be decrypted."),
    ROW(NTE_INTERNAL_ERROR, "Something failed inside."),
    ROW(NTE_UI_REQUIRED, "A question would have to be asked."),
    ROW(NTE_HMAC_NOT_SUPPORTED, "HMAC is not supported."),
    ROW(NTE_DEVICE_NOT_READY, "The device is not ready."),
    ROW(NTE_AUTHENTICATION_IGNORED, "The authentication was ignored."),
    ROW(NTE_VALIDATION_FAILED, "The check failed."),
    ROW(NTE_INCORRECT_PASSWORD, "The password is not right."),
    ROW(NTE_ENCRYPTION_FAILURE, "The data could not be encrypted."),
    ROW(NTE_DEVICE_NOT_FOUND, "The device was not found."),
    ROW(NTE_USER_CANCELLED, "The user cancelled it."),
    ROW(NTE_PASSWORD_CHANGE_REQUIRED, "The password must be changed first."),
    ROW(CRYPT_I_NEW_PROTECTION_REQUIRED, "The data must be protected anew."),
    ROW(SCARD_E_INVALID_HANDLE, "The smart card's handle is not valid."),
    ROW(NTE_NOT_ACTIVE_CONSOLE, "The session is not the one at the console."),
};

const struct error_text *error_text_at(size_t i)
{
    return i < sizeof errors / sizeof *errors ? &errors[i] : NULL;
}

const struct error_text *error_text(DWORD code)
{
    const struct error_text *row;
    for (size_t i = 0; (row = error_text_at(i)) != NULL; i++)
        if (row->code == code)
            return row;
    return NULL;
}

const struct error_text *error_text_named(const char *name)
{
    const struct error_text *row;
    for (size_t i = 0; (row = error_text_at(i)) != NULL; i++)
        if (strcasecmp(row->name, name) == 0)
            return row;
    return NULL;
}
