"""The kernel's services for modules. The prototypes stand in ``firmware/include/kernel.h``."""

__all__ = ["MODULE_CALL", "SERVICES"]

#: In the order of their numbers; the first two have no error numbers among their results. ``kernel/service.c`` has a case for
#: each.
SERVICES = ("kmalloc", "ksize", "kfree", "console_write", "time_cycles", "module_call")
#: The one that has no stub of its own: the stubs of imported operations use it.
MODULE_CALL = "module_call"
