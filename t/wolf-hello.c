/* SPDX-License-Identifier: MIT
 * wolf-hello PORT 12|13: begins a handshake with 127.0.0.1 by wolfSSL, which has no command of its own. */
#include <wolfssl/options.h>
#include <wolfssl/ssl.h>

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct sockaddr_in there = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0), only12 = argc > 2 && !strcmp(argv[2], "12");
    char protocols[] = "h2,http/1.1";
    WOLFSSL_CTX *ctx;
    WOLFSSL *ssl;

    there.sin_port = htons((uint16_t)(argc > 1 ? atoi(argv[1]) : 0));
    if (fd < 0 || connect(fd, (struct sockaddr *)&there, sizeof there) != 0)
        return 1;
    wolfSSL_Init();
    ctx = wolfSSL_CTX_new(only12 ? wolfTLSv1_2_client_method() : wolfSSLv23_client_method());
    if (!ctx)
        return 1;
    wolfSSL_CTX_set_verify(ctx, WOLFSSL_VERIFY_NONE, NULL);
    ssl = wolfSSL_new(ctx);
    if (!ssl || wolfSSL_UseSNI(ssl, WOLFSSL_SNI_HOST_NAME, "www.example.org", 15) != WOLFSSL_SUCCESS ||
        wolfSSL_UseALPN(ssl, protocols, sizeof protocols - 1, WOLFSSL_ALPN_CONTINUE_ON_MISMATCH) !=
            WOLFSSL_SUCCESS ||
        wolfSSL_set_fd(ssl, fd) != WOLFSSL_SUCCESS)
        return 1;
    return wolfSSL_connect(ssl) != WOLFSSL_SUCCESS;
}
