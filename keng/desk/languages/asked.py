"""What an address about languages asks for. The language and the sentence stand behind the `?`: they are everybody's, of no one office."""

from functools import wraps
from http import HTTPStatus
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from keng.accounts.errors import answer
from keng.accounts.models import User
from keng.accounts.permissions import View, offices
from keng.mailbox.errors import Refused
from keng.mailbox.languages.sentences import Sentence, sentences
from keng.mailbox.languages.wordings import CODE
from keng.mailbox.models import Language


class NothingAsked(Exception):
    """The address names no language."""


def language_of(said: Any) -> Language:
    """From a query or a form. Raises NothingAsked, Http404."""
    code = said.get("language", "")
    if not code:
        raise NothingAsked
    if not CODE.fullmatch(code):  # not every database can be asked for whatever an address may say
        raise Http404
    return get_object_or_404(Language, code=code)


def sentence_of(said: Any) -> Sentence:
    """Raises NothingAsked, Http404."""
    key = said.get("key", "")
    if not key:
        raise NothingAsked
    if key not in sentences():
        raise Http404
    return sentences()[key]


def told_in_words(view: View) -> View:
    """A refusal is a message on the page that one came from, or on the list; an address that asks for nothing is a page of one sentence."""

    @wraps(view)
    def telling(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except NothingAsked:
            told = ("nothing_asked", _("Chưa chọn thứ tiếng"), _("Đồng chí mở lại từ trang Tiếng nói."))
            return answer(request, HTTPStatus.BAD_REQUEST, told)
        except Refused as refused:
            messages.error(request, str(refused.sentence))
            return redirect("languages")

    return telling


def user_of(request: HttpRequest) -> User:
    return cast(User, request.user)


def office_of(user: User, perm: str) -> str:
    """Code of the office under whose name the deed goes into the ledger."""
    return offices(user, perm).order_by("code").values_list("code", flat=True).first() or ""
