"""Do the tests bite? The core with one deliberate fault at a time; see ``python -m mutate --help``."""
