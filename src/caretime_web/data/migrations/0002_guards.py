"""Triggers, the log of changes, and what planning may read."""

from django.db import migrations

from caretime_web.data.sql import statements


class Migration(migrations.Migration):
    dependencies = [("desk", "0001_tables")]
    operations = [migrations.RunSQL(statements("0002_guards"))]
