from django.db import migrations

from projects.accounts.roles import make_groups


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0007_review"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [
        # The groups stay on the way back: people may be in them.
        migrations.RunPython(lambda apps, _schema: make_groups(apps), migrations.RunPython.noop)
    ]
