resource "aws_security_group" "this" {
  name        = local.full_name
  description = "Tasks of ${local.full_name}."
  vpc_id      = var.vpc_id

  tags = { Name = local.full_name }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "callers" {
  for_each = var.caller_security_group_ids

  security_group_id            = aws_security_group.this.id
  description                  = "Requests from ${each.key}."
  referenced_security_group_id = each.value
  ip_protocol                  = "tcp"
  from_port                    = var.port
  to_port                      = var.port
}

resource "aws_vpc_security_group_egress_rule" "endpoints" {
  count = length(var.endpoint_security_group_ids)

  security_group_id            = aws_security_group.this.id
  description                  = "HTTPS to AWS through the interface endpoints."
  referenced_security_group_id = var.endpoint_security_group_ids[count.index]
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

resource "aws_vpc_security_group_egress_rule" "gateways" {
  for_each = var.gateway_prefix_list_ids

  security_group_id = aws_security_group.this.id
  description       = "HTTPS to AWS through the gateway endpoint of ${each.key}."
  prefix_list_id    = each.value
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "internet" {
  count = var.internet ? 1 : 0

  security_group_id = aws_security_group.this.id
  description       = "HTTPS to the internet."
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}
