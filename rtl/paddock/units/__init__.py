"""Building blocks that the stages use, each of one idea."""
