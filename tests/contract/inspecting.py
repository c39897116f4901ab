"""What a package `saleor` offers: its public names, and the columns of its models."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import Any

from .describe import signature

# Of no interest to a plugin: what starts with an underscore is the stand-in's own, the rest is Django's plumbing.
PLUMBING = ("migrations", "apps", "urls")


def public_modules(package: ModuleType) -> Iterator[ModuleType]:
    """All public modules of a package, itself included."""
    yield package
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not any(part.startswith("_") or part in PLUMBING for part in found.name.split(".")):
            yield importlib.import_module(found.name)


def public_names(module: ModuleType) -> Iterator[str]:
    """The names that a module defines itself, and those in its classes: `User`, `User.has_perm`."""
    source = Path(module.__file__ or "").read_text()
    for name in _assigned_names(ast.parse(source)):
        if name.startswith("_"):
            continue
        yield name
        value = vars(module)[name]
        if inspect.isclass(value):
            yield from (f"{name}.{attribute}" for attribute in _public_attributes(value))


def _assigned_names(tree: ast.Module) -> Iterator[str]:
    """What the statements of a module bind, imports excepted."""
    for statement in tree.body:
        match statement:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name
            case ast.Assign(targets=targets):
                yield from (target.id for target in targets if isinstance(target, ast.Name))


def _public_attributes(owner: type) -> Iterator[str]:
    for name, value in vars(owner).items():
        is_method = inspect.isfunction(value) or isinstance(value, staticmethod | classmethod | property)
        is_public = name == "__init__" or not name.startswith("_")
        if is_public and (is_method or name.isupper()):
            yield name


def look_up(module: str, name: str) -> Any:
    """The object of that name, as a class would hand it to a caller. Raise `AttributeError` when there is none."""
    found: Any = importlib.import_module(module)
    for part in name.split("."):
        # Not through the descriptor: a classmethod's `cls` is a part of what is compared.
        found = inspect.getattr_static(found, part)
    return found


def described(value: Any) -> str:
    """The signature of what can be called, the value of a constant, and dots for everything else."""
    if isinstance(value, staticmethod | classmethod):
        value = value.__func__
    if inspect.isfunction(value):
        return signature(value)
    if isinstance(value, Enum):
        return repr(value.value)
    if isinstance(value, str):
        return repr(str(value))  # not its lazy form
    return repr(value) if isinstance(value, int | None) else "..."
