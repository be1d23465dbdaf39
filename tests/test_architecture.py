"""The house stands as designed: imports and foreign keys point down, services are verbs with names, files stay small."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from django.db.models import Q
from django.test.utils import isolate_apps

ROOT = Path(__file__).resolve().parents[1]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
HOUSE, MAILBOX, CONFIG = CONTRACTS
# app -> how far down the house it stands; side by side on one floor, apps reach no other
FLOORS: dict[str, int] = {app: floor for floor, row in enumerate(HOUSE["layers"]) for app in row.split(" | ")}
MOST_LINES = 400
# One file each, by design: carried to other machines and read there by people who trust nothing else of ours.
CARRIED = {"tools/witness.py": 620, "tools/verify_ledger.py": 900}


def tracked(*patterns: str) -> list[Path]:
    """The files of the repository, as git knows them, and new ones that git would take."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def trees(*patterns: str) -> Iterator[tuple[Path, ast.Module]]:
    for path in tracked(*patterns):
        yield path.relative_to(ROOT), ast.parse(path.read_text())


# Imports


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    lint = Path(sys.executable).with_name("lint-imports")
    command = [str(lint), "--config", str(ROOT / "pyproject.toml"), "--no-cache"]
    return subprocess.run(
        command, cwd=folder, env={"PYTHONPATH": str(folder)}, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code, to plant imports in."""
    folder = tmp_path_factory.mktemp("house")
    for package in ("keng", "config"):
        for path in tracked(f"{package}/*.py"):
            copy = folder / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)
    return folder


def test_imports_point_down(house: Path) -> None:
    done = lint_imports(house)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("planted", "broken"),
    [
        ({"keng/mailbox/planted.py": "import keng.accounts.models"}, [MAILBOX]),
        (
            {
                "keng/units/planted.py": "import keng.accounts.models",
                "keng/mailbox/planted.py": "import keng.units.planted",
            },
            [HOUSE, MAILBOX],
        ),
        ({"keng/mailbox/planted.py": "def later():\n    import allauth.account.models"}, [MAILBOX]),
        ({"keng/mailbox/planted.py": "import keng.notify.services"}, [MAILBOX]),
        ({"keng/core/planted.py": "from config import settings"}, [CONFIG]),
        ({"keng/portal/planted.py": "pass", "keng/desk/planted.py": "import keng.portal.planted"}, [HOUSE]),
        ({"keng/procedures/planted.py": "import keng.desk.models"}, [HOUSE]),
    ],
    ids=[
        "a person",
        "a person by way of another app",
        "sign-in inside a function",
        "what leaves the house",
        "config",
        "upwards",
        "next door",
    ],
)
def test_a_planted_import_is_noticed(house: Path, planted: dict[str, str], broken: list[dict[str, str]]) -> None:
    """R1, R12: the reporter's side can reach nobody's name, not even by way of another app."""
    for name, source in planted.items():
        (house / name).write_text(source)
    try:
        done = lint_imports(house)
    finally:
        for name in planted:
            (house / name).unlink()
    assert done.returncode == 1, done.stdout
    for contract in broken:
        assert f"{contract['name']} BROKEN" in done.stdout


def test_an_app_in_no_layer_is_noticed(house: Path) -> None:
    newcomer = house / "keng/newcomer"
    newcomer.mkdir()
    try:
        (newcomer / "__init__.py").touch()
        done = lint_imports(house)
    finally:
        shutil.rmtree(newcomer)
    assert done.returncode == 1
    assert "newcomer" in done.stdout


def test_below_the_accounts_nothing_imports_sign_in_or_sessions() -> None:
    """import-linter sees packages outside the house only whole, so Django's own parts are looked for here."""
    forbidden = ("django.contrib.auth", "django.contrib.sessions", "django.contrib.messages", "rules")
    below = [*(app for app, floor in FLOORS.items() if floor > FLOORS["accounts"]), "mailbox"]
    for path, tree in trees(*(f"keng/{app}/*.py" for app in below)):
        for name in imported(tree):
            assert not name.startswith(forbidden), f"{path} imports {name}"


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


# Models


def own_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if model.__module__.startswith("keng.")]


def relations(model: type[models.Model]) -> "Iterator[models.Field[object, object]]":
    for field in (*model._meta.local_fields, *model._meta.local_many_to_many):
        if field.is_relation:
            yield field


def test_foreign_keys_point_down_as_imports_do() -> None:
    """A foreign key by string needs no import, so import-linter does not see it."""
    seen = 0
    for model in own_models():
        app = model._meta.app_label
        for field in relations(model):
            target = field.related_model._meta.app_label  # type: ignore[union-attr]
            seen += 1
            assert target == app or FLOORS[target] > FLOORS[app], f"{model.__name__}.{field.name} points up at {target}"
            assert (app, target) != ("mailbox", "accounts"), f"{model.__name__}.{field.name} ties a report to a person"
    assert seen > 10


