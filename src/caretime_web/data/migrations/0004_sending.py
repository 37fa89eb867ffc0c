"""What sending needs to know of messages, tries and ways to reach somebody."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0003_holds"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="attempt",
            name="attempt_outcome",
        ),
        migrations.RemoveIndex(
            model_name="message",
            name="message_due",
        ),
        migrations.AddField(
            model_name="attempt",
            name="channel",
            field=models.TextField(default="log"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="attempt",
            name="code",
            field=models.TextField(default=""),
        ),
        migrations.AddField(
            model_name="attempt",
            name="may_have_arrived",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="attempt",
            name="point_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="attempt",
            name="retry_after_s",
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name="contactpoint",
            name="stopped",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="message",
            name="about",
            field=models.TextField(default=""),
        ),
        migrations.AddField(
            model_name="message",
            name="at_once",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="message",
            name="calendar",
            field=models.BinaryField(default=b""),
        ),
        migrations.AddField(
            model_name="message",
            name="calendar_method",
            field=models.TextField(default="REQUEST"),
        ),
        migrations.AddField(
            model_name="message",
            name="reason",
            field=models.TextField(default=""),
        ),
        migrations.AddField(
            model_name="message",
            name="short",
            field=models.TextField(default=""),
        ),
        migrations.AlterField(
            model_name="message",
            name="channel",
            field=models.TextField(null=True),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("state__in", ("waiting", "leased"))),
                fields=["due_at", "key"],
                name="message_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel__in", ("email", "sms", "letter", "log"))),
                name="attempt_channel",
            ),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "outcome__in",
                        (
                            "sent",
                            "temporary",
                            "permanent",
                            "bad_address",
                            "unreachable",
                        ),
                    )
                ),
                name="attempt_outcome",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "leased")),
                fields=("patient",),
                name="message_one_on_its_way",
            ),
        ),
    ]
