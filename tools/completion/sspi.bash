# SPDX-License-Identifier: MIT
# bash completion for sspi(1).  What can follow comes from `sspi --help` and `sspi COMMAND --help`.
_sspi() {
    local cur=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W "$(sspi --help 2>/dev/null | awk '/^  [a-z]/ {print $1}') --help --version" -- "$cur")
        return
    fi
    case $previous in
    --provider) mapfile -t COMPREPLY < <(compgen -W "$(sspi providers --names 2>/dev/null)" -- "$cur") ;;
    --tls) mapfile -t COMPREPLY < <(compgen -W "1.2 1.3" -- "$cur") ;;
    --cert | --key | --ca | --pfx | --pfx-password | --keylog | --map) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
    --www) mapfile -t COMPREPLY < <(compgen -d -- "$cur") ;;
    *)
        case $command:$COMP_CWORD:$previous:$cur in
        *:-*) mapfile -t COMPREPLY < <(compgen -W "$(sspi "$command" --help 2>/dev/null |
            grep -oE '^ +--[a-z-]+' | tr -d ' ')" -- "$cur") ;;
        config:2:*) mapfile -t COMPREPLY < <(compgen -W "get explain set unset check show" -- "$cur") ;;
        config:3:*) mapfile -t COMPREPLY < <(compgen -W "$(sspi config 2>/dev/null | awk '/^  [a-z]/ && NF > 1 {print $1}')" -- "$cur") ;;
        certs:2:*) mapfile -t COMPREPLY < <(compgen -W "list show import export delete verify fetch-crl map" -- "$cur") ;;
        *) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
        esac
        ;;
    esac
}
complete -o filenames -F _sspi sspi
