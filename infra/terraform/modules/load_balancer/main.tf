# CloudFront's own addresses: it comes through a door that it opens inside this network.
data "aws_ec2_managed_prefix_list" "cloudfront" {
  name = "com.amazonaws.global.cloudfront.origin-facing"
}

locals {
  port = var.certificate_arn == null ? 80 : 443
}

resource "aws_lb" "this" {
  # checkov:skip=CKV2_AWS_28:Nothing but CloudFront reaches it, and the firewall stands there.
  # checkov:skip=CKV2_AWS_20:One listener only; CloudFront turns HTTP into HTTPS for those who come from outside.
  # checkov:skip=CKV_AWS_150:Protection is a setting, so that throw-away stacks can be thrown away.
  name                       = var.name
  internal                   = true
  load_balancer_type         = "application"
  subnets                    = var.subnet_ids
  security_groups            = [aws_security_group.this.id]
  drop_invalid_header_fields = true
  enable_deletion_protection = var.deletion_protection
  # Longer than the pause between two heartbeats of an event stream, and than CloudFront keeps its
  # own connections open.
  idle_timeout = 120

  access_logs {
    enabled = true
    bucket  = var.access_log.bucket
    prefix  = var.access_log.prefix
  }
}

resource "aws_lb_target_group" "this" {
  # checkov:skip=CKV_AWS_378:The tasks speak plain HTTP, to this load balancer alone and in private subnets.
  name        = var.name
  vpc_id      = var.vpc_id
  target_type = "ip"
  protocol    = "HTTP"
  port        = var.port
  # Time for requests in flight; event streams are told to come again when a task stops.
  deregistration_delay = 30

  health_check {
    path                = "/health"
    matcher             = "200"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }
}

resource "aws_lb_listener" "this" {
  # checkov:skip=CKV_AWS_2:Plain HTTP only where there is no domain, and then only between CloudFront and here, inside AWS's network.
  # checkov:skip=CKV_AWS_103:TLS 1.2 and 1.3 wherever there is a certificate.
  load_balancer_arn = aws_lb.this.arn
  port              = local.port
  protocol          = var.certificate_arn == null ? "HTTP" : "HTTPS"
  certificate_arn   = var.certificate_arn
  ssl_policy        = var.certificate_arn == null ? null : "ELBSecurityPolicy-TLS13-1-2-2021-06"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this.arn
  }
}

resource "aws_security_group" "this" {
  name        = "${var.name}-load-balancer"
  description = "The load balancer of ${var.name}: in from CloudFront, out to the tasks."
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-load-balancer" }

  lifecycle {
    create_before_destroy = true
  }
}

# One rule for one port: this list counts as 55 of the 60 rules that a security group may have.
resource "aws_vpc_security_group_ingress_rule" "cloudfront" {
  security_group_id = aws_security_group.this.id
  description       = "CloudFront."
  prefix_list_id    = data.aws_ec2_managed_prefix_list.cloudfront.id
  ip_protocol       = "tcp"
  from_port         = local.port
  to_port           = local.port
}

resource "aws_vpc_security_group_egress_rule" "tasks" {
  security_group_id            = aws_security_group.this.id
  description                  = "The tasks."
  referenced_security_group_id = var.target_security_group_id
  ip_protocol                  = "tcp"
  from_port                    = var.port
  to_port                      = var.port
}
