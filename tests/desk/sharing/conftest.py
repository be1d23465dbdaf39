"""The same reports as the register's tests, and a third officer who can open the post's box."""

import pytest

from keng.accounts.models import Role, User
from tests.cast import Cast, grant, user
from tests.desk.register.conftest import cast, report

__all__ = ["cast", "report"]


@pytest.fixture
def mai(cast: Cast) -> User:
    return colleague(cast, "mai", "Vàng Thị Mai")


def colleague(cast: Cast, login: str, name: str) -> User:
    """Another officer of the post with a grant of its box."""
    made = user(login, name, (cast.post, Role.OFFICER))
    grant(cast.box, cast.keys, made, cast.nam, new_pair(cast, login))
    return made


def new_pair(cast: Cast, login: str) -> tuple[str, str]:
    from config.demo.client import new_identity

    return cast.pairs.setdefault(login, new_identity())
