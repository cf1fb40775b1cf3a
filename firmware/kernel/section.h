/* Where the kernel's variables go. */
#ifndef KERNEL_SECTION_H
#define KERNEL_SECTION_H

/* Changes while modules run: bookkeeping of traps and calls. Everything else in the kernel's data stays as it is
 * during a call that asks for no service, so a checksum over it tells whether a module has changed it.
 */
#define LIVE_DATA __attribute__((section(".bss.live")))

#endif
