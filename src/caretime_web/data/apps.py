"""The tables as an application of Django."""

from django.apps import AppConfig


class DataConfig(AppConfig):
    """All tables of the desk; they bear the name of the module they stand in."""

    name = "caretime_web.data"
    label = "desk"
    default_auto_field = "django.db.models.BigAutoField"
