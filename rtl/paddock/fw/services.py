"""The kernel's services for modules. The prototypes stand in ``firmware/include/kernel.h``."""

__all__ = ["MODULE_CALL", "SERVICES", "TIMER_SET"]

#: In the order of their numbers; the first two have no error numbers among their results. ``kernel/service.c`` has a
#: case for each.
SERVICES = (
    *("kmalloc", "ksize", "kfree", "console_write", "time_cycles", "module_call"),
    *("timer_set", "timer_cancel"),
)
#: The one that a module needs timers in its manifest for.
TIMER_SET = "timer_set"
#: The one that has no stub of its own: the stubs of imported operations use it.
MODULE_CALL = "module_call"
