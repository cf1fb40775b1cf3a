"""Public test suites, run from the user's own checkout: nothing of them is part of this repository."""
