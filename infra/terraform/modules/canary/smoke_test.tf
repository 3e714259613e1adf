# The smoke test of the new tasks: two functions with the same code. The load balancer is internal, so the probe runs
# in the VPC. The hook runs outside of it: to report the result to CodeDeploy from the VPC would take an interface
# endpoint, which costs more than everything else here together.

locals {
  functions = {
    hook  = "${var.name}-smoke-test"
    probe = "${var.name}-smoke-test-probe"
  }
  function_arns = { for name, function in local.functions : name => "arn:aws:lambda:${local.region}:${local.account}:function:${function}" }
  timeout       = 120
}

data "aws_iam_policy_document" "function_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "hook" {
  # checkov:skip=CKV_AWS_111:PutLifecycleEventHookExecutionStatus does not support resource-level permissions.
  # checkov:skip=CKV_AWS_356:PutLifecycleEventHookExecutionStatus does not support resource-level permissions.
  statement {
    sid       = "RunProbe"
    actions   = ["lambda:InvokeFunction"]
    resources = [local.function_arns.probe]
  }

  statement {
    sid       = "ReportResult"
    actions   = ["codedeploy:PutLifecycleEventHookExecutionStatus"]
    resources = ["*"] # no resource-level permissions
  }

  statement {
    sid       = "WriteLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.smoke_test.arn}:*"]
  }
}

data "aws_iam_policy_document" "probe" {
  # checkov:skip=CKV_AWS_356:The Describe actions do not support resource-level permissions.
  # https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
  statement {
    sid       = "Network"
    actions   = local.network_actions
    resources = ["arn:aws:ec2:${local.region}:${local.account}:*/*"] # Lambda rejects a narrower pattern
  }

  statement {
    sid       = "ReadNetwork"
    actions   = local.network_read_actions
    resources = ["*"] # no resource-level permissions
  }

  # Only Lambda itself uses them, not the code of the function.
  statement {
    sid       = "NotByTheCode"
    effect    = "Deny"
    actions   = ["ec2:*"]
    resources = ["*"]

    condition {
      test     = "ArnEquals"
      variable = "lambda:SourceFunctionArn"
      values   = [local.function_arns.probe]
    }
  }

  statement {
    sid       = "WriteLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.smoke_test.arn}:*"]
  }
}

locals {
  network_actions = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:UnassignPrivateIpAddresses",
  ]
  network_read_actions = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"]
}

resource "aws_iam_role" "function" {
  for_each = local.functions

  name               = each.value
  description        = "Smoke test of canary deployments: ${each.key}."
  assume_role_policy = data.aws_iam_policy_document.function_trust.json
}

resource "aws_iam_role_policy" "function" {
  for_each = {
    hook  = data.aws_iam_policy_document.hook.json
    probe = data.aws_iam_policy_document.probe.json
  }

  name   = "test"
  role   = aws_iam_role.function[each.key].id
  policy = each.value
}

resource "aws_cloudwatch_log_group" "smoke_test" {
  # checkov:skip=CKV_AWS_338:Log retention is a setting.
  name              = "/${var.cluster_name}/smoke-test"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_lambda_function" "hook" {
  # checkov:skip=CKV_AWS_50:CodeDeploy and the log group show each run.
  # checkov:skip=CKV_AWS_115:CodeDeploy runs it once per deployment.
  # checkov:skip=CKV_AWS_116:CodeDeploy handles a failed run: it rolls the deployment back.
  # checkov:skip=CKV_AWS_117:It reports to CodeDeploy, which the VPC has no endpoint for.
  # checkov:skip=CKV_AWS_173:The environment variables are not secret.
  # checkov:skip=CKV_AWS_272:The code is part of this configuration.
  function_name    = local.functions.hook
  description      = "Runs the smoke test of a canary deployment, and reports its result to CodeDeploy."
  role             = aws_iam_role.function["hook"].arn
  runtime          = "python3.13"
  architectures    = ["arm64"]
  handler          = "smoke_test.report"
  filename         = local.code
  source_code_hash = local.code_hash
  memory_size      = 256
  timeout          = local.timeout

  environment {
    variables = { PROBE = local.function_arns.probe, BASE_URL = var.test_url }
  }

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.smoke_test.name
  }

  depends_on = [aws_iam_role_policy.function]

  lifecycle {
    precondition {
      condition     = fileexists(local.code)
      error_message = "The code of the smoke test is not packaged: run infra/terraform/package-functions, or `make plan`, which does."
    }
  }
}

resource "aws_lambda_function" "probe" {
  # checkov:skip=CKV_AWS_50:The log group shows each run.
  # checkov:skip=CKV_AWS_115:It runs once per deployment.
  # checkov:skip=CKV_AWS_116:It is invoked synchronously.
  # checkov:skip=CKV_AWS_272:The code is part of this configuration.
  function_name    = local.functions.probe
  description      = "Requests the API through the test listener."
  role             = aws_iam_role.function["probe"].arn
  runtime          = "python3.13"
  architectures    = ["arm64"]
  handler          = "smoke_test.probe"
  filename         = local.code
  source_code_hash = local.code_hash
  memory_size      = 256
  # Less than that of the hook, which reports a probe that timed out.
  timeout = local.timeout - 30

  vpc_config {
    subnet_ids         = var.subnet_ids
    security_group_ids = [aws_security_group.probe.id]
  }

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.smoke_test.name
  }

  depends_on = [aws_iam_role_policy.function]
}

# A failed run is not repeated: CodeDeploy has rolled back by then.
resource "aws_lambda_function_event_invoke_config" "hook" {
  function_name          = aws_lambda_function.hook.function_name
  maximum_retry_attempts = 0
}

resource "aws_security_group" "probe" {
  name        = local.functions.probe
  description = "Smoke test of ${var.name}: egress to the test listener."
  vpc_id      = var.vpc_id

  tags = { Name = local.functions.probe }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_egress_rule" "probe" {
  security_group_id            = aws_security_group.probe.id
  description                  = "Requests to the test listener."
  referenced_security_group_id = var.test_security_group_id
  ip_protocol                  = "tcp"
  from_port                    = var.test_port
  to_port                      = var.test_port
}

locals {
  code      = "${path.module}/smoke_test.zip"
  code_hash = fileexists(local.code) ? filebase64sha256(local.code) : null
}
