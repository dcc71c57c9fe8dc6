"""Todos as a Django app."""

from django.apps import AppConfig


class TodosConfig(AppConfig):
    name = "todos"
