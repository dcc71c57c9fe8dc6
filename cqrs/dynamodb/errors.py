"""The one table: from an error of DynamoDB, or of the way to it, to what that says of the request.

Codes are those of botocore's model of both services, of the JSON protocol and of what stands before it (the API
reference's "Common Errors" and "Error handling with DynamoDB"); exceptions are botocore's. A test holds the table
against both. `cqrs.dynamodb.failures` looks into it. One table, however long.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError


class Unsettled(Exception):
    """A send was answered, and what it did may be forgotten all the same: the log is an emulator."""


FAILURES = (ClientError, BotoCoreError, ResponseParserError, Unsettled)
"""All that a send can raise."""


class Kind(StrEnum):
    """What an error says of this send, and of the next one."""

    DECIDED = "decided"
    """An answer to what was asked, for whoever asks such things: a condition failed, a record was trimmed."""

    UNDONE = "undone"
    """DynamoDB is busy: this send changed nothing, and the same may succeed in a moment."""

    UNREACHED = "unreached"
    """Nobody was there: this send changed nothing, and the same may succeed in a moment."""

    UNKNOWN = "unknown"
    """It may have happened. Sent again, the same bytes find out."""

    AWAY = "away"
    """This send changed nothing, and no other will before somebody has mended something."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An error by its name, a code or an exception's, with its kind; `cure` is what a person can do about it."""

    name: str
    kind: Kind
    cure: str = ""


CREDENTIALS = "DynamoDB does not take these credentials: renew them"
CLOCK = "this machine's clock and DynamoDB's differ: set it right, by NTP"
RIGHTS = "these credentials may not do this: allow it in their policy, the table's, and the VPC endpoint's"
ACCOUNT = "this account or region is not open for DynamoDB: see the AWS console"
TABLE = "a table or its stream is missing, or not ready: run `manage.py init`"
ENCRYPTION = "DynamoDB cannot use the KMS key that encrypts the table: enable it, and allow its use"
DEFECT = "DynamoDB does not take what Tenfold sends: the table is another release's, or this is a defect"
STRANGER = "something other than DynamoDB answers: check DYNAMODB_ENDPOINT and what stands between"
NOBODY = "DynamoDB is not reached: check DYNAMODB_ENDPOINT, the network, and that it runs"
SILENCE = "DynamoDB does not answer in time, or not as it should: see its own status"
SETTINGS = "botocore cannot work as it is set up: check AWS_* variables, the profile, and DYNAMODB_ENDPOINT"
CERTIFICATE = "the certificate of what answers is not trusted: check DYNAMODB_ENDPOINT and the CA bundle"

_THROTTLES = """
    BandwidthLimitExceeded EC2ThrottledException KMSThrottlingException LimitExceededException PriorRequestNotComplete
    ProvisionedThroughputExceeded ProvisionedThroughputExceededException RequestLimitExceeded RequestThrottled
    RequestThrottledException SlowDown ThrottledException Throttling ThrottlingError ThrottlingException
    TooManyRequestsException TransactionConflict TransactionConflictException ReplicatedWriteConflictException
"""
_ROWS: tuple[tuple[Kind, str, str], ...] = (
    (Kind.UNDONE, "", _THROTTLES),
    (
        Kind.UNKNOWN,
        SILENCE,
        """InternalError InternalFailure InternalFailureException InternalServerError InternalServerException
        RequestAbortedException RequestTimeout RequestTimeoutException ServiceUnavailable
        ServiceUnavailableException TransactionInProgressException""",
    ),
    (
        Kind.DECIDED,
        "",
        """BackupInUseException BackupNotFoundException ConditionalCheckFailed ConditionalCheckFailedException
        DuplicateItem DuplicateItemException ExpiredIteratorException ExportConflictException
        ExportNotFoundException GlobalTableAlreadyExistsException GlobalTableNotFoundException
        ImportConflictException ImportNotFoundException IndexNotFoundException InvalidExportTimeException
        InvalidRestoreTimeException PointInTimeRecoveryUnavailableException PolicyNotFoundException
        ReplicaAlreadyExistsException ReplicaNotFoundException TableAlreadyExistsException
        TrimmedDataAccessException""",
    ),
    (
        Kind.AWAY,
        CREDENTIALS,
        """AuthFailure ExpiredToken ExpiredTokenException IncompleteSignature IncompleteSignatureException
        InvalidAccessKeyId InvalidClientTokenId InvalidSignatureException InvalidToken InvalidTokenException
        MissingAuthenticationToken MissingAuthenticationTokenException SignatureDoesNotMatch TokenRefreshRequired
        UnrecognizedClientException""",
    ),
    (Kind.AWAY, CLOCK, "RequestExpired RequestInTheFuture RequestTimeTooSkewed"),
    (
        Kind.AWAY,
        RIGHTS,
        """AccessDenied AccessDeniedException NotAuthorized UnauthorizedException UnauthorizedOperation""",
    ),
    (Kind.AWAY, ACCOUNT, "AccountProblem OptInRequired SubscriptionRequiredException"),
    (
        Kind.AWAY,
        TABLE,
        """ContinuousBackupsUnavailableException ResourceInUseException ResourceNotFoundException TableInUseException
        TableNotFoundException""",
    ),
    (
        Kind.AWAY,
        ENCRYPTION,
        """InaccessibleEncryptionDateTimeException KMSAccessDeniedException KMSDisabledException
        KMSInvalidStateException KMSKeyNotAccessibleFault KMSNotFoundException KMSOptInRequired""",
    ),
    (
        Kind.AWAY,
        DEFECT,
        """IdempotentParameterMismatchException InvalidAction InvalidEndpointException InvalidParameterCombination
        InvalidParameterValue InvalidQueryParameter ItemCollectionSizeLimitExceeded
        ItemCollectionSizeLimitExceededException MalformedHttpRequestException MalformedQueryString MissingAction
        MissingParameter RequestEntityTooLarge RequestEntityTooLargeException SerializationException
        UnknownOperationException UnsupportedOperation ValidationError ValidationException""",
    ),
)

