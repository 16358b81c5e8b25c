# SPDX-License-Identifier: MIT
# abi-rows.awk -- every constant and every layout of the headers given, one statement a line, for abi.sh to
# compile.  It leans on how the headers are written: one member a line, braces as clang-format sets them.
function row(name, value) { printf "ROW(\"%s\", %s)\n", name, value }
function macro(name) { if (!(name in seen)) { seen[name] = 1; printf "MACRO %s\n", name } }
function members(line,    n, i, parts) {
    sub(/\/\*.*/, "", line); sub(/;[^;]*$/, "", line)
    if (line ~ /\(/) return                       # a pointer to a function
    gsub(/\[[^]]*\]/, "", line)
    n = split(line, parts, /,/)
    for (i = 1; i <= n; i++) {
        sub(/[ \t]+$/, "", parts[i]); sub(/^.*[ *]/, "", parts[i])
        if (parts[i] ~ /^[A-Za-z_][A-Za-z0-9_]*$/) member[++count] = parts[i]
    }
}
function finish(line,    i, type) {
    type = line
    sub(/^} */, "", type); sub(/[ ,;].*/, "", type)
    if (type == "") { type = tag; sub(/^(struct|union) _/, "", type) }
    row("sizeof(" type ")", "sizeof(" type ")")
    for (i = 1; i <= count; i++)
        row(type "." member[i], "__builtin_offsetof(" type ", " member[i] ")")
    depth = 0
}
/^[ \t]*#[ \t]*define [A-Za-z_][A-Za-z0-9_]*[ \t]+[^ \t]/ {
    name = $0; sub(/^[ \t]*#[ \t]*define /, "", name)
    if (match(name, /^[A-Za-z_][A-Za-z0-9_]*/) && substr(name, RLENGTH + 1, 1) != "(")
        macro(substr(name, 1, RLENGTH))
    next
}
depth == 0 && /^typedef enum .*{$/ { inside_enum = 1; next }
inside_enum && /^}/ { inside_enum = 0; next }
inside_enum {
    name = $1; sub(/,.*/, "", name)
    if (name ~ /^[A-Za-z_][A-Za-z0-9_]*$/) row(name, name)
    next
}
depth == 0 && /^(typedef )?(struct|union) [A-Za-z_0-9]* {( \/\*.*)?$/ {
    depth = 1; count = 0
    tag = $0; sub(/^typedef /, "", tag); sub(/ {.*/, "", tag)
    next
}
depth == 1 && /^}/ { finish($0); next }
depth == 1 && /(union|struct) {( \/\*.*)?$/ { depth = 2; next }
depth == 2 && /^    }/ { depth = 1; if ($0 ~ /} [a-z]/) { sub(/^    } /, "    X "); members($0) } next }
depth >= 1 && /;/ { members($0) }
