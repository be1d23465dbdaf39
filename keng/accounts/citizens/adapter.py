"""Where the sign-in library's OpenID Connect meets our rules: it speaks the protocol, and we end it. It makes no user and keeps no row."""

from typing import Any, NoReturn

import requests
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base.constants import AuthError
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from keng.accounts.citizens import landing, line, provider, tokens, troubles
from keng.accounts.citizens.troubles import Trouble

PROVIDER = "e-identity"


class Protocol(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """The library's client of OpenID Connect, asking through our line and believing nothing unchecked."""

    @property
    def openid_config(self) -> dict[str, Any]:
        return provider.configuration()

    @property
    def basic_auth(self) -> bool:
        """By RFC 8414, basic is what a provider means that says nothing."""
        told = self.openid_config.get("token_endpoint_auth_methods_supported")
        return not isinstance(told, list) or "client_secret_post" not in told

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return request.build_absolute_uri(reverse("openid_connect_callback"))

    def get_access_token_data(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Before the code goes anywhere: that it comes from this provider (RFC 9207, issuer mix-up)."""
        told = request.GET.get("iss")
        promised = self.openid_config.get("authorization_response_iss_parameter_supported") is True
        if told != settings.IDENTITY_ISSUER and (told is not None or promised):
            raise Trouble("garbled", "the answer names another issuer")
        given: dict[str, Any] = super().get_access_token_data(request, *args, **kwargs)
        return given

    def parse_token(self, data: dict[str, Any]) -> SocialToken:
        token = data["access_token"]
        if not (isinstance(token, str) and token.isascii() and token.isprintable()):  # RFC 6750: it goes into a header
            raise Trouble("garbled", "the access token is no text")
        return SocialToken(token=token)

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        claims = tokens.verify(kwargs["response"].get("id_token"))
        userinfo = {}
        if "userinfo_endpoint" in self.openid_config:
            userinfo = self._fetch_user_info(token.token)
            tokens.same_person(claims, userinfo)
        return self.get_provider().sociallogin_from_response(request, {"id_token": claims, "userinfo": userinfo})


class EIdentity(OpenIDConnectProvider):  # type: ignore[misc]
    """The one provider. What the library would make of its claims is left empty: no e-mail, no user name."""

    oauth2_adapter_class = Protocol

    def extract_uid(self, data: dict[str, Any]) -> str:
        return str(data["id_token"]["sub"])[:191]  # the library looks for a row of its own by it; there is none

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        return []


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> EIdentity:
        if not settings.IDENTITY_ISSUER:
            raise Trouble("unset", "")
        app = SocialApp(
            provider="openid_connect", provider_id=PROVIDER, name=PROVIDER, client_id=settings.IDENTITY_CLIENT,
            secret=settings.IDENTITY_SECRET,
            settings={"server_url": settings.IDENTITY_ISSUER, "oauth_pkce_enabled": True, "scope": settings.IDENTITY_SCOPE},
        )  # fmt: skip
        return EIdentity(request, app=app)

    def get_requests_session(self) -> requests.Session:
        return line.Session()

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> NoReturn:
        """The protocol is done; what the library would do next never is."""
        told = sociallogin.account.extra_data
        raise ImmediateHttpResponse(landing.land(request, sociallogin.state, told["id_token"], told["userinfo"]))

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: Any = None,
    ) -> NoReturn:
        raise ImmediateHttpResponse(troubles.page(request, trouble_of(error, exception, extra_context or {})))


def trouble_of(error: Any, exception: Exception | None, context: dict[str, Any]) -> Trouble:
    """What the library's failure means in our words."""
    if isinstance(exception, Trouble):
        return exception
    if exception is not None:
        return Trouble("garbled", f"the provider's answer can't be used ({type(exception).__name__})")
    if error == AuthError.CANCELLED:
        return Trouble("cancelled", "")
    if "state_id" in context:  # a state that this browser never had, has used, or had too long ago
        return Trouble("stale", "")
    return Trouble("garbled", "the provider refused")
