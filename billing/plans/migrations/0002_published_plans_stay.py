"""A version that was published never changes again, whoever asks."""

from django.db import migrations

FENCE = """
CREATE FUNCTION plan_version_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'draft' THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    IF TG_OP = 'DELETE' OR NEW.state = 'draft' OR
        (to_jsonb(NEW) - 'state' - 'retired_at') <> (to_jsonb(OLD) - 'state' - 'retired_at') OR
        (OLD.state = 'retired' AND NEW.state <> 'retired')
    THEN
        RAISE EXCEPTION 'plan % % was published: it stays as it is', OLD.code, OLD.version USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER plan_version_stays BEFORE UPDATE OR DELETE ON plan_version
    FOR EACH ROW EXECUTE FUNCTION plan_version_stays();
"""
AWAY = "DROP TRIGGER plan_version_stays ON plan_version; DROP FUNCTION plan_version_stays();"


class Migration(migrations.Migration):
    dependencies = [("plans", "0001_plans")]
    operations = [migrations.RunSQL(FENCE, AWAY)]
