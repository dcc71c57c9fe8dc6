"""Keys that are there already stay readable: the same bytes, in base64."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("personal", "0001_keys_of_persons")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE person_key ALTER COLUMN wrapped TYPE text USING encode(wrapped, 'base64')",
                    "ALTER TABLE person_key ALTER COLUMN wrapped TYPE bytea USING decode(wrapped, 'base64')",
                )
            ],
            state_operations=[
                migrations.AlterField(
                    "personkey",
                    "wrapped",
                    models.TextField(help_text="in base64; empty: destroyed", null=True),
                )
            ],
        )
    ]
