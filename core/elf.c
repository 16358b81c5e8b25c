/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/elf.h"

#include <elf.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SEGMENTS_MAX = 64 };

static int refuse(char *why, size_t why_size, const char *what)
{
    snprintf(why, why_size, "%s", what);
    return -1;
}

/* The machine this code was built for, read from the running program's own header. */
static unsigned own_machine(void)
{
#if defined __x86_64__
    return EM_X86_64;
#elif defined __aarch64__
    return EM_AARCH64;
#else
    return EM_NONE; /* not known here: dlopen judges */
#endif
}

int elf_check(int fd, char *why, size_t why_size)
{
    ElfW(Ehdr) head;
    ElfW(Phdr) segment;
    struct stat st;
    uint64_t size;
    unsigned i;

    if (fstat(fd, &st) || pread(fd, &head, sizeof head, 0) != (ssize_t)sizeof head ||
        memcmp(head.e_ident, ELFMAG, SELFMAG))
        return refuse(why, why_size, "not an ELF file");
    if (head.e_ident[EI_CLASS] != (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32) ||
        (own_machine() != EM_NONE && head.e_machine != own_machine()))
        return refuse(why, why_size, "made for another kind of machine");
    if (head.e_type != ET_DYN || head.e_phentsize != sizeof segment || !head.e_phnum || head.e_phnum > SEGMENTS_MAX)
        return refuse(why, why_size, "not a shared object");
    size = (uint64_t)st.st_size;
    for (i = 0; i < head.e_phnum; i++) {
        if (head.e_phoff > size || pread(fd, &segment, sizeof segment, (off_t)(head.e_phoff + i * sizeof segment)) !=
                                       (ssize_t)sizeof segment)
            return refuse(why, why_size, "cut short");
        if (segment.p_type == PT_LOAD &&
            (segment.p_offset > size || segment.p_filesz > size - segment.p_offset))
            return refuse(why, why_size, "cut short");
    }
    return 0;
}
