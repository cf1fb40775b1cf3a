/* Services of the kernel, for the kernel itself and for modules: the same names, the same meaning.
 *
 * In a module a call goes through the kernel's gate without a trap; the kernel knows the caller from the hardware
 * and checks every pointer against what that caller may touch. See docs/reference/kernel.md.
 */
#ifndef PADDOCK_KERNEL_H
#define PADDOCK_KERNEL_H

#include <stddef.h>
#include <stdint.h>

/* At least `size` bytes of the caller's own heap, aligned to 16 bytes, contents undefined.
 * NULL if size is 0, the heap has no room, or the quota would be exceeded.
 */
void *kmalloc(size_t size);

/* Give back what kmalloc returned. 0; -EINVAL if `block` is not the start of a block that the caller holds (NULL
 * is fine and does nothing). Nothing changes on an error.
 */
int kfree(void *block);

/* Bytes that `block` has room for, at least what kmalloc was asked for; 0 if it is no block of the caller's. */
size_t ksize(const void *block);

/* Print `length` bytes. 0; -EFAULT if the caller may not read them. */
int console_write(const char *text, size_t length);

/* Cycles since reset, low word. */
uint32_t time_cycles(void);

/* Call function(argument) in `cycles` cycles, and then every `period` cycles; once if that is 0. For modules only: the
 * call-back runs in the caller's bounds, while nobody else is in the module, and may take as long as an interrupt handler.
 * It comes with the first tick of the kernel that is not too early, or a tick later. A number for timer_cancel; -EAGAIN if the
 * module has as many timers as its manifest allows; -EINVAL if `function` is NULL, or a time is 1 << 31 cycles or more.
 */
int timer_set(void (*function)(long argument), long argument, uint32_t cycles, uint32_t period);

/* Forget a timer of the caller's. 0; -EINVAL if it has none of this number. A timer that has been called once is gone. */
int timer_cancel(int timer);

#endif
