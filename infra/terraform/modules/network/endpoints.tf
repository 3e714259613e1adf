# The tasks' way to AWS without the internet.

# Through these endpoints only this account's resources are reached, so that nothing can be carried
# out to somebody else's bucket or table.
data "aws_iam_policy_document" "own_resources" {
  # checkov:skip=CKV_AWS_1:The policy of an endpoint takes away and gives nothing: roles say who may do what.
  # checkov:skip=CKV_AWS_49:The policy of an endpoint takes away and gives nothing: roles say who may do what.
  # checkov:skip=CKV_AWS_283:The policy of an endpoint takes away and gives nothing: roles say who may do what.
  statement {
    sid       = "OwnResources"
    actions   = ["*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceAccount"
      values   = [local.account]
    }
  }
}

data "aws_iam_policy_document" "s3" {
  # checkov:skip=CKV_AWS_283:Layers of images are fetched by addresses that ECR has signed.
  source_policy_documents = [data.aws_iam_policy_document.own_resources.json]

  # ECR keeps the layers of images in a bucket of AWS.
  # https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html#ecr-minimum-s3-perms
  statement {
    sid       = "ImageLayers"
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::prod-${local.region}-starport-layer-bucket/*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
  }
}

# Rekognition and ECR's log-in have no resource that belongs to an account, so here it is the
# caller who must.
data "aws_iam_policy_document" "own_callers" {
  # checkov:skip=CKV_AWS_1:The policy of an endpoint takes away and gives nothing: roles say who may do what.
  # checkov:skip=CKV_AWS_49:The policy of an endpoint takes away and gives nothing: roles say who may do what.
  # checkov:skip=CKV_AWS_283:The policy of an endpoint takes away and gives nothing: roles say who may do what.
  statement {
    sid       = "OwnCallers"
    actions   = ["*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalAccount"
      values   = [local.account]
    }
  }
}

resource "aws_vpc_endpoint" "gateway" {
  for_each = {
    s3       = data.aws_iam_policy_document.s3.json
    dynamodb = data.aws_iam_policy_document.own_resources.json
  }

  vpc_id            = aws_vpc.this.id
  service_name      = "com.amazonaws.${local.region}.${each.key}"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [for zone in local.zones : aws_route_table.private[zone].id]
  policy            = each.value

  tags = { Name = "${var.name}-${each.key}" }
}

resource "aws_vpc_endpoint" "interface" {
  for_each = var.interface_endpoints

  vpc_id              = aws_vpc.this.id
  service_name        = "com.amazonaws.${local.region}.${each.key}"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = [for zone in local.endpoint_zones : aws_subnet.private[zone].id]
  security_group_ids  = [aws_security_group.endpoints[0].id]
  private_dns_enabled = true
  # Calls through `execute-api` carry no identity; what they reach guards itself.
  policy = each.key == "execute-api" ? null : data.aws_iam_policy_document.own_callers.json

  tags = { Name = "${var.name}-${each.key}" }
}

resource "aws_security_group" "endpoints" {
  count = length(var.interface_endpoints) > 0 ? 1 : 0

  name        = "${var.name}-endpoints"
  description = "The interface endpoints: HTTPS from this network."
  vpc_id      = aws_vpc.this.id

  tags = { Name = "${var.name}-endpoints" }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "endpoints" {
  count = length(var.interface_endpoints) > 0 ? 1 : 0

  security_group_id = aws_security_group.endpoints[0].id
  description       = "HTTPS from this network."
  cidr_ipv4         = aws_vpc.this.cidr_block
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}
