"""What must be so before any module is collected: no desk but a test's own."""

from __future__ import annotations

import os
from importlib.util import find_spec

for name in ("DATABASE_URL", "CARETIME_SECRET_KEY"):
    os.environ.pop(name, None)
os.environ |= {
    "CARETIME_HOME": "/dev/null/caretime",
    "CARETIME_ENV": "development",
    "DJANGO_SETTINGS_MODULE": "caretime_web.settings",
}
if find_spec("django"):
    import django

    # The library is tested without the web too; modules of tables need this first.
    django.setup()
