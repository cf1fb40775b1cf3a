"""Synthesis, placement and routing of a core alone, for any of the FPGAs in `device`."""
