"""A first catalogue: free, pro and business. Staff draft what comes after it."""

from django.db import migrations
from django.utils import timezone

CALLS = {"enforcement": "soft", "unit_price": "0.01"}

PLANS = [
    {
        "code": "free",
        "name": "Free",
        "description": "To look around, for as long as you like.",
        "monthly": 0,
        "yearly": 0,
        "features": ["Todos, orders and surveys", "History of every change"],
        "limits": {
            "max_users": 3,
            "max_api_calls": 10_000,
            "max_storage_gb": 1,
            "max_projects": 100,
            "max_orders": {"most": 100, "enforcement": "grace", "grace_percent": 10},
            "max_surveys": 3,
            "max_responses": 300,
        },
    },
    {
        "code": "pro",
        "name": "Pro",
        "description": "For a team that works with it every day.",
        "monthly": 2900,
        "yearly": 29000,
        "features": ["Everything in Free", "Webhooks and API keys", "Your own domain"],
        "limits": {
            "max_users": None,
            "max_api_calls": {"most": 1_000_000, **CALLS},
            "max_storage_gb": 100,
            "max_projects": None,
            "max_orders": None,
            "max_surveys": None,
            "max_responses": {"most": 100_000, "enforcement": "soft", "unit_price": "0.1"},
        },
    },
    {
        "code": "business",
        "name": "Business",
        "description": "For a whole company.",
        "monthly": 9900,
        "yearly": 99000,
        "features": ["Everything in Pro", "Export and restore at any time", "An answer within four hours"],
        "limits": {"max_api_calls": {"most": 10_000_000, **CALLS}, "max_storage_gb": 1000},
    },
]


def publish(apps, schema_editor):
    model = apps.get_model("plans", "PlanVersion")
    for position, plan in enumerate(PLANS):
        if not model.objects.filter(code=plan["code"]).exists():
            model.objects.create(**plan, position=position, state="published", published_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("plans", "0002_published_plans_stay")]
    operations = [migrations.RunPython(publish, migrations.RunPython.noop)]
