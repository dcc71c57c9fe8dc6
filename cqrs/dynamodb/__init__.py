"""DynamoDB: the only package that imports boto3."""

from cqrs.dynamodb.client import ready
from cqrs.dynamodb.store import DynamoStore, store
from cqrs.dynamodb.stream import Page, ShardInfo, Trimmed, iterator, read_page, shards
from cqrs.dynamodb.tables import create_tables

__all__ = [
    "DynamoStore",
    "Page",
    "ShardInfo",
    "Trimmed",
    "create_tables",
    "iterator",
    "read_page",
    "ready",
    "shards",
    "store",
]
