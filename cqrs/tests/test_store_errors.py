"""Each error of DynamoDB has its row in the table, and by that its answer, to a command and to a read."""

import inspect

import botocore.session
import pytest
from botocore import exceptions
from botocore.exceptions import BotoCoreError
from botocore.retries import standard
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from cqrs.domain import Busy, StoreAway, Unavailable
from cqrs.dynamodb import alarms
from cqrs.dynamodb.errors import CANCELLED, CLOCK, CODES, ENCRYPTION, EXCEPTIONS, Failure, Kind
from cqrs.dynamodb.failures import failure_of_status
from cqrs.dynamodb.store import DynamoStore
from cqrs.log import Log
from cqrs.tests.conftest import ORIGIN
from cqrs.tests.proxy import Fate
from cqrs.tests.stand_in import StandIn, error, html
from cqrs.tests.toy import LAMP, count, relabel
from cqrs.writer import Once, Writer

REFUSALS: dict[Kind, type[Unavailable]] = {
    Kind.DECIDED: StoreAway,  # an answer to something else than what was asked
    Kind.UNDONE: Busy,
    Kind.UNKNOWN: Unavailable,
    Kind.AWAY: StoreAway,
}
COMMON = """
    AccessDeniedException ExpiredTokenException IncompleteSignature InternalFailure MalformedHttpRequestException
    NotAuthorized OptInRequired RequestAbortedException RequestEntityTooLargeException RequestExpired
    RequestTimeoutException ServiceUnavailable ThrottlingException UnrecognizedClientException
    UnknownOperationException ValidationError InvalidClientTokenId MissingAuthenticationToken
    IncompleteSignatureException InvalidSignatureException MissingAuthenticationTokenException
    SerializationException ValidationException KMSAccessDeniedException KMSDisabledException
    KMSInvalidStateException KMSNotFoundException
"""
"""What Amazon's pages "Common Errors" and "Error handling with DynamoDB" list besides the model."""


@pytest.fixture
def writer(tenant: str, dynamo: DynamoStore) -> Writer:
    return Writer(Log(dynamo, tenant), ORIGIN)


@pytest.mark.parametrize("service", ["dynamodb", "dynamodbstreams"])
def test_every_error_of_the_service_model_has_a_row(service: str) -> None:
    model = botocore.session.get_session().get_service_model(service)
    assert {shape.name for shape in model.error_shapes} - {CANCELLED} <= CODES.keys()


def test_every_common_error_has_a_row_and_so_has_what_botocore_would_send_again() -> None:
    assert set(COMMON.split()) <= CODES.keys()
    throttled = vars(standard.ThrottledRetryableChecker)["_THROTTLED_ERROR_CODES"]
    transient = vars(standard.TransientRetryableChecker)["_TRANSIENT_ERROR_CODES"]
    assert {CODES[code].kind for code in (*throttled, *transient)} == {Kind.UNDONE, Kind.UNKNOWN}


def test_every_exception_of_botocore_that_may_follow_a_send_is_unknown_or_never_reached_anybody() -> None:
    found = [each for _, each in inspect.getmembers(exceptions, inspect.isclass) if issubclass(each, BotoCoreError)]
    sent = tuple(vars(standard.TransientRetryableChecker)["_TRANSIENT_EXCEPTION_CLS"])
    for each in found:
        kind, cure = next(EXCEPTIONS[base] for base in each.__mro__ if base in EXCEPTIONS)
        assert cure
        assert kind in ({Kind.UNKNOWN, Kind.UNREACHED} if issubclass(each, sent) else set(Kind) - {Kind.DECIDED})


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("row", CODES.values(), ids=CODES.keys())
def test_a_code_is_answered_by_its_row_and_the_key_finds_out(writer: Writer, stand_in: StandIn, row: Failure) -> None:
    made = writer.send(LAMP.create(name="Desk")).version
    stand_in.answer(then=error(row.name, status=500 if row.kind is Kind.UNKNOWN else 400), to="TransactWriteItems")
    command, once = LAMP.ref(made.sk).ask(count, times=1), Once("k", "d")
    with pytest.raises(REFUSALS[row.kind]) as refused:
        writer.send(command, once=once)
    assert type(refused.value) is REFUSALS[row.kind]
    stand_in.answer()
    assert writer.send(command, once=once).version.state.lit == 1


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("row", CODES.values(), ids=CODES.keys())
def test_a_read_has_not_happened_whatever_the_error(writer: Writer, stand_in: StandIn, row: Failure) -> None:
    stand_in.answer(then=error(row.name, status=500 if row.kind is Kind.UNKNOWN else 400))
    with pytest.raises(Unavailable) as refused:
        writer.log.get(LAMP, "LAMP#L-0001")
    assert type(refused.value) is (Busy if row.kind is Kind.UNDONE else StoreAway)


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("status", [300, 301, 307, *range(400, 600)])
@pytest.mark.parametrize("body", ["html", "novel"])
def test_what_is_not_listed_speaks_by_its_status(writer: Writer, stand_in: StandIn, status: int, body: str) -> None:
    made = writer.send(LAMP.create(name="Desk")).version
    stand_in.answer(then=html(status) if body == "html" else error("Novel", status=status), to="PutItem")
    with pytest.raises(Unavailable) as refused:
        writer.send(LAMP.ref(made.sk).ask(relabel, name="Hall"))
    assert type(refused.value) is (Unavailable if status == 300 else REFUSALS[failure_of_status(status).kind])


