"""The stand-in's tables are made from its models as they are today: nobody has an old one to migrate."""

from __future__ import annotations

from django.apps import apps
from django.db.migrations import CreateModel
from django.db.migrations.state import ModelState


def tables_of(app_label: str) -> list[CreateModel]:
    """The operations that create the tables of an app, in the order in which its models are defined."""
    states = [ModelState.from_model(model) for model in apps.get_app_config(app_label).get_models()]
    return [
        CreateModel(state.name, list(state.fields.items()), state.options, state.bases, state.managers)
        for state in states
    ]
