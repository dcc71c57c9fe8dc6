from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="AnswerCount",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("count", models.IntegerField()),
                (
                    "until",
                    models.DateTimeField(
                        db_index=True, help_text="when it counts anew; the line is deleted soon after"
                    ),
                ),
            ],
            options={"db_table": "survey_answer_count"},
        ),
        migrations.RunSQL(
            "ALTER TABLE survey_answer_count SET UNLOGGED", "ALTER TABLE survey_answer_count SET LOGGED"
        ),
    ]