CODES: Mapping[str, Failure] = {
    name: Failure(name, kind, cure) for kind, cure, names in _ROWS for name in names.split()
}
"""By the code of an answer, or of a reason why a transaction was cancelled."""

EXCEPTIONS: Mapping[type[Exception], tuple[Kind, str]] = {
    BotoCoreError: (Kind.AWAY, SETTINGS),  # raised before anything is sent
    exceptions.NoCredentialsError: (Kind.AWAY, CREDENTIALS),
    exceptions.PartialCredentialsError: (Kind.AWAY, CREDENTIALS),
    exceptions.CredentialRetrievalError: (Kind.AWAY, CREDENTIALS),
    exceptions.MetadataRetrievalError: (Kind.AWAY, CREDENTIALS),
    exceptions.NoAuthTokenError: (Kind.AWAY, CREDENTIALS),
    exceptions.TokenRetrievalError: (Kind.AWAY, CREDENTIALS),
    exceptions.RefreshWithMFAUnsupportedError: (Kind.AWAY, CREDENTIALS),
    exceptions.SSOError: (Kind.AWAY, CREDENTIALS),
    exceptions.LoginError: (Kind.AWAY, CREDENTIALS),
    exceptions.ConnectionError: (Kind.UNREACHED, NOBODY),
    exceptions.EndpointConnectionError: (Kind.UNREACHED, NOBODY),
    exceptions.ConnectTimeoutError: (Kind.UNREACHED, NOBODY),
    exceptions.ProxyConnectionError: (Kind.UNREACHED, NOBODY),
    exceptions.SSLError: (Kind.UNKNOWN, SILENCE),  # also where a connection breaks in the middle of an answer
    exceptions.HTTPClientError: (Kind.UNKNOWN, SILENCE),
    exceptions.ConnectionClosedError: (Kind.UNKNOWN, SILENCE),
    exceptions.ReadTimeoutError: (Kind.UNKNOWN, SILENCE),
    exceptions.ResponseStreamingError: (Kind.UNKNOWN, SILENCE),
    exceptions.IncompleteReadError: (Kind.UNKNOWN, SILENCE),
    exceptions.ChecksumError: (Kind.UNKNOWN, SILENCE),
    exceptions.FlexibleChecksumError: (Kind.UNKNOWN, SILENCE),
    ResponseParserError: (Kind.UNKNOWN, STRANGER),
    Unsettled: (Kind.UNKNOWN, SILENCE),
}
"""By the class of an exception, else by the nearest it derives from."""

CANCELLED = "TransactionCanceledException"
"""The one code whose meaning stands in its reasons."""


def is_about_credentials(name: str) -> bool:
    """Whether the code, or the exception of that name, says that others are needed."""
    by_name = {kind.__name__: cure for kind, (_, cure) in EXCEPTIONS.items()}
    return (CODES[name].cure if name in CODES else by_name.get(name)) == CREDENTIALS
