"""Everything a deployment may set, in one typed table; the README's settings table is made from it."""

from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from config.database import host_of_database, is_local

ROOT = Path(__file__).resolve().parent.parent


class Environment(BaseSettings):
    """The environment variables Tenfold reads. Each has a default that suits `make run`."""

    model_config = SettingsConfigDict(env_prefix="TENFOLD_", populate_by_name=True)

    host: str = Field("localhost", description="public host name; a tenant's is `<code>.<host>`")
    port: int = Field(8000, description="port of the web process")
    bind: str = Field("127.0.0.1", description="address the web process listens on")
    debug: bool = Field(False, description="Django's debug pages; never in production")
    secret_key: str = Field("", description="signs sessions and cursors; kept in `.local/secret_key` where empty")
    master_key: str = Field(
        "",
        description="wraps the keys of persons, without which nothing personal is read; "
        "kept in `.local/master_key` where empty",
    )
    local: Path = Field(ROOT / ".local", description="folder of the embedded services' data")
    static: str = Field("", description="folder that static files are collected in; `.local/static` where empty")

    database_url: str = Field(
        "", validation_alias="DATABASE_URL", description="a PostgreSQL; an embedded one is started where empty"
    )
    postgres_port: int = Field(8054, description="port of the embedded PostgreSQL")
    database_pool: int = Field(20, description="PostgreSQL connections a process may hold")

    dynamodb_endpoint: str = Field(
        "",
        validation_alias="DYNAMODB_ENDPOINT",
        description="a DynamoDB; Amazon's local one is started where empty, `aws` means Amazon DynamoDB itself",
    )
    dynamodb_port: int = Field(8053, description="port of the embedded DynamoDB")
    dynamodb_access_key: str = Field(
        "tenfold", description="access key id of the embedded DynamoDB: one key, one database"
    )
    dynamodb_region: str = Field("us-east-1", description="region of the tables")
    dynamodb_prefix: str = Field("", description="what the names of the tables `events` and `counters` begin with")

    celery_broker_url: str = Field(
        "",
        validation_alias="CELERY_BROKER_URL",
        description="a broker: `redis://`, `amqp://` (RabbitMQ) or `sqs://`; an embedded Valkey is started where empty",
    )
    broker_port: int = Field(8079, description="port of the embedded Valkey")
    broker_visibility_seconds: int = Field(
        7 * 3600,
        description="Valkey, Redis and SQS: seconds after which a message whose worker died is delivered again; "
        "longer than the longest task may take (6 hours), for SQS at most 43200",
    )
    sqs_region: str = Field("", description="region of the SQS queues; that of the tables where empty")
    sqs_prefix: str = Field("tenfold-", description="what the names of the SQS queues begin with")

    address: str = Field(
        "", description="how people reach the public host, `https://example.com`; where empty, http and the port"
    )
    staff_email: str = Field("", description="whom `manage.py init` invites as the first member of staff")
    proxies: str = Field(
        "",
        description="proxies whose `X-Forwarded-For` and `-Proto` are believed: how many stand in front (`1`), or "
        "their networks (`10.0.0.0/8,127.0.0.1`); nobody where empty, and needed where the address is https",
    )
    mail: str = Field(
        "",
        description="a mail server, `smtp://user:password@host:587` (`smtps://`, `smtp+plain://`); where empty, "
        "mails are files in `.local/mail/`",
    )
    mail_from: str = Field("Tenfold <no-reply@localhost>", description="who mails are from")

    traces: bool = Field(
        False, description="OpenTelemetry traces; so does any address in `OTEL_EXPORTER_OTLP_ENDPOINT`"
    )
    canary_seconds: float = Field(10.0, description="how often the canary measures how far rows are behind; 0 is never")
    metrics_token: str = Field(
        "", description="what `/metrics` asks for as a Bearer token; where empty, it answers this machine only"
    )
    metrics_folder: str = Field(
        "",
        validation_alias="PROMETHEUS_MULTIPROC_DIR",
        description="folder in which the processes of a machine add up their metrics; `make run` has its own",
    )
    worker_metrics_port: int = Field(
        0,
        description="port on which each worker serves its own `/metrics`, at `TENFOLD_BIND`; 0 is none: "
        "the web process of the same machine answers for it",
    )
    pool: int = Field(3, description="ready schemas that wait for the next tenants to sign up")
    sign_ups: int = Field(20, description="times one address may try to sign up in an hour; 0 is without limit")
    answers: int = Field(60, description="responses one address may send to one survey in a minute; 0 is without limit")
    resolver: str = Field(
        "",
        description="name server that custom domains and webhooks are looked up at, `address:port`; the machine's "
        "own way where empty",
    )
    webhooks_local: bool = Field(
        False, description="webhooks may go to private addresses and by http; for development only"
    )
    webhook_ports: str = Field(
        "443", pattern=r"^[0-9]{1,5}(,[0-9]{1,5})*$", description="ports that webhooks may go to, separated by commas"
    )
    log_level: str = Field("INFO", description="least level of what is logged")

    @property
    def static_folder(self) -> Path:
        """Where static files are collected."""
        return Path(self.static) if self.static else self.local / "static"

    @property
    def public_address(self) -> str:
        """How people reach the public host."""
        return self.address.rstrip("/") or f"http://{self.host}:{self.port}"

    @property
    def stores_elsewhere(self) -> list[str]:
        """The variables that lead to stores which are not on this machine: what is kept there needs keys that every
        machine has. The broker keeps nothing."""
        hosts = {"DATABASE_URL": host_of_database(self.database_url), "DYNAMODB_ENDPOINT": self._dynamodb_host}
        return [name for name, host in hosts.items() if not is_local(host)]

    @property
    def _dynamodb_host(self) -> str:
        return (urlsplit(self.dynamodb).hostname or "") if self.dynamodb else "amazonaws.com"

    @property
    def database(self) -> str:
        """URL of the PostgreSQL in use, the embedded one unless told otherwise."""
        return self.database_url or f"postgres://tenfold@127.0.0.1:{self.postgres_port}/tenfold"

    @property
    def dynamodb(self) -> str | None:
        """Endpoint of the DynamoDB in use; None is Amazon's own."""
        if self.dynamodb_endpoint == "aws":
            return None
        return self.dynamodb_endpoint or f"http://127.0.0.1:{self.dynamodb_port}"

    @property
    def broker(self) -> str:
        """URL of the broker in use."""
        return self.celery_broker_url or f"redis://127.0.0.1:{self.broker_port}/0"


@cache
def environment() -> Environment:
    """The environment of this process, read once. ImproperlyConfigured where a variable does not say what it should."""
    try:
        return Environment()
    except ValidationError as error:
        said = [f"{_variable(str(each['loc'][0]))}: {each['msg']}" for each in error.errors()]
        raise ImproperlyConfigured("\n".join(said)) from None


def _variable(name: str) -> str:
    """What an error calls a setting, as the environment calls it."""
    return name if name.isupper() else f"{Environment.model_config['env_prefix']}{name}".upper()
