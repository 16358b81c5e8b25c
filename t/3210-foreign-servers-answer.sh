#!/bin/sh
# SPDX-License-Identifier: MIT
# `sspi connect` against openssl s_server, gnutls-serv, nginx and stunnel: every provider, TLS 1.2 and 1.3.
. "${top_srcdir:?}/t/lib.sh"
for tool in openssl gnutls-serv; do have $tool || skip_all "$tool is not installed"; done
chain=$pki/server-rsa-chain.pem key=$pki/server-rsa.key

# get NAME WANTED ARGUMENTS...: a request; WANTED stands in the answer, and the server was verified.
get() {
    name=$1 wanted=$2
    shift 2
    printf 'GET / HTTP/1.0\r\n\r\n' | timeout 60 "$sspi" connect "localhost:$server_port" --ca "$pki/root.pem" \
        "$@" >"$work/page" 2>"$work/page.err"
    grep -q "$wanted" "$work/page" && grep -q ', verified' "$work/page.err"
    ok $? "$name" || diag "$(tail -n 5 "$work/page" "$work/page.err")"
}
refused() { # NAME CODE ARGUMENTS...
    name=$1 code=$2
    shift 2
    timeout 60 "$sspi" connect "localhost:$server_port" "$@" </dev/null >"$work/page" 2>"$work/page.err"
    [ $? -eq 1 ] && grep -q "$code" "$work/page.err"
    ok $? "$name" || diag "$(cat "$work/page.err")"
}

# Each server: a function that starts it on $server_port and prints what its page says.
start_s_server() {
    spawn "$work/server.log" openssl s_server -www -accept "127.0.0.1:$server_port" -cert_chain "$chain" \
        -cert "$pki/server-rsa.pem" -key "$key" -quiet
    wanted='s_server'
}
start_gnutls_serv() {
    spawn "$work/server.log" gnutls-serv --http --port "$server_port" --x509certfile "$chain" --x509keyfile "$key" \
        --priority NORMAL --disable-client-cert
    wanted='GnuTLS'
}
start_nginx() {
    mkdir -p "$work/nginx"
    echo 'nginx says hello' >"$work/nginx/index.html"
    chmod 755 "$work" "$work/nginx"
    cat >"$work/nginx.conf" <<END
daemon off; master_process off; pid $work/nginx.pid; error_log $work/nginx.error; worker_rlimit_nofile 1024;
events { worker_connections 64; }
http {
    access_log off;
    client_body_temp_path $work/t1; proxy_temp_path $work/t2; fastcgi_temp_path $work/t3;
    uwsgi_temp_path $work/t4; scgi_temp_path $work/t5;
    server {
        listen 127.0.0.1:$server_port ssl;
        ssl_certificate $chain; ssl_certificate_key $key; ssl_protocols TLSv1.2 TLSv1.3;
        root $work/nginx;
    }
}
END
    spawn "$work/server.log" nginx -c "$work/nginx.conf" -p "$work" -e "$work/nginx.error"
    wanted='nginx says hello'
}
start_stunnel() {
    # It reads the whole request: what it left unread would reset the socket, and the answer with it.
    cat >"$work/answer" <<'END'
#!/bin/sh
cr=$(printf '\r')
while read -r line && [ "$line" != "$cr" ]; do :; done
printf 'HTTP/1.0 200 OK\r\nContent-Length: 8\r\n\r\nstunnel\n'
END
    chmod 755 "$work/answer"
    cat >"$work/stunnel.conf" <<END
foreground = yes
pid =
[test]
accept = 127.0.0.1:$server_port
cert = $work/stunnel.pem
exec = $work/answer
END
    cat "$chain" "$key" >"$work/stunnel.pem"
    chmod 600 "$work/stunnel.pem"
    spawn "$work/server.log" stunnel "$work/stunnel.conf"
    wanted='stunnel'
}

for server in s_server gnutls_serv nginx stunnel; do
    case $server in
    nginx | stunnel) have $server || { skip "$server is not installed" "$server answers"; continue; } ;;
    esac
    server_port=$(free_port)
    start_$server
    listening "$server_port" "$spawned"
    ok $? "$server listens" || { diag "$(cat "$work/server.log")"; continue; }
    for provider in $PROVIDERS; do
        for version in 1.2 1.3; do
            get "$provider tls$version: sspi connect reads the page of $server" "$wanted" \
                --provider "$provider" --tls $version
        done
        refused "K38 $provider: $server under an authority that is not trusted is refused" 0x80090325 \
            --provider "$provider" --ca "$pki/other-root.pem"
        refused "K38 $provider: $server under another name is refused" 0x80090322 \
            --provider "$provider" --ca "$pki/root.pem" --servername www.invalid
    done
    stop "$spawned"
done
tap_done
