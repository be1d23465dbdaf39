"""tools/e_identity.py PORT RESIDENTS.toml: the demo's provider of e-identity. It asks for no password: whoever sits there picks a resident.

In life the state's own provider answers instead: docs/operating/e-identity.md.
"""

import logging
import os
import sys
import time
import tomllib
import warnings
from pathlib import Path
from typing import Any

from authlib.deprecate import AuthlibDeprecationWarning
from werkzeug.serving import WSGIRequestHandler, make_server

warnings.simplefilter("ignore", AuthlibDeprecationWarning)  # the stand-in's own matter, not for whoever tries the demo
from oidc_provider_mock import User, app  # noqa: E402


class Claims(dict[str, Any]):
    """A resident's claims; each time they are told, the person has signed in just now."""

    def items(self) -> Any:
        return dict(self, auth_time=int(time.time())).items()


class Quiet(WSGIRequestHandler):
    def log(self, *args: object, **kwargs: object) -> None:
        """No request is logged."""


def residents(path: Path) -> list[User]:
    """Those of the file: under each subject, what the provider tells of them."""
    return [User(sub=sub, claims=Claims(told)) for sub, told in tomllib.loads(path.read_text()).items()]


def provider(people: list[User]) -> Any:
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # http, on this machine alone
    logging.getLogger("oidc_provider_mock").setLevel(logging.CRITICAL)
    made = app(user_claims=people, issue_refresh_token=False)
    made.debug = False
    return made


if __name__ == "__main__":
    port, file = int(sys.argv[1]), Path(sys.argv[2])
    make_server("127.0.0.1", port, provider(residents(file)), threaded=True, request_handler=Quiet).serve_forever()
