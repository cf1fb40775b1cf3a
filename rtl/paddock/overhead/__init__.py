"""``paddock overhead``: what protection costs, by configuration and FPGA; and the pages that show it."""
