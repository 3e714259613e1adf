# VPC endpoints: access to AWS services without internet egress.

# Restricts the endpoints to resources of this account, so that data cannot be exfiltrated to a foreign
# bucket or table.
data "aws_iam_policy_document" "own_resources" {
  # checkov:skip=CKV_AWS_1:An endpoint policy only restricts; permissions are granted by IAM roles.
  # checkov:skip=CKV_AWS_49:An endpoint policy only restricts; permissions are granted by IAM roles.
  # checkov:skip=CKV_AWS_283:An endpoint policy only restricts; permissions are granted by IAM roles.
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
  # checkov:skip=CKV_AWS_283:Image layers are fetched with URLs that ECR has presigned.
  source_policy_documents = [data.aws_iam_policy_document.own_resources.json]

  # ECR stores image layers in a bucket owned by AWS.
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

# Rekognition and the ECR login have no resource that belongs to an account, so this policy restricts
# the caller's account instead.
data "aws_iam_policy_document" "own_callers" {
  # checkov:skip=CKV_AWS_1:An endpoint policy only restricts; permissions are granted by IAM roles.
  # checkov:skip=CKV_AWS_49:An endpoint policy only restricts; permissions are granted by IAM roles.
  # checkov:skip=CKV_AWS_283:An endpoint policy only restricts; permissions are granted by IAM roles.
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
  route_table_ids   = concat([for zone in local.zones : aws_route_table.private[zone].id], aws_route_table.public[*].id)
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
  # Calls through `execute-api` are unauthenticated; the resource policy of the API restricts access.
  policy = each.key == "execute-api" ? null : data.aws_iam_policy_document.own_callers.json

  tags = { Name = "${var.name}-${each.key}" }
}

resource "aws_security_group" "endpoints" {
  count = length(var.interface_endpoints) > 0 ? 1 : 0

  name        = "${var.name}-endpoints"
  description = "Interface endpoints: HTTPS from this VPC."
  vpc_id      = aws_vpc.this.id

  tags = { Name = "${var.name}-endpoints" }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "endpoints" {
  count = length(var.interface_endpoints) > 0 ? 1 : 0

  security_group_id = aws_security_group.endpoints[0].id
  description       = "HTTPS from this VPC."
  cidr_ipv4         = aws_vpc.this.cidr_block
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}
