"""`python -m noiser_tui` is `noiser`."""

import sys

from noiser_tui.cli import main

sys.exit(main())
