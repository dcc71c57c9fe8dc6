"""The embedded stack: PostgreSQL, DynamoDB Local and Valkey without root or Docker, and the supervisor over them.

Nothing here imports Django: what needs it (tables, migrations, the demo) is handed in by the commands.
"""
