"""The fast simulator: the SoC compiled to C++, with a serial line, waves and traces."""
