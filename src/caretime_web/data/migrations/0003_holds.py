"""Times kept for a patient while somebody decides."""

import django.contrib.postgres.constraints
import django.db.models.deletion
from django.db import migrations, models

import caretime_web.data.care
from caretime_web.data.sql import statements


class Migration(migrations.Migration):
    dependencies = [("desk", "0002_guards")]
    operations = [
        migrations.CreateModel(
            name="Hold",
            fields=[
                ("hold_id", models.TextField(primary_key=True, serialize=False)),
                ("clinician_id", models.TextField()),
                ("visit_type", models.TextField()),
                ("start", models.DateTimeField()),
                ("minutes", models.SmallIntegerField()),
                ("modality", models.TextField()),
                ("until", models.DateTimeField()),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="holds",
                        to="desk.patient",
                    ),
                ),
            ],
            options={
                "db_table": "care_hold",
                "constraints": (
                    models.CheckConstraint(
                        condition=models.Q(
                            ("visit_type__in", ("intake", "return", "group", "urgent"))
                        ),
                        name="hold_visit_type",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("modality__in", ("in_person", "telehealth"))
                        ),
                        name="hold_modality",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("minutes__range", (5, 480))),
                        name="hold_minutes",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            (models.F("clinician_id"), "="),
                            (caretime_web.data.care.Span("start", "minutes"), "&&"),
                        ],
                        name="one_clinician_one_hold",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            (models.F("patient"), "="),
                            (caretime_web.data.care.Span("start", "minutes"), "&&"),
                        ],
                        name="one_patient_one_hold",
                    ),
                ),
            },
        ),
        migrations.RunSQL(statements("0003_holds")),
    ]
