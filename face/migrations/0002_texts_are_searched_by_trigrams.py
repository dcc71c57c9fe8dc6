"""Lists are searched by parts of words: indexes of trigrams, of an extension that belongs to Postgres itself and is
trusted. It is in the public schema, so that every tenant's indexes find it."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('face', '0001_initial'),
    ]

    operations = [
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public", migrations.RunSQL.noop),
    ]
