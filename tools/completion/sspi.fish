# SPDX-License-Identifier: MIT
# fish completion for sspi(1).  What can follow comes from `sspi --help` and `sspi COMMAND --help`.
function __sspi_commands
    sspi --help 2>/dev/null | string replace -rf '^  ([a-z]+) +(.*)' '$1\t$2'
end
function __sspi_words
    sspi (commandline -opc)[2] --help 2>/dev/null | string replace -rf '^  ([a-z][a-z-]*)( .*)? {2,}(.*)' '$1\t$3'
end
function __sspi_options
    sspi (commandline -opc)[2] --help 2>/dev/null | string replace -rf '^ +(--[a-z-]+).*' '$1'
end
complete -c sspi -n 'test (count (commandline -opc)) -eq 1' -f -a '(__sspi_commands) help'
complete -c sspi -n 'test (count (commandline -opc)) -eq 2; and contains -- help (commandline -opc)' -f -a '(__sspi_commands)'
complete -c sspi -n 'test (count (commandline -opc)) -gt 1; and string match -q -- "-*" (commandline -ct)' -f -a '(__sspi_options)'
complete -c sspi -n 'test (count (commandline -opc)) -eq 2; and test (count (__sspi_words)) -gt 0' -f -a '(__sspi_words)'
complete -c sspi -n 'string match -q -- --provider (commandline -opc)[-1]' -f -a '(sspi providers --names 2>/dev/null)'
complete -c sspi -n 'string match -q -- --tls (commandline -opc)[-1]' -f -a '1.2 1.3'
complete -c sspi -n 'string match -q -- --client-cert (commandline -opc)[-1]' -f -a 'none request require'
complete -c sspi -n 'string match -q -- --store (commandline -opc)[-1]' -f -a 'MY CA ROOT'
complete -c sspi -n 'string match -q -- --role (commandline -opc)[-1]' -f -a 'accept initialize'
