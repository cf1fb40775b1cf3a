"""The kernel's services for modules. The prototypes stand in ``firmware/include/kernel.h``."""

__all__ = ["LIBRARY", "MODULE_CALL", "SERVICES"]

#: In the order of their numbers. ``kernel/service.c`` has a case for each.
SERVICES = ("kmalloc", "kfree", "console_write", "time_cycles", "module_call")
#: The one that has no stub of its own: the stubs of imported operations use it.
MODULE_CALL = "module_call"
#: Functions in the public window that modules and compilers call directly.
LIBRARY = ("memcpy", "memmove", "memset", "memcmp", "strlen")
