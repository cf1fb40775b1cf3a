"""`make hostile`: machine code that means harm, run as a module on the whole SoC and judged from outside."""
