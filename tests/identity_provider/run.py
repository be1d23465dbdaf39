"""`python -m tests.identity_provider.run PORT REDIRECT…`: makes the provider's site and serves it until it is stopped."""

import os
import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.identity_provider.settings"
PASSWORD = "mat khau dinh danh"


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        """Nothing is logged."""


def main(port: int, redirects: list[str]) -> None:
    import django

    django.setup()
    from allauth.idp.oidc.models import Client
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application

    from tests.identity_provider.adapter import RESIDENTS

    call_command("migrate", verbosity=0)
    for name in RESIDENTS:
        User.objects.create_user(name, password=PASSWORD)
    client = Client(id="keng", name="Kẻng", scopes="openid\nprofile", redirect_uris="\n".join(redirects))
    client.set_secret("demo")
    client.save()
    make_server("127.0.0.1", port, get_wsgi_application(), Server, Quiet).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
