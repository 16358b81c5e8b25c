/* SPDX-License-Identifier: MIT
 *
 * ntstatus.h -- NTSTATUS values. */
#ifndef OPENSSPI_NTSTATUS_H
#define OPENSSPI_NTSTATUS_H

#include <opensspi/types.h>

#define NT_SUCCESS(status) ((NTSTATUS)(status) >= 0)
#define STATUS_SUCCESS                             ((NTSTATUS)0x00000000)
#define STATUS_UNSUCCESSFUL                        ((NTSTATUS)0xC0000001)
#define STATUS_NOT_IMPLEMENTED                     ((NTSTATUS)0xC0000002)
#define STATUS_INVALID_HANDLE                      ((NTSTATUS)0xC0000008)
#define STATUS_INVALID_PARAMETER                   ((NTSTATUS)0xC000000D)
#define STATUS_NO_MEMORY                           ((NTSTATUS)0xC0000017)
#define STATUS_ACCESS_DENIED                       ((NTSTATUS)0xC0000022)
#define STATUS_BUFFER_TOO_SMALL                    ((NTSTATUS)0xC0000023)
#define STATUS_OBJECT_NAME_NOT_FOUND               ((NTSTATUS)0xC0000034)
#define STATUS_REVISION_MISMATCH                   ((NTSTATUS)0xC0000059)
#define STATUS_LOGON_FAILURE                       ((NTSTATUS)0xC000006D)
#define STATUS_INSUFFICIENT_RESOURCES              ((NTSTATUS)0xC000009A)
#define STATUS_NOT_SUPPORTED                       ((NTSTATUS)0xC00000BB)
#define STATUS_ENTRYPOINT_NOT_FOUND                ((NTSTATUS)0xC0000139)
#define STATUS_INTERNAL_ERROR                      ((NTSTATUS)0xC00000E5)
#define STATUS_INVALID_BUFFER_SIZE                 ((NTSTATUS)0xC0000206)
#define STATUS_NOT_FOUND                           ((NTSTATUS)0xC0000225)
#define STATUS_NO_SUCH_USER                        ((NTSTATUS)0xC0000064)
#define STATUS_WRONG_PASSWORD                      ((NTSTATUS)0xC000006A)
#define STATUS_ACCOUNT_RESTRICTION                 ((NTSTATUS)0xC000006E)

#endif
