"""``python -m loganneal.cli``, the same as the command ``loganneal``."""

import sys

from loganneal.cli import main

sys.exit(main())
