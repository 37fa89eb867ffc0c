"""The tables as they were first."""

import uuid

import django.contrib.auth.models
import django.contrib.auth.validators
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.db import migrations, models

import caretime_web.data.care
import caretime_web.data.rows
from caretime_web.data.sql import statements


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.RunSQL(statements("0001_before_tables")),
        migrations.CreateModel(
            name="AuditHead",
            fields=[
                ("chain", models.SmallIntegerField(primary_key=True, serialize=False)),
                ("number", models.BigIntegerField()),
                ("hash", models.BinaryField()),
            ],
            options={
                "db_table": "audit_head",
            },
        ),
        migrations.CreateModel(
            name="ContactPoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("channel", models.TextField()),
                ("value", models.TextField()),
                ("rank", models.SmallIntegerField(default=1)),
                ("works", models.BooleanField(default=True)),
            ],
            options={
                "db_table": "identity_contact_point",
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "key",
                    models.UUIDField(
                        default=uuid.uuid4, primary_key=True, serialize=False
                    ),
                ),
                ("purpose", models.TextField()),
                ("channel", models.TextField()),
                ("language", models.TextField()),
                ("subject", models.TextField()),
                ("text", models.TextField()),
                ("state", models.TextField(default="waiting")),
                ("created_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("leased_until", models.DateTimeField(null=True)),
                ("lease", models.UUIDField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "outbox_message",
            },
        ),
        migrations.CreateModel(
            name="Patient",
            fields=[
                (
                    "position",
                    models.BigIntegerField(
                        db_default=caretime_web.data.rows.NextPosition(), editable=False
                    ),
                ),
                ("patient_id", models.TextField(primary_key=True, serialize=False)),
                ("county", models.TextField()),
                ("zip", models.TextField()),
                ("age_group", models.TextField()),
                ("language", models.TextField()),
                ("need", models.TextField()),
                ("risk_tier", models.SmallIntegerField()),
                ("interval_weeks", models.SmallIntegerField()),
                ("visits_attended", models.SmallIntegerField()),
                ("modality", models.TextField()),
                ("telehealth_consent", models.BooleanField()),
                ("has_phone", models.BooleanField()),
                ("has_email", models.BooleanField()),
                ("gender_preference", models.TextField(null=True)),
                ("payer", models.TextField(null=True)),
            ],
            options={
                "db_table": "care_patient",
            },
        ),
        migrations.CreateModel(
            name="Standard",
            fields=[
                (
                    "position",
                    models.BigIntegerField(
                        db_default=caretime_web.data.rows.NextPosition(), editable=False
                    ),
                ),
                ("standard_id", models.TextField(primary_key=True, serialize=False)),
                ("profile", models.TextField()),
                ("clock", models.TextField()),
                ("provider", models.TextField()),
                ("starts", models.TextField()),
                ("limit", models.IntegerField()),
                ("unit", models.TextField()),
                ("prior_authorization", models.BooleanField()),
                ("target_share", models.FloatField()),
                ("citation", models.TextField()),
            ],
            options={
                "db_table": "terms_standard",
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="last login"
                    ),
                ),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        error_messages={
                            "unique": "A user with that username already exists."
                        },
                        help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                        max_length=150,
                        unique=True,
                        validators=[
                            django.contrib.auth.validators.UnicodeUsernameValidator()
                        ],
                        verbose_name="username",
                    ),
                ),
                (
                    "email",
                    models.EmailField(
                        blank=True, max_length=254, verbose_name="email address"
                    ),
                ),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                (
                    "date_joined",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="date joined"
                    ),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "db_table": "identity_user",
            },
            managers=[
                ("objects", django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name="Assumption",
            fields=[
                (
                    "position",
                    models.BigIntegerField(
                        db_default=caretime_web.data.rows.NextPosition(), editable=False
                    ),
                ),
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("value", models.FloatField()),
                ("low", models.FloatField()),
                ("high", models.FloatField()),
                ("unit", models.TextField()),
                ("source", models.TextField()),
                ("holder", models.TextField()),
            ],
            options={
                "db_table": "terms_assumption",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("name", "holder"), name="assumption_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("high__gte", models.F("value")),
                            ("low__lte", models.F("value")),
                        ),
                        name="assumption_range",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("chain", models.SmallIntegerField()),
                ("number", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("by", models.TextField()),
                ("why", models.TextField()),
                ("act", models.TextField()),
                ("subject", models.TextField()),
                ("subject_id", models.TextField()),
                ("rows", models.BigIntegerField()),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
                ("digest", models.BinaryField(null=True)),
                ("previous", models.BinaryField()),
                ("hash", models.BinaryField()),
            ],
            options={
                "db_table": "audit_entry",
                "indexes": [
                    models.Index(fields=["subject", "subject_id"], name="audit_subject")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("chain", "number"), name="audit_number"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Clinic",
            fields=[
                (
                    "position",
                    models.BigIntegerField(
                        db_default=caretime_web.data.rows.NextPosition(), editable=False
                    ),
                ),
                ("clinic_id", models.TextField(primary_key=True, serialize=False)),
                ("county", models.TextField()),
                ("zip", models.TextField()),
                ("latitude", models.FloatField()),
                ("longitude", models.FloatField()),
                ("rooms", models.SmallIntegerField()),
                ("opens", models.SmallIntegerField()),
                ("closes", models.SmallIntegerField()),
            ],
            options={
                "db_table": "care_clinic",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("rooms__range", (0, 1000))),
                        name="clinic_rooms",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Clinician",
            fields=[
                (
                    "position",
                    models.BigIntegerField(
                        db_default=caretime_web.data.rows.NextPosition(), editable=False
                    ),
                ),
                ("clinician_id", models.TextField(primary_key=True, serialize=False)),
                ("license", models.TextField()),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                (
                    "ages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                (
                    "needs",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                ("fte", models.FloatField()),
                ("telehealth_share", models.FloatField()),
                ("hired_on", models.DateField()),
                ("unit", models.TextField()),
                ("step", models.SmallIntegerField()),
                ("leads_groups", models.BooleanField()),
                ("gender", models.TextField(null=True)),
                (
                    "clinic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clinicians",
                        to="desk.clinic",
                    ),
                ),
                (
                    "supervisor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="supervised",
                        to="desk.clinician",
                    ),
                ),
            ],
            options={
                "db_table": "care_clinician",
            },
        ),
        migrations.CreateModel(
            name="Absence",
            fields=[
                (
                    "position",
                    models.BigIntegerField(
                        db_default=caretime_web.data.rows.NextPosition(), editable=False
                    ),
                ),
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("first_day", models.DateField()),
                ("last_day", models.DateField(null=True)),
                (
                    "clinician",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="absences",
                        to="desk.clinician",
                    ),
                ),
            ],
            options={
                "db_table": "plan_absence",
            },
        ),
        migrations.CreateModel(
            name="Contract",
            fields=[
                (
                    "position",
                    models.BigIntegerField(
                        db_default=caretime_web.data.rows.NextPosition(), editable=False
                    ),
                ),
                ("contract_id", models.TextField(primary_key=True, serialize=False)),
                ("title", models.TextField()),
                ("effective", models.DateField()),
                ("until", models.DateField(null=True)),
                ("standing", models.TextField()),
                ("source", models.TextField()),
                ("written", models.TextField()),
                ("terms", models.TextField()),
            ],
            options={
                "db_table": "terms_contract",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "standing__in",
                                (
                                    "confirmed",
                                    "union",
                                    "employer",
                                    "assumption",
                                    "unverified",
                                ),
                            )
                        ),
                        name="contract_standing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until__isnull", True),
                            ("until__gte", models.F("effective")),
                            _connector="OR",
                        ),
                        name="contract_days",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Cover",
            fields=[
                (
                    "position",
                    models.BigIntegerField(
                        db_default=caretime_web.data.rows.NextPosition(), editable=False
                    ),
                ),
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("weekday", models.SmallIntegerField()),
                ("start", models.SmallIntegerField()),
                ("end", models.SmallIntegerField()),
                (
                    "licenses",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                ("clinicians", models.SmallIntegerField()),
                (
                    "clinic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="desk.clinic",
                    ),
                ),
            ],
            options={
                "db_table": "site_cover",
            },
        ),
        migrations.CreateModel(
            name="Demand",
            fields=[
                (
                    "position",
                    models.BigIntegerField(
                        db_default=caretime_web.data.rows.NextPosition(), editable=False
                    ),
                ),
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("county", models.TextField()),
                ("age_group", models.TextField()),
                ("language", models.TextField()),
                ("need", models.TextField()),
                ("referrals_per_week", models.FloatField()),
                ("dispersion", models.FloatField()),
            ],
            options={
                "db_table": "plan_demand",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("dispersion__range", (1, 100))),
                        name="demand_dispersion",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Group",
            fields=[
                (
                    "position",
                    models.BigIntegerField(
                        db_default=caretime_web.data.rows.NextPosition(), editable=False
                    ),
                ),
                ("group_id", models.TextField(primary_key=True, serialize=False)),
                ("weekday", models.SmallIntegerField()),
                ("start", models.SmallIntegerField()),
                ("minutes", models.SmallIntegerField()),
                ("seats", models.SmallIntegerField()),
                ("age_group", models.TextField()),
                ("language", models.TextField()),
                ("need", models.TextField()),
                (
                    "co_leader",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="groups_helped",
                        to="desk.clinician",
                    ),
                ),
                (
                    "leader",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="groups_led",
                        to="desk.clinician",
                    ),
                ),
            ],
            options={
                "db_table": "care_group",
            },
        ),
        migrations.CreateModel(
            name="Incident",
            fields=[
                (
                    "position",
                    models.BigIntegerField(
                        db_default=caretime_web.data.rows.NextPosition(), editable=False
                    ),
                ),
                ("incident_id", models.TextField(primary_key=True, serialize=False)),
                ("first_day", models.DateField()),
                ("notice_day", models.DateField()),
                (
                    "shares",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.FloatField(), default=list, size=None
                    ),
                ),
                (
                    "clinic_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                (
                    "shares_low",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.FloatField(), default=list, size=None
                    ),
                ),
                (
                    "shares_high",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.FloatField(), default=list, size=None
                    ),
                ),
                (
                    "clinician_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                ("last_day", models.DateField(null=True)),
                ("open_ended", models.BooleanField()),
            ],
            options={
                "db_table": "plan_incident",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("last_day__isnull", True),
                            ("last_day__gte", models.F("first_day")),
                            _connector="OR",
                        ),
                        name="incident_days",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("clinician_ids__len__gt", 0), ("shares", [])),
                            models.Q(("clinician_ids", []), ("shares__len__gt", 0)),
                            _connector="OR",
                        ),
                        name="incident_shares_or_names",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("number", models.SmallIntegerField()),
                ("at", models.DateTimeField()),
                ("outcome", models.TextField()),
                ("provider_id", models.TextField(default="")),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attempts",
                        to="desk.message",
                    ),
                ),
            ],
            options={
                "db_table": "outbox_attempt",
            },
        ),
        migrations.CreateModel(
            name="NetworkTherapist",
            fields=[
                (
                    "position",
                    models.BigIntegerField(
                        db_default=caretime_web.data.rows.NextPosition(), editable=False
                    ),
                ),
                ("therapist_id", models.TextField(primary_key=True, serialize=False)),
                ("license", models.TextField()),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                (
                    "ages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                (
                    "needs",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                ("county", models.TextField()),
                ("zip", models.TextField()),
                ("latitude", models.FloatField()),
                ("longitude", models.FloatField()),
                ("telehealth", models.BooleanField()),
                ("openings_per_week", models.FloatField()),
                ("price_per_visit_cents", models.IntegerField()),
                ("acceptance", models.FloatField()),
                ("gender", models.TextField(null=True)),
                (
                    "payers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                ("highest_risk_tier", models.SmallIntegerField()),
            ],
            options={
                "db_table": "care_network_therapist",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("highest_risk_tier__range", (1, 3))),
                        name="network_risk_tier",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("acceptance__range", (0, 1))),
                        name="network_acceptance",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NetworkHours",
            fields=[
                (
                    "position",
                    models.BigIntegerField(
                        db_default=caretime_web.data.rows.NextPosition(), editable=False
                    ),
                ),
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("weekday", models.SmallIntegerField()),
                ("start", models.SmallIntegerField()),
                ("end", models.SmallIntegerField()),
                (
                    "therapist",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="desk.networktherapist",
                    ),
                ),
            ],
            options={
                "db_table": "site_network_hours",
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                (
                    "patient",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="desk.patient",
                    ),
                ),
                ("name", models.TextField()),
                ("birth_year", models.SmallIntegerField(null=True)),
                ("do_not_contact", models.BooleanField(default=False)),
            ],
            options={
                "db_table": "identity_person",
            },
        ),
        migrations.AddField(
            model_name="patient",
            name="clinician",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="patients_of_record",
                to="desk.clinician",
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="patient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="messages",
                to="desk.patient",
            ),
        ),
        migrations.CreateModel(
            name="GroupMember",
            fields=[
                (
                    "position",
                    models.BigIntegerField(
                        db_default=caretime_web.data.rows.NextPosition(), editable=False
                    ),
                ),
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="members",
                        to="desk.group",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seats",
                        to="desk.patient",
                    ),
                ),
            ],
            options={
                "db_table": "care_group_member",
            },
        ),
        migrations.CreateModel(
            name="Referral",
            fields=[
                ("referral_id", models.TextField(primary_key=True, serialize=False)),
                ("requested_at", models.DateTimeField()),
                ("urgent", models.BooleanField(default=False)),
                ("status", models.TextField(default="open")),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referrals",
                        to="desk.patient",
                    ),
                ),
            ],
            options={
                "db_table": "care_referral",
            },
        ),
        migrations.CreateModel(
            name="Appointment",
            fields=[
                (
                    "position",
                    models.BigIntegerField(
                        db_default=caretime_web.data.rows.NextPosition(), editable=False
                    ),
                ),
                ("appointment_id", models.TextField(primary_key=True, serialize=False)),
                ("clinician_id", models.TextField()),
                ("visit_type", models.TextField()),
                ("start", models.DateTimeField()),
                ("minutes", models.SmallIntegerField()),
                ("modality", models.TextField()),
                ("status", models.TextField(default="booked")),
                ("requested_at", models.DateTimeField(null=True)),
                ("offered_at", models.DateTimeField(null=True)),
                ("room", models.SmallIntegerField(null=True)),
                ("cancelled_at", models.DateTimeField(null=True)),
                ("cancelled_by", models.TextField(null=True)),
                ("cancel_reason", models.TextField(null=True)),
                (
                    "clinic",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appointments",
                        to="desk.clinic",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appointments",
                        to="desk.patient",
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appointments",
                        to="desk.referral",
                    ),
                ),
            ],
            options={
                "db_table": "care_appointment",
            },
        ),
        migrations.CreateModel(
            name="Roster",
            fields=[
                ("roster_id", models.TextField(primary_key=True, serialize=False)),
                ("first_day", models.DateField()),
                ("last_day", models.DateField(null=True)),
                ("adopted_at", models.DateTimeField()),
                (
                    "contract",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rosters",
                        to="desk.contract",
                    ),
                ),
            ],
            options={
                "db_table": "plan_roster",
            },
        ),
        migrations.CreateModel(
            name="RosterWeek",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("first_day", models.DateField()),
                ("last_day", models.DateField(null=True)),
                (
                    "clinician",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="weeks",
                        to="desk.clinician",
                    ),
                ),
                (
                    "roster",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="weeks",
                        to="desk.roster",
                    ),
                ),
            ],
            options={
                "db_table": "plan_roster_week",
            },
        ),
        migrations.CreateModel(
            name="RosterBlock",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("start", models.SmallIntegerField()),
                ("minutes", models.SmallIntegerField()),
                ("activity", models.TextField()),
                ("place", models.TextField()),
                (
                    "week",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="blocks",
                        to="desk.rosterweek",
                    ),
                ),
            ],
            options={
                "db_table": "plan_roster_block",
            },
        ),
        migrations.CreateModel(
            name="StatedTime",
            fields=[
                (
                    "position",
                    models.BigIntegerField(
                        db_default=caretime_web.data.rows.NextPosition(), editable=False
                    ),
                ),
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("weekday", models.SmallIntegerField()),
                ("start", models.SmallIntegerField()),
                ("end", models.SmallIntegerField()),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="desk.patient",
                    ),
                ),
            ],
            options={
                "db_table": "site_stated_time",
            },
        ),
        migrations.CreateModel(
            name="System",
            fields=[
                (
                    "id",
                    models.SmallIntegerField(
                        default=1, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.TextField()),
                ("time_zone", models.TextField()),
                ("first_day", models.DateField()),
                ("members", models.IntegerField()),
                ("jurisdiction", models.TextField()),
                ("pooling", models.TextField()),
                (
                    "holidays",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DateField(), default=list, size=None
                    ),
                ),
                (
                    "notes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                ("fingerprint", models.TextField()),
                ("loaded_at", models.DateTimeField()),
                (
                    "contract_in_force",
                    models.ForeignKey(
                        db_column="contract_in_force",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="desk.contract",
                    ),
                ),
            ],
            options={
                "db_table": "terms_system",
            },
        ),
        migrations.CreateModel(
            name="TeamMeeting",
            fields=[
                (
                    "position",
                    models.BigIntegerField(
                        db_default=caretime_web.data.rows.NextPosition(), editable=False
                    ),
                ),
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("minutes", models.SmallIntegerField()),
                ("weekday", models.SmallIntegerField(null=True)),
                ("start", models.SmallIntegerField(null=True)),
                (
                    "clinic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="desk.clinic",
                    ),
                ),
            ],
            options={
                "db_table": "site_team_meeting",
            },
        ),
        migrations.CreateModel(
            name="Unavailability",
            fields=[
                (
                    "position",
                    models.BigIntegerField(
                        db_default=caretime_web.data.rows.NextPosition(), editable=False
                    ),
                ),
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("weekday", models.SmallIntegerField()),
                ("start", models.SmallIntegerField()),
                ("end", models.SmallIntegerField()),
                (
                    "clinician",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="desk.clinician",
                    ),
                ),
            ],
            options={
                "db_table": "site_unavailability",
            },
        ),
        migrations.CreateModel(
            name="WorkPlace",
            fields=[
                (
                    "position",
                    models.BigIntegerField(
                        db_default=caretime_web.data.rows.NextPosition(), editable=False
                    ),
                ),
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("weekday", models.SmallIntegerField()),
                ("start", models.SmallIntegerField()),
                ("end", models.SmallIntegerField()),
                ("place", models.TextField()),
                ("travel_minutes", models.SmallIntegerField()),
                (
                    "clinician",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="desk.clinician",
                    ),
                ),
            ],
            options={
                "db_table": "site_work_place",
            },
        ),
        migrations.AddConstraint(
            model_name="clinician",
            constraint=models.CheckConstraint(
                condition=models.Q(("fte__range", (0.05, 1))), name="clinician_fte"
            ),
        ),
        migrations.AddConstraint(
            model_name="absence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("last_day__isnull", True),
                    ("last_day__gte", models.F("first_day")),
                    _connector="OR",
                ),
                name="absence_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="cover",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("end__gt", models.F("start")),
                    ("end__lte", 1440),
                    ("start__gte", 0),
                    ("weekday__range", (0, 6)),
                ),
                name="cover_span",
            ),
        ),
        migrations.AddConstraint(
            model_name="group",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("age_group__in", ("child", "teen", "adult", "older"))
                ),
                name="group_age_group",
            ),
        ),
        migrations.AddConstraint(
            model_name="group",
            constraint=models.CheckConstraint(
                condition=models.Q(("weekday__range", (0, 6))), name="group_weekday"
            ),
        ),
        migrations.AddConstraint(
            model_name="group",
            constraint=models.CheckConstraint(
                condition=models.Q(("minutes__range", (5, 480))), name="group_minutes"
            ),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.UniqueConstraint(
                fields=("message", "number"), name="attempt_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("outcome__in", ("sent", "again_later", "permanent"))
                ),
                name="attempt_outcome",
            ),
        ),
        migrations.AddConstraint(
            model_name="networkhours",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("end__gt", models.F("start")),
                    ("end__lte", 1440),
                    ("start__gte", 0),
                    ("weekday__range", (0, 6)),
                ),
                name="network_hours_span",
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(("birth_year__range", (1890, 2100))),
                name="person_birth_year",
            ),
        ),
        migrations.AddField(
            model_name="contactpoint",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="contact_points",
                to="desk.person",
            ),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("age_group__in", ("child", "teen", "adult", "older"))
                ),
                name="patient_age_group",
            ),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("modality__in", ("in_person", "telehealth", "either"))
                ),
                name="patient_modality",
            ),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(
                condition=models.Q(("risk_tier__range", (1, 3))),
                name="patient_risk_tier",
            ),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(
                condition=models.Q(("interval_weeks__range", (1, 52))),
                name="patient_interval",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("state__in", ("waiting", "leased"))),
                fields=["due_at"],
                name="message_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel__in", ("email", "sms", "letter", "log"))),
                name="message_channel",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ("waiting", "leased", "sent", "failed", "dropped"))
                ),
                name="message_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("lease__isnull", True), ("leased_until__isnull", True)),
                    models.Q(("lease__isnull", False), ("leased_until__isnull", False)),
                    _connector="OR",
                ),
                name="message_lease",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("lease__isnull", False), ("state", "leased")),
                    models.Q(
                        models.Q(("state", "leased"), _negated=True),
                        ("lease__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="message_leased",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("sent_at__isnull", False), ("state", "sent")),
                    models.Q(
                        models.Q(("state", "sent"), _negated=True),
                        ("sent_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="message_sent",
            ),
        ),
        migrations.AddConstraint(
            model_name="groupmember",
            constraint=models.UniqueConstraint(
                fields=("group", "patient"), name="group_seat"
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ("open", "booked", "closed"))),
                name="referral_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", False), ("status", "closed")),
                    models.Q(
                        models.Q(("status", "closed"), _negated=True),
                        ("closed_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="referral_closed",
            ),
        ),
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(
                fields=["clinician_id", "start"], name="appointment_clinician"
            ),
        ),
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(fields=["patient", "start"], name="appointment_patient"),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("visit_type__in", ("intake", "return", "group", "urgent"))
                ),
                name="appointment_visit_type",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        (
                            "booked",
                            "attended",
                            "no_show",
                            "late_cancelled",
                            "cancelled",
                        ),
                    )
                ),
                name="appointment_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(("modality__in", ("in_person", "telehealth"))),
                name="appointment_modality",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(("minutes__range", (5, 480))),
                name="appointment_minutes",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cancelled_by__isnull", True),
                    ("cancelled_by__in", ("patient", "clinician", "organization")),
                    _connector="OR",
                ),
                name="appointment_side",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("cancelled_at__isnull", True),
                        ("cancelled_by__isnull", True),
                        ("cancel_reason__isnull", True),
                    ),
                    models.Q(
                        ("cancelled_at__isnull", False),
                        ("cancelled_by__isnull", False),
                        ("cancel_reason__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="appointment_cancelled_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cancelled_at__isnull", True),
                    ("status__in", ("cancelled", "late_cancelled")),
                    _connector="OR",
                ),
                name="appointment_cancelled_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("clinic__isnull", True), ("room__isnull", True)),
                    models.Q(("clinic__isnull", False), ("room__isnull", False)),
                    _connector="OR",
                ),
                name="appointment_room_of_clinic",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("room__isnull", True), ("modality", "in_person"), _connector="OR"
                ),
                name="appointment_room_in_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("status__in", ("booked", "attended", "no_show"))),
                expressions=[
                    (models.F("clinician_id"), "="),
                    (caretime_web.data.care.Span("start", "minutes"), "&&"),
                    (
                        caretime_web.data.care.Block(
                            "visit_type",
                            "appointment_id",
                            "clinician_id",
                            "start",
                            "minutes",
                        ),
                        "<>",
                    ),
                ],
                name="one_clinician_one_place",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("status__in", ("booked", "attended", "no_show"))),
                expressions=[
                    (models.F("patient"), "="),
                    (caretime_web.data.care.Span("start", "minutes"), "&&"),
                ],
                name="one_patient_one_place",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(
                    models.Q(("visit_type", "group"), _negated=True),
                    ("room__isnull", False),
                    ("status__in", ("booked", "attended", "no_show")),
                ),
                expressions=[
                    (models.F("clinic"), "="),
                    (models.F("room"), "="),
                    (caretime_web.data.care.Span("start", "minutes"), "&&"),
                ],
                name="one_room_one_visit",
            ),
        ),
        migrations.AddConstraint(
            model_name="roster",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("last_day__isnull", True),
                    ("last_day__gte", models.F("first_day")),
                    _connector="OR",
                ),
                name="roster_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="rosterweek",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("last_day__isnull", True),
                    ("last_day__gte", models.F("first_day")),
                    _connector="OR",
                ),
                name="roster_week_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="rosterweek",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (models.F("clinician"), "="),
                    (
                        models.Func(
                            "first_day",
                            "last_day",
                            models.Value("[]"),
                            function="daterange",
                            output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="one_week_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="rosterblock",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("minutes__gte", 1),
                    ("start__gte", 0),
                    (
                        "start__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.Value(10080), "-", models.F("minutes")
                        ),
                    ),
                ),
                name="roster_block_week",
            ),
        ),
        migrations.AddConstraint(
            model_name="rosterblock",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (models.F("week"), "="),
                    (
                        models.Func(
                            "start",
                            django.db.models.expressions.CombinedExpression(
                                models.F("start"), "+", models.F("minutes")
                            ),
                            function="int4range",
                            output_field=django.contrib.postgres.fields.ranges.IntegerRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="one_block_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="statedtime",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("end__gt", models.F("start")),
                    ("end__lte", 1440),
                    ("start__gte", 0),
                    ("weekday__range", (0, 6)),
                ),
                name="stated_time_span",
            ),
        ),
        migrations.AddConstraint(
            model_name="system",
            constraint=models.CheckConstraint(
                condition=models.Q(("id", 1)), name="one_system"
            ),
        ),
        migrations.AddConstraint(
            model_name="system",
            constraint=models.CheckConstraint(
                condition=models.Q(("pooling__in", ("site", "county", "region"))),
                name="system_pooling",
            ),
        ),
        migrations.AddConstraint(
            model_name="teammeeting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("weekday__isnull", True), ("start__isnull", True)),
                    models.Q(("weekday__isnull", False), ("start__isnull", False)),
                    _connector="OR",
                ),
                name="team_meeting_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="teammeeting",
            constraint=models.CheckConstraint(
                condition=models.Q(("minutes__range", (5, 480))),
                name="team_meeting_minutes",
            ),
        ),
        migrations.AddConstraint(
            model_name="unavailability",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("end__gt", models.F("start")),
                    ("end__lte", 1440),
                    ("start__gte", 0),
                    ("weekday__range", (0, 6)),
                ),
                name="unavailability_span",
            ),
        ),
        migrations.AddConstraint(
            model_name="workplace",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("end__gt", models.F("start")),
                    ("end__lte", 1440),
                    ("start__gte", 0),
                    ("weekday__range", (0, 6)),
                ),
                name="work_place_span",
            ),
        ),
        migrations.AddConstraint(
            model_name="contactpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel__in", ("email", "sms", "letter"))),
                name="contact_channel",
            ),
        ),
        migrations.AddConstraint(
            model_name="contactpoint",
            constraint=models.UniqueConstraint(
                condition=models.Q(("works", True)),
                fields=("person", "channel", "rank"),
                name="contact_rank",
            ),
        ),
    ]
