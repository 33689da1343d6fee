"""The house rules, kept by reading the code: what must not creep in."""

import ast
import re
import subprocess
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.migrations.loader import MigrationLoader

from helpline.foundation.audit.actions import Action
from helpline.foundation.vault.sealed import SealedText
from helpline.notices import NOTICES
from privacy.schedule import SCHEDULE

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ["helpline", "contacts", "safeguarding", "privacy"]
CODE = sorted(
    path
    for package in PACKAGES
    for path in (ROOT / package).rglob("*.py")
    if "migrations" not in path.parts
)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
FORBIDDEN_NAMES = {"utils", "helpers", "common", "core", "base", "misc"}
FORBIDDEN_NAMES |= {"services", "managers", "handlers"}
OURS = ["vault", "audit", "staff", "outbox", "contacts", "safeguarding", "privacy"]


def trees():
    return [pytest.param(path, id=str(path.relative_to(ROOT))) for path in CODE]


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def words_of(node: ast.AST) -> set[str]:
    """Every name and attribute used below a node."""
    names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    return names | {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}


def test_no_module_has_a_name_that_says_nothing():
    named = [path for path in CODE if path.parent.name != "postgresql"]  # Django names that one
    assert not [path for path in named if path.stem in FORBIDDEN_NAMES]


@pytest.mark.parametrize("path", trees())
def test_files_and_functions_stay_short(path):
    lines = path.read_text().splitlines()
    assert len(lines) <= 400 or path.name == "settings.py"
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno - node.lineno < 50, node.name


@pytest.mark.parametrize("path", trees())
def test_n07_nothing_in_the_code_opens_a_door_we_closed(path):
    """No raw request metadata, print, pickle, marked-safe text, eval or signal of our own."""
    used = words_of(parsed(path))
    if path.name != "patterns.py":  # which escapes every value itself, and is tested for it
        assert not used & {"mark_safe", "SafeString"}
    assert not used & {"META", "pickle", "eval", "exec", "receiver"}
    assert not used & {"post_save", "pre_delete", "post_delete", "StreamingHttpResponse"}
    if "dev" not in path.parts and path.name != "ready.py":
        assert "print" not in used


@pytest.mark.parametrize("path", trees())
def test_nobody_sets_a_status_outside_the_models(path):
    if "models" in path.parts or path.name == "models.py":
        return
    if path.name in {"importing.py", "door.py", "stream.py"}:
        return  # a contact already over has no earlier status to guard; the others speak HTTP
    for node in ast.walk(parsed(path)):
        targets = node.targets if isinstance(node, ast.Assign) else []
        assert not [t for t in targets if isinstance(t, ast.Attribute) and t.attr == "status"]


@pytest.mark.parametrize("path", trees())
def test_no_model_overrides_save(path):
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.ClassDef):
            names = {item.name for item in node.body if isinstance(item, ast.FunctionDef)}
            bases = {word for base in node.bases for word in words_of(base)}
            assert not ("Model" in bases and names & {"save", "delete"}), node.name


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_templates_are_short_and_hold_nothing_inline(path):
    text = path.read_text()
    assert len(text.splitlines()) <= 80
    assert "|safe" not in text
    assert "style=" not in text
    assert "<style" not in text
    assert " onclick=" not in text
    assert "<script>" not in text


def test_every_template_is_used_somewhere():
    said = "".join(path.read_text() for path in [*CODE, *TEMPLATES])
    by_name = {"400.html", "403.html", "403_csrf.html", "404.html", "409.html", "429.html"}
    by_name |= {"500.html", "503.html"}
    by_name |= {each.template(version) for each in NOTICES.values() for version in each.versions}
    unused = [
        name
        for path in TEMPLATES
        if (name := str(path.relative_to(ROOT / "templates"))) not in by_name
        and name not in said
        and f"/{path.stem}" not in said
        and not name.startswith(("account/", "mfa/", "allauth/"))
    ]
    assert not unused


def test_every_action_of_the_trail_is_recorded_somewhere():
    said = "".join(path.read_text() for path in CODE if path.name != "actions.py")
    assert not [action for action in Action if f"Action.{action.name}" not in said]


def test_words_are_sealed_in_every_column_that_could_hold_them():
    """A text or JSON column is either sealed or named in the schedule as saying nothing of a
    person."""
    plain = {rule.model: rule.plain for rule in SCHEDULE}
    for model in apps.get_models():
        if model not in plain:
            continue
        for field in model._meta.concrete_fields:
            if isinstance(field, models.TextField | models.JSONField):
                assert field.name in plain[model], field
            if isinstance(field, SealedText):
                assert field.name not in plain[model], field


@pytest.mark.django_db
def test_migrations_are_linear_and_can_be_undone():
    loader = MigrationLoader(None, ignore_no_migrations=True)
    assert not loader.detect_conflicts()
    for (app, name), migration in loader.disk_migrations.items():
        if app in OURS:
            assert all(operation.reversible for operation in migration.operations), (app, name)


def test_migrations_write_through_the_connection_that_migrates():
    """Another connection would wait for the very tables that this one changes, and without end."""
    moving = [path for path in ROOT.glob("**/migrations/*.py") if ".venv" not in path.parts]
    moving = [path for path in moving if "RunPython(" in path.read_text()]
    assert moving
    for path in moving:
        assert ".connection.alias" in path.read_text(), path.name


def test_each_check_of_the_settings_has_a_name_of_its_own():
    code = "".join(path.read_text() for path in ROOT.glob("*/**/checks.py"))
    names = re.findall(r'id="(helpline\.E\d+)"', code)
    assert len(names) > 10
    assert len(set(names)) == len(names)


def test_there_is_no_django_admin_and_no_debug_switch():
    """F08."""
    assert "django.contrib.admin" not in settings.INSTALLED_APPS
    assert settings.DEBUG is False
    assert "DEBUG =" not in (ROOT / "helpline" / "settings.py").read_text()


def test_k09_no_secret_is_in_the_repository():
    """K09: the committed example names every key and holds none that opens anything."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    names = listed.stdout.split()
    assert not [name for name in names if name.endswith((".pem", ".key", "ring.json"))]
    assert not [name for name in names if Path(name).name in {"env", ".env"}]
