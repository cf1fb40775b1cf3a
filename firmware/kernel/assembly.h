/* Facts that C and assembler share: C asserts what assembler uses, so that drift cannot compile. */
#ifndef KERNEL_ASSEMBLY_H
#define KERNEL_ASSEMBLY_H

#ifdef __ASSEMBLER__
#define ASSEMBLY_OFFSET(type, field, offset) .equ type##_##field, offset
#define ASSEMBLY_SIZE(type, size) .equ type##_size, size
#else
#include <stddef.h>
#define ASSEMBLY_OFFSET(type, field, offset) _Static_assert(offsetof(struct type, field) == (offset), #type "." #field)
#define ASSEMBLY_SIZE(type, size) _Static_assert(sizeof(struct type) == (size), #type)
#endif

#endif
