"""What the tests of the core have really done: accesses by window, kind, size, edge and pipeline situation."""
