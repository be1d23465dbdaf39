"""Settings of the tests: the demo's, with a data folder that is thrown away and fast password hashing."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_folder = tempfile.mkdtemp(prefix="keng-test-")
Path(_folder, "static").mkdir()
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ["KENG_DEMO"] = "1"
os.environ["KENG_VAR"] = _folder
for name in ("SECRET_KEY", "PUBLIC_HOSTS", "DESK_HOSTS", "MY_HOSTS", "PUBLIC_ORIGIN", "MY_ORIGIN", "PORT"):
    os.environ.pop(f"KENG_{name}", None)

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES, STORAGES  # noqa: E402

if "sqlite" in str(DATABASES["default"]["ENGINE"]):
    # A file, not memory: threads then meet the locks that they meet in life.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(_folder) / "test.sqlite3")}

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
