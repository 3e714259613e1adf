# The keys that check tokens, brought into a network that has no way to the internet.
#
# Cognito has an endpoint of its own for private networks, but it refuses pools that have a log-in
# page. So a private API, which only this network's endpoint may call, fetches the pool's public keys.

data "aws_region" "current" {}

locals {
  path = "/${var.pool_id}/.well-known/jwks.json"
}

data "aws_iam_policy_document" "this" {
  statement {
    sid       = "ThisNetwork"
    actions   = ["execute-api:Invoke"]
    resources = ["${aws_api_gateway_rest_api.this.execution_arn}/*/GET/*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceVpce"
      values   = [var.endpoint_id]
    }
  }
}

resource "aws_api_gateway_rest_api" "this" {
  # checkov:skip=CKV_AWS_237:Its name is free again only when the old one has gone, and it has no state to lose.
  name        = "${var.name}-keys"
  description = "Public keys of Cognito for the tasks of ${var.name}."

  endpoint_configuration {
    types            = ["PRIVATE"]
    vpc_endpoint_ids = [var.endpoint_id]
  }
}

resource "aws_api_gateway_rest_api_policy" "this" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  policy      = data.aws_iam_policy_document.this.json
}

resource "aws_api_gateway_resource" "this" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_rest_api.this.root_resource_id
  path_part   = "keys.json"
}

resource "aws_api_gateway_method" "this" {
  # checkov:skip=CKV_AWS_59:The keys are public; the policy lets this network alone in.
  # checkov:skip=CKV2_AWS_53:There is nothing to validate: the one address takes no input.
  rest_api_id   = aws_api_gateway_rest_api.this.id
  resource_id   = aws_api_gateway_resource.this.id
  http_method   = "GET"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "this" {
  rest_api_id             = aws_api_gateway_rest_api.this.id
  resource_id             = aws_api_gateway_resource.this.id
  http_method             = aws_api_gateway_method.this.http_method
  type                    = "HTTP_PROXY"
  integration_http_method = "GET"
  uri                     = "https://cognito-idp.${data.aws_region.current.name}.amazonaws.com${local.path}"
  timeout_milliseconds    = 5000
}

resource "aws_api_gateway_deployment" "this" {
  rest_api_id = aws_api_gateway_rest_api.this.id

  # A deployment is a photograph: a new one is taken when what it shows has changed.
  triggers = {
    content = sha256(jsonencode([
      data.aws_iam_policy_document.this.json,
      aws_api_gateway_integration.this.uri,
    ]))
  }

  # Without its policy a private API cannot be deployed at all.
  depends_on = [aws_api_gateway_integration.this, aws_api_gateway_rest_api_policy.this]

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_stage" "this" {
  # checkov:skip=CKV_AWS_76:A handful of requests an hour for something public.
  # checkov:skip=CKV_AWS_73:Nothing to trace.
  # checkov:skip=CKV_AWS_120:The api keeps the keys itself.
  # checkov:skip=CKV2_AWS_4:Nothing to log.
  # checkov:skip=CKV2_AWS_29:Private: only the tasks of this network reach it.
  # checkov:skip=CKV2_AWS_51:Cognito asks for no client certificate.
  rest_api_id   = aws_api_gateway_rest_api.this.id
  deployment_id = aws_api_gateway_deployment.this.id
  stage_name    = "v1"
}

# No task asks more than once a minute.
resource "aws_api_gateway_method_settings" "this" {
  # checkov:skip=CKV_AWS_225:The api keeps the keys itself.
  # checkov:skip=CKV_AWS_308:Nothing is cached here.
  # checkov:skip=CKV2_AWS_4:Nothing to log.
  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  method_path = "*/*"

  settings {
    throttling_rate_limit  = 20
    throttling_burst_limit = 40
  }
}