@pytest.mark.parametrize(
    ("reasons", "refusal"),
    [
        (["None", "TransactionConflict"], Busy),
        (["ThrottlingError", "None"], Busy),
        (["ProvisionedThroughputExceeded", "ThrottlingError"], Busy),
        (["None", "ValidationError"], StoreAway),
        (["ItemCollectionSizeLimitExceeded", "TransactionConflict"], StoreAway),
        (["AccessDenied", "None"], StoreAway),
        (["Novel", "None"], StoreAway),
        (["None", "None"], Busy),
        ([], Busy),
    ],
)
@pytest.mark.usefixtures("soon")
def test_a_cancelled_transaction_speaks_by_its_reasons(
    writer: Writer, stand_in: StandIn, reasons: list[str], refusal: type[Unavailable]
) -> None:
    fate = error(CANCELLED, CancellationReasons=[{"Code": each} for each in reasons])
    stand_in.answer(then=fate, to="TransactWriteItems")
    with pytest.raises(Unavailable) as refused:
        writer.send(LAMP.create(name="Desk"))
    assert type(refused.value) is refusal


def test_what_is_away_is_not_asked_twice_and_what_passes_is(writer: Writer, stand_in: StandIn) -> None:
    stand_in.answer(then=error("ExpiredTokenException"), to="TransactWriteItems")
    with pytest.raises(StoreAway):
        writer.send(LAMP.create(name="Desk"))
    assert stand_in.asked.count("TransactWriteItems") == 1
    stand_in.answer(*[error("ThrottlingException")] * 2, error("InternalServerError", status=500))
    assert writer.send(LAMP.create(name="Desk")).version.code == "L-0001"


def test_after_a_lost_answer_a_store_that_is_away_leaves_it_unknown(writer: Writer, stand_in: StandIn) -> None:
    made = writer.send(LAMP.create(name="Desk")).version
    stand_in.answer(Fate(), Fate(is_lost=True), then=error("AccessDeniedException"))
    command = LAMP.ref(made.sk).ask(relabel, name="Hall")
    with pytest.raises(Unavailable) as refused:
        writer.send(command)
    assert refused.value.code == "unknown"
    stand_in.answer()
    assert writer.log.get(LAMP, made.sk).state.name == "Hall"


def test_a_clock_that_is_wrong_is_named(writer: Writer, stand_in: StandIn) -> None:
    for message in ("Signature not yet current: 20261129T0400Z", "Signature expired: 20261129T0300Z"):
        stand_in.answer(then=error("InvalidSignatureException", message=message))
        with pytest.raises(StoreAway) as refused:
            writer.log.get(LAMP, "LAMP#L-0001")
        assert refused.value.cure == CLOCK


def test_an_error_is_counted_each_time_and_told_once_in_a_while(
    writer: Writer, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alarms, "_told", {})
    stand_in.answer(then=error("KMSDisabledException"))
    labels = {"kind": "away", "code": "KMSDisabledException"}
    before = REGISTRY.get_sample_value("tenfold_store_errors_total", labels) or 0
    with capture_logs() as logs:
        for _ in range(3):
            with pytest.raises(StoreAway):
                writer.log.get(LAMP, "LAMP#L-0001")
    told = [(each["log_level"], each["code"], each["cure"]) for each in logs if each["event"] == "log away"]
    assert told == [("error", "KMSDisabledException", ENCRYPTION)]
    assert REGISTRY.get_sample_value("tenfold_store_errors_total", labels) == before + 3
