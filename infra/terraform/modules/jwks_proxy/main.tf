# JWKS of the user pool for a VPC without internet egress.
#
# Cognito supports interface endpoints, but not for user pools with a sign-in page. A private API,
# which only the VPC's endpoint may call, fetches the JWKS instead.

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
  # checkov:skip=CKV_AWS_237:Its name is available again only after the old API is deleted, and it has no state to lose.
  name        = "${var.name}-jwks"
  description = "Cognito JWKS for the tasks of ${var.name}."

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
  path_part   = "jwks.json"
}

resource "aws_api_gateway_method" "this" {
  # checkov:skip=CKV_AWS_59:The JWKS is public, and the resource policy allows only this VPC.
  # checkov:skip=CKV2_AWS_53:There is nothing to validate: the only route takes no input.
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
  uri                     = "https://cognito-idp.${data.aws_region.current.id}.amazonaws.com${local.path}"
  timeout_milliseconds    = 5000
}

resource "aws_api_gateway_deployment" "this" {
  rest_api_id = aws_api_gateway_rest_api.this.id

  # A deployment is a snapshot; a change of its content must create a new one.
  triggers = {
    content = sha256(jsonencode([
      data.aws_iam_policy_document.this.json,
      aws_api_gateway_integration.this.uri,
    ]))
  }

  # API Gateway rejects the deployment of a private API without a resource policy.
  depends_on = [aws_api_gateway_integration.this, aws_api_gateway_rest_api_policy.this]

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_stage" "this" {
  # checkov:skip=CKV_AWS_76:Only a few requests per hour, for public data.
  # checkov:skip=CKV_AWS_73:A single proxied call needs no tracing.
  # checkov:skip=CKV_AWS_120:The api caches the JWKS itself.
  # checkov:skip=CKV2_AWS_4:Nothing to log.
  # checkov:skip=CKV2_AWS_29:The API is private: only the tasks of this VPC can reach it.
  # checkov:skip=CKV2_AWS_51:Cognito requires no client certificate.
  rest_api_id   = aws_api_gateway_rest_api.this.id
  deployment_id = aws_api_gateway_deployment.this.id
  stage_name    = "v1"
}

# Each task sends at most one request per minute.
resource "aws_api_gateway_method_settings" "this" {
  # checkov:skip=CKV_AWS_225:The api caches the JWKS itself.
  # checkov:skip=CKV_AWS_308:Caching is off, so there is no cache to encrypt.
  # checkov:skip=CKV2_AWS_4:Nothing to log.
  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  method_path = "*/*"

  settings {
    throttling_rate_limit  = 20
    throttling_burst_limit = 40
  }
}
