# SPDX-License-Identifier: MIT
# fish completion for sspi(1).
function __sspi_commands
    sspi --help 2>/dev/null | string replace -rf '^  ([a-z]+) +(.*)' '$1\t$2'
end
function __sspi_options
    sspi (commandline -opc)[2] --help 2>/dev/null | string replace -rf '^ +(--[a-z-]+).*' '$1'
end
complete -c sspi -n 'test (count (commandline -opc)) -eq 1' -f -a '(__sspi_commands)'
complete -c sspi -n 'test (count (commandline -opc)) -gt 1; and string match -q -- "-*" (commandline -ct)' -f -a '(__sspi_options)'
complete -c sspi -n 'test (count (commandline -opc)) -eq 2; and contains -- config (commandline -opc)' -f -a 'get explain set unset check show'
complete -c sspi -n 'test (count (commandline -opc)) -eq 2; and contains -- certs (commandline -opc)' -f -a 'list show import export delete verify fetch-crl map'
complete -c sspi -n 'string match -q -- --provider (commandline -opc)[-1]' -f -a '(sspi providers --names 2>/dev/null)'
complete -c sspi -n 'string match -q -- --tls (commandline -opc)[-1]' -f -a '1.2 1.3'
