#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Makes the manual pages of the exported functions out of what the headers say about them.
#   man3.pl TOP OUTDIR VERSION DATE
# A comment at the left margin is of the declarations below it, up to the next comment; the A and W forms of a
# function are one.  doc/man3.list says which functions share a page; what it does not name has a page of its own.
# Every further name of a page becomes a link to it.  Headers and list in, the same bytes out.
use strict;
use warnings;

my ($top, $out, $version, $date) = @ARGV;
die "usage: man3.pl TOP OUTDIR VERSION DATE\n" unless defined $date;

# ---- what the headers say ----

my (%function, %of_base, %notes, %text_of); # by name; names of a base; of a header; all of a header
my @headers = map { s,^\Q$top\E/include/,,r } sort(glob("$top/include/*.h"), glob("$top/include/opensspi/*.h"));

sub slurp {
    open my $in, '<', $_[0] or die "$_[0]: $!\n";
    local $/;
    return scalar <$in>;
}
# The text of a comment as paragraphs.
sub paragraphs {
    my ($text) = @_;
    $text =~ s,^/\*\s?|\s*\*/$,,g;
    $text =~ s/^ \* ?//mg;
    return map { s/\s+/ /gr =~ s/^ | $//gr } grep { /\S/ } split /\n\s*\n/, $text;
}
sub read_header {
    my ($header) = @_;
    my $text = $text_of{$header} = slurp("$top/include/$header");
    my @comment;
    if ($text =~ s,^/\*.*?\*/,,s) {
        my (undef, @rest) = paragraphs($& =~ s/SPDX-License-Identifier: MIT\n \*\n//r);
        $notes{$header} = \@rest;
    }
    while ($text =~ m{^(/\*.*?\*/)|^(SSPI_API\s[^;]*;)}msg) {
        my ($said, $declared) = ($1, $2);
        if (defined $said) {
            $said =~ s,^/\* ---- [^\n]*? ----\s*(?:\*(?!/) )?,/* ,; # a heading, with or without words below it
            @comment = paragraphs($said);
            next;
        }
        my $wide = $declared =~ s/\s*SSPI_WIDE\(\w+\)//;
        $declared =~ s/^SSPI_API\s+|\s*;$//g;
        $declared =~ s/\b(?:SEC_ENTRY|WINAPI|NTAPI)\s+//g;
        $declared =~ s/\s+/ /g;
        my ($result, $name, $arguments) = $declared =~ /^(.*?)\s?(\w+)\((.*)\)$/ or die "$header: $declared\n";
        $function{$name} = {name => $name, result => $result, arguments => [split /,\s*/, $arguments =~ s/^ //r],
                            header => $header, wide => $wide, said => [@comment], at => pos $text};
    }
}
read_header($_) for grep { !/^[A-Z]/ } @headers; # Windows.h and the like are other names
for my $name (sort keys %function) {
    my $base = $name;
    $base =~ s/[AW]$// if $name =~ /^(.*)([AW])$/ && $function{$1 . ($2 eq 'A' ? 'W' : 'A')};
    $function{$name}{base} = $base;
    push @{$of_base{$base}}, $name;
}

# ---- which of them share a page ----

my (%page, %page_of);
sub page_list {
    my $at;
    for (split /\n/, slurp("$top/doc/man3.list")) {
        next if /^#|^\s*$/;
        if (/^(\w+): (.*)$/) {
            $at = $page{$1} = {name => $1, summary => $2, bases => [$1]};
        } elsif (/^\s+(with|structs|see|attributes) (.*)$/ && $at) {
            push @{$at->{$1 eq 'with' ? 'bases' : $1}}, split ' ', $2;
        } else {
            die "man3.list: $_\n";
        }
    }
    for my $p (values %page) {
        for my $base (@{$p->{bases}}) {
            die "man3.list: no header declares $base\n" unless $of_base{$base};
            die "man3.list: $base stands twice\n" if $page_of{$base};
            $page_of{$base} = $p->{name};
        }
    }
    for my $base (sort keys %of_base) { # functions that are new here
        next if $page_of{$base};
        my $first = ($function{$of_base{$base}[0]}{said}[0] // '') =~ s/[.:;(].*//sr =~ s/ $//r;
        $page{$base} = {name => $base, summary => lcfirst($first) || 'see below', bases => [$base]};
        $page_of{$base} = $base;
    }
}
page_list();

# ---- words of codes ----

my %meaning;
for my $file ('codes', 'errors') {
    my $text = slurp("$top/core/$file.c");
    $meaning{$1} = $2 =~ s/"\s*"//gr while $text =~ /\b(?:CODE|ROW)\((\w+),\s*"((?:[^"]|"\s*")*)"/g;
}

# ---- roff ----

sub escape {
    my ($text) = @_;
    $text =~ s/\\/\\e/g;
    $text =~ s/-/\\-/g;
    return $text;
}
# Names of functions become bold and, where they are of another page, a reference; parameters italic.
sub words {
    my ($text, $p, $seen) = @_;
    my $parameter = join '|', map { quotemeta } sort keys %{$p->{parameters}};
    $text =~ s/(\w)\(\)/$1/g;
    my @pieces = split /(\b[A-Za-z_][\w.-]*\([1-8]\)|\b[A-Za-z_]\w*\b)/, $text;
    for (@pieces) {
        if (/^([\w.-]+)\(([1-8])\)$/) {
            $seen->{"$1($2)"} = 1;
            $_ = '\\fB' . escape($1) . "\\fP($2)";
        } elsif (my $to = $page_of{$_} // ($function{$_} && $page_of{$function{$_}{base}})) {
            $seen->{"$to(3)"} = 1 if $to ne $p->{name};
            $_ = "\\fB$_\\fP" . ($to ne $p->{name} ? '(3)' : '');
        } elsif ($parameter ne '' && /^(?:$parameter)$/) {
            $_ = "\\fI$_\\fP";
        } else {
            $_ = escape($_);
        }
    }
    $text = join '', @pieces;
    $text =~ s/`([^`']*)[`']/\\(oq$1\\(cq/g;
    # A line for each sentence, as roff wants it.
    $text =~ s/(?<=[A-Za-z0-9)'"])([.:?])\s+(?=[\\A-Z*"])(?!\\\()/$1 . ($1 eq ':' ? ' ' : "\n")/ge;
    $text =~ s/^(?=[.'])/\\&/mg;
    return "$text\n";
}
sub declaration {
    my ($f) = @_;
    my $line = "$f->{result} " =~ s/\* $/*/r;
    my $printed = length("$line$f->{name}(");
    my $text = escape($line) . "\\fB$f->{name}\\fP(";
    for my $i (0 .. $#{$f->{arguments}}) {
        my $argument = $f->{arguments}[$i] . ($i < $#{$f->{arguments}} ? ',' : ');');
        if ($i && $printed + 1 + length $argument > 76) {
            $text .= "\n    ";
            $printed = 4;
        } elsif ($i) {
            $text .= ' ';
            $printed++;
        }
        $printed += length $argument;
        $text .= escape($argument) =~ s/(\w+)(?=(?:\[\])?(?:,|\);)$)/\\fI$1\\fP/r;
    }
    return "$text\n" =~ s/\\fIvoid\\fP/void/r;
}
sub verbatim {
    my ($text) = @_;
    return ".PP\n.in +4n\n.EX\n" . escape($text) =~ s/^(?=[.'])/\\&/mgr . "\n.EE\n.in\n";
}
sub struct_text {
    my ($name) = @_;
    for my $header (sort keys %text_of) {
        return $1 if $text_of{$header} =~
            /^(typedef (?:struct|enum|union)(?: \w+)? \{(?:(?!^\}).)*^\} \Q$name\E\b[^;]*;)/ms ||
            $text_of{$header} =~ /^(struct _\Q$name\E \{.*?^\};)/ms;
    }
    die "man3.list: no header has the structure $name\n";
}
sub attribute_rows {
    my ($of) = @_;
    my ($part) = slurp("$top/doc/attributes.md") =~ /^## Of \Q$of\E\n(.*?)(?=^## |\z)/ms or die "attributes.md: $of\n";
    my $text = '';
    $text .= ".TP\n.B " . escape($1) . "\n$2; $3.\n" while $part =~ /^\| `(\w+)` \| (0x\w+) \| (.*?) \|$/mg;
    return $text;
}

my %returns = (
    SECURITY_STATUS => 'SEC_E_OK or a SEC_I_ code, neither below zero, or a code below zero that says what failed.',
    BOOL => 'TRUE, or FALSE with the reason in GetLastError.',
    NTSTATUS => 'STATUS_SUCCESS, or a code below zero.',
    VOID => '',
);
sub returns {
    my (@functions) = @_;
    my (%seen, @text);
    for my $f (@functions) {
        my $type = $f->{result};
        my $say = $returns{$type} // ($type =~ /^(?:H(?!RESULT)|P|LP|FARPROC)/ ? 'A handle or pointer, or NULL with the reason in GetLastError.' : '');
        push @text, $say if $say ne '' && !$seen{$say}++;
    }
    return @text;
}

my $code = qr/(?:SEC_[EI]_|CRYPT_E_|CERT_E_|TRUST_E_|NTE_|ERROR_|STATUS_|E_)[A-Z0-9_]+/;
# What the comments say of codes comes first; codes that they only name have the words of their own.
sub errors {
    my ($p, $seen, $statuses, $mentioned) = @_;
    my $text = '';
    for my $s (@$statuses) {
        my ($codes, $why, $whose) = @$s;
        delete @{$mentioned}{split /, /, $codes};
        if (defined $why) {
            $text .= ".TP\n.B $codes\n" . words(($whose ? "$whose: $why" : ucfirst $why) . '.', $p, $seen);
        } else {
            $mentioned->{$_} = 1 for split /, /, $codes;
        }
    }
    my %explained = map { ($_ => 1) } map { split /, /, $_->[0] } grep { defined $_->[1] } @$statuses;
    $text .= ".TP\n.B $_\n" . words($meaning{$_}, $p, {}) for grep { $meaning{$_} && !$explained{$_} } sort keys %$mentioned;
    return '' if $text eq '';
    $seen->{'sspi-status(1)'} = 1;
    return ".SH STATUS CODES\n$text.PP\n\\fBsspi\\-status\\fP(1) tells the usual causes of each.\n";
}

sub make_page {
    my ($p) = @_;
    my @bases = @{$p->{bases}};
    my @functions = map { $function{$_} } map { sort { $function{$a}{at} <=> $function{$b}{at} } @{$of_base{$_}} } @bases;
    my (%seen, %headers, @statuses, %mentioned);
    for my $f (@functions) {
        $headers{$f->{header}} = 1;
        $p->{parameters}{$_} = 1 for map { /(\w+)(?:\[\])?$/ ? $1 : () } grep { !/^(?:void|VOID)$/ } @{$f->{arguments}};
    }
    my $text = ".\\\" SPDX-License-Identifier: MIT\n.\\\" Made by doc/man3.pl from " . join(' and ', sort keys %headers) .
        ": change it there.\n.TH $p->{name} 3 $date \"$version\" \"OpenSSPI\"\n.SH NAME\n" .
        join(', ', @bases) . ' \\- ' . escape($p->{summary}) . "\n.SH LIBRARY\nOpenSSPI (\\fIlibopensspi\\fP, \\fI\\-lopensspi\\fP; pkg\\-config opensspi)\n";
    $text .= ".SH SYNOPSIS\n.nf\n" . join('', map { ".B #include <$_>\n" } sort keys %headers);
    $text .= ".PP\n" . declaration($_) for @functions;
    $text .= ".fi\n";
    my @pairs = grep { @{$of_base{$_}} > 1 } @bases;
    $text .= ".PP\n" . join(', ', map { "\\fB$_\\fP" } @pairs) . (@pairs > 1 ? ' stand' : ' stands') .
        " for the form with W where UNICODE is defined, and for the one with A where it is not.\n" if @pairs;

    $text .= ".SH DESCRIPTION\n";
    my (@groups, $last);
    for my $f (@functions) { # functions under one comment are described once
        my $said = join "\n", @{$f->{said}};
        push @groups, {said => $f->{said}, bases => []} if !defined $last || $said ne $last;
        $last = $said;
        push @{$groups[-1]{bases}}, $f->{base} unless grep { $_ eq $f->{base} } @{$groups[-1]{bases}};
    }
    for my $group (@groups) {
        $text .= '.SS ' . join(', ', @{$group->{bases}}) . "\n" if @groups > 1;
        my $between = '';
        for my $paragraph (@{$group->{said}}) {
            my @left;
            for my $sentence (split /(?<=\.)\s+(?=[A-Z*"])/, $paragraph) {
                if ($sentence =~ /^($code(?:, $code)*)(?:: (.*))?\.$/) {
                    push @statuses, [$1, $2, @groups > 1 ? join(', ', @{$group->{bases}}) : ''];
                } else {
                    push @left, $sentence;
                    $mentioned{$_} = 1 for $sentence =~ /\b$code\b/g;
                }
            }
            next unless @left;
            $text .= $between . words(join(' ', @left), $p, \%seen);
            $between = ".PP\n";
        }
    }
    $text .= ".SH ATTRIBUTES\n" . join('', map { attribute_rows($_) } @{$p->{attributes}}) if $p->{attributes};
    $text .= ".SH STRUCTURES\n" . join('', map { verbatim(struct_text($_)) } @{$p->{structs}}) =~ s/^\.PP\n//r if $p->{structs};
    my @said = returns(@functions);
    $text .= ".SH RETURN VALUE\n" . join(".br\n", map { words($_, $p, \%seen) } @said) if @said;
    $text .= errors($p, \%seen, \@statuses, \%mentioned);
    if (my @wide = grep { $_->{wide} } @functions) {
        $text .= ".SH WIDE CHARACTERS\nWCHAR is wchar_t.\nWhere that has 4 bytes, the default on Linux, a source that is compiled reaches " .
            join(', ', map { "\\fB$_->{name}_utf32\\fP" } @wide) . (@wide > 1 ? ', which take' : ', which takes') .
            " UTF\\-32; with \\-fshort\\-wchar, and by name from other languages, the name without _utf32 takes UTF\\-16.\n" .
            "Text of char is UTF\\-8.\n";
    }
    my @notes = map { @{$notes{$_} // []} } grep { !/types/ } sort keys %headers;
    $text .= ".SH NOTES\n" . join(".PP\n", map { words($_, $p, {}) } @notes) if @notes;
    $seen{$_} = 1 for @{$p->{see} // []}, 'opensspi(7)';
    my $by = sub { $_[0] =~ /^(.*)\((.)\)$/; return "$2 $1" };
    $text .= ".SH SEE ALSO\n" . join(",\n", map { /^(.*)\((.)\)$/; '.BR ' . escape($1) . " ($2)" } sort { $by->($a) cmp $by->($b) } keys %seen) . "\n";
    open my $to, '>', "$out/$p->{name}.3" or die "$out/$p->{name}.3: $!\n";
    print $to $text;
    close $to or die "$out/$p->{name}.3: $!\n";
    my %others = map { ($_ => 1) } map { ($_, @{$of_base{$_}}) } @bases;
    delete $others{$p->{name}};
    symlink "$p->{name}.3", "$out/$_.3" or die "$out/$_.3: $!\n" for sort keys %others;
}
make_page($page{$_}) for sort keys %page;