def test_the_ledger_has_no_foreign_key_at_all() -> None:
    """Its entries outlive what they tell of."""
    assert [field for model in own_models() if model._meta.app_label == "ledger" for field in relations(model)] == []


def untied(model: type[models.Model]) -> list[str]:
    """Nullable pairs `x_at`, `x_by` that no constraint of the database fills or leaves empty together."""
    fields = {field.name: field for field in model._meta.local_fields}
    pairs = [
        name[:-3]
        for name, field in fields.items()
        if name.endswith("_at") and field.null and f"{name[:-3]}_by" in fields
    ]
    return [pair for pair in pairs if not any(ties(constraint, pair) for constraint in model._meta.constraints)]


def ties(constraint: models.BaseConstraint, pair: str) -> bool:
    if not isinstance(constraint, models.CheckConstraint):
        return False
    text = str(constraint.condition)
    return f"{pair}_at__isnull" in text and f"{pair}_by__isnull" in text


def test_who_and_when_are_known_together_or_not_at_all() -> None:
    assert {model.__name__: untied(model) for model in own_models() if untied(model)} == {}


@isolate_apps("keng.core")
def test_a_who_and_when_that_may_part_is_noticed() -> None:
    class Loose(models.Model):
        approved_at = models.DateTimeField(null=True)
        approved_by = models.CharField(max_length=9, null=True)  # noqa: DJ001

        class Meta:
            app_label = "core"

    class Tied(models.Model):
        approved_at = models.DateTimeField(null=True)
        approved_by = models.CharField(max_length=9, null=True)  # noqa: DJ001

        class Meta:
            app_label = "core"
            constraints = [
                models.CheckConstraint(
                    name="tied",
                    condition=Q(approved_at__isnull=True, approved_by__isnull=True)
                    | Q(approved_at__isnull=False, approved_by__isnull=False),
                )
            ]

    assert untied(Loose) == ["approved"]
    assert untied(Tied) == []


# Services and files


def test_services_are_called_by_the_names_of_their_arguments() -> None:
    """Two arguments by place could be confused, and who did it is always said by name; a single thing to ask about can't be."""
    seen = 0
    for path, tree in trees("keng/*/services.py", "keng/*/services/*.py"):
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                seen += 1
                by_place = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
                assert len(by_place) < 2, f"{path}: {node.name}() takes several arguments by place"
                assert "by" not in by_place, f"{path}: {node.name}() takes `by` by place"
    assert seen > 0


def test_no_file_is_too_long_to_read() -> None:
    long = {}
    for path in tracked("*.py", "*.ts", "*.html", "*.css", "*.sh"):
        name, lines = str(path.relative_to(ROOT)), len(path.read_text().splitlines())
        if lines > CARRIED.get(name, MOST_LINES):
            long[name] = lines
    assert long == {}


def test_no_commit_leaves_work_for_later() -> None:
    marks = re.compile(r"\b(?:TO" + "DO|FIX" + r"ME|XX" + r"X)\b")
    for path in tracked("*.py", "*.ts", "*.html", "*.sh", "Makefile"):
        assert not marks.search(path.read_text()), path


def test_the_repository_names_no_package_registry_and_no_developers_machine() -> None:
    """Which registry is used is the machine's own setting; a path of one machine helps nobody on another."""
    hosts = (
        "py" + "pi.org",
        "python" + "hosted.org",
        "registry.npm" + "js",
        "npm" + "js.org",
        "npm" + "js.com",
        "deb.deb" + "ian.org",
    )
    folders = (r"/ro" + r"ot/[\w.]", r"/ho" + r"me/\w", r"/Us" + r"ers/\w", r"/wo" + r"rk/\w")
    bad = re.compile("|".join([*map(re.escape, hosts), *(rf"(?<![\w.\-]){folder}" for folder in folders)]))
    for path in tracked():
        found = bad.search(path.read_bytes().decode("utf-8", "replace"))
        assert not found, f"{path.relative_to(ROOT)}: {found.group()}"


def test_what_runs_is_pinned_with_hashes_and_is_what_is_tested() -> None:
    run, demo, test, uv = (pins(name) for name in ("run", "demo", "test", "uv"))
    assert len(run) > 10
    assert run.items() <= demo.items() <= test.items()
    assert list(uv) == ["uv"]


def pins(name: str) -> dict[str, str]:
    """Package to version; fails where one has no hash."""
    text = (ROOT / f"requirements/{name}.txt").read_text()
    found = {}
    for block in re.split(r"^(?=\S)", text, flags=re.MULTILINE):
        if not block.startswith("#") and block.strip():
            pin = re.match(r"(\S+)==(\S+)", block)
            assert pin, block
            assert "--hash=sha256:" in block, block
            found[pin[1]] = pin[2]
    return found
