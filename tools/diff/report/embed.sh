#!/bin/sh
# SPDX-License-Identifier: MIT
# embed.sh FOLDER: page.html, and the files that its lines "@file NAME@" name, as page-text.c on stdout.
set -e
lines() { sed 's/\\/\\\\/g; s/"/\\"/g; s/??/?\\?/g; s/.*/    "&\\n",/'; }
printf '/* SPDX-License-Identifier: MIT */\n#include "tools/diff/report/page-text.h"\n\n'
echo 'const char *const page_text[] = {'
while IFS= read -r line; do
    case $line in
    '@file '*) name=${line#@file }; lines <"$1/${name%@}" ;;
    *) printf '%s\n' "$line" | lines ;;
    esac
done <"$1/page.html"
echo '    (const char *)0};'
