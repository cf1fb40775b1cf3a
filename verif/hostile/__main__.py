"""``python -m hostile``."""

from .command import main

raise SystemExit(main())
