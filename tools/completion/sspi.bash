# SPDX-License-Identifier: MIT
# bash completion for sspi(1).  What can follow comes from `sspi --help` and `sspi COMMAND --help`: commands and
# words stand behind two blanks there, options behind two and two dashes.
_sspi() {
    local cur=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]} words
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        words="$(sspi --help 2>/dev/null | awk '/^  [a-z]/ {print $1}') help --help --version"
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
        return
    fi
    case $previous in
    --provider) mapfile -t COMPREPLY < <(compgen -W "$(sspi providers --names 2>/dev/null)" -- "$cur") ;;
    --tls) mapfile -t COMPREPLY < <(compgen -W "1.2 1.3" -- "$cur") ;;
    --client-cert) mapfile -t COMPREPLY < <(compgen -W "none request require" -- "$cur") ;;
    --role) mapfile -t COMPREPLY < <(compgen -W "accept initialize" -- "$cur") ;;
    --store) mapfile -t COMPREPLY < <(compgen -W "MY CA ROOT" -- "$cur") ;;
    --cert | --key | --ca | --pfx | --pfx-password | --password-file | --keylog | --map | --out | --streams | --json | --rules)
        mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
    --www | --folder | --data | --corpora) mapfile -t COMPREPLY < <(compgen -d -- "$cur") ;;
    *)
        words=
        case $command:$COMP_CWORD:$cur in
        help:2:*) words=$(sspi --help 2>/dev/null | awk '/^  [a-z]/ {print $1}') ;;
        help:*) return ;;
        *:-*) words=$(sspi "$command" --help 2>/dev/null | grep -oE '^ +--[a-z-]+' | tr -d ' ') ;;
        config:3:*) words=$(sspi config 2>/dev/null | awk '/^  [a-z]/ && NF > 1 {print $1}') ;;
        *:2:*) words=$(sspi "$command" --help 2>/dev/null | awk '/^  [a-z]/ {print $1}') ;;
        esac
        if [ -n "$words" ]; then
            mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
        else
            mapfile -t COMPREPLY < <(compgen -f -- "$cur")
        fi
        ;;
    esac
}
complete -o filenames -F _sspi sspi
