# IP addresses of CloudFront, which connects through network interfaces in the VPC (VPC origin).
data "aws_ec2_managed_prefix_list" "cloudfront" {
  name = "com.amazonaws.global.cloudfront.origin-facing"
}

locals {
  port = var.certificate_arn == null ? 80 : 443
}

resource "aws_lb" "this" {
  # checkov:skip=CKV2_AWS_28:Only CloudFront can reach it, and the web ACL is attached there.
  # checkov:skip=CKV2_AWS_20:CloudFront redirects viewers from HTTP to HTTPS.
  # checkov:skip=CKV_AWS_150:Deletion protection is a setting, so that disposable stacks can be destroyed.
  name                       = var.name
  internal                   = true
  load_balancer_type         = "application"
  subnets                    = var.subnet_ids
  security_groups            = concat([aws_security_group.this.id], aws_security_group.test[*].id)
  drop_invalid_header_fields = true
  enable_deletion_protection = var.deletion_protection
  # Longer than the heartbeat interval of event streams and than CloudFront's keep-alive timeout.
  idle_timeout = 120

  access_logs {
    enabled = true
    bucket  = var.access_log.bucket
    prefix  = var.access_log.prefix
  }
}

# A canary deployment shifts the traffic from one group to the other. Rolling updates use the group that has the
# traffic. An unused group is free of charge.
resource "aws_lb_target_group" "this" {
  for_each = { blue = var.name, green = "${var.name}-green" }

  # checkov:skip=CKV_AWS_378:The tasks serve plain HTTP to this load balancer only, in private subnets.
  name        = each.value
  vpc_id      = var.vpc_id
  target_type = "ip"
  protocol    = "HTTP"
  port        = var.port
  # Time for in-flight requests. Event streams end before it: see docs/deployments.md.
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

moved {
  from = aws_lb_target_group.this
  to   = aws_lb_target_group.this["blue"]
}

resource "aws_lb_listener" "this" {
  # checkov:skip=CKV_AWS_2:Plain HTTP is used only without a domain, between CloudFront and the load balancer, inside the AWS network.
  # checkov:skip=CKV_AWS_103:TLS 1.2 or 1.3 whenever there is a certificate.
  load_balancer_arn = aws_lb.this.arn
  port              = local.port
  protocol          = var.certificate_arn == null ? "HTTP" : "HTTPS"
  certificate_arn   = var.certificate_arn
  ssl_policy        = var.certificate_arn == null ? null : "ELBSecurityPolicy-TLS13-1-2-2021-06"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this["blue"].arn
  }

  lifecycle {
    # CodeDeploy changes the target group.
    ignore_changes = [default_action]
  }
}

resource "aws_security_group" "this" {
  name        = "${var.name}-load-balancer"
  description = "Load balancer of ${var.name}: ingress from CloudFront, egress to the tasks."
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-load-balancer" }

  lifecycle {
    create_before_destroy = true
  }
}

# One rule only: the prefix list counts as 55 of the 60 rules that a security group may have.
resource "aws_vpc_security_group_ingress_rule" "cloudfront" {
  security_group_id = aws_security_group.this.id
  description       = "Requests from CloudFront."
  prefix_list_id    = data.aws_ec2_managed_prefix_list.cloudfront.id
  ip_protocol       = "tcp"
  from_port         = local.port
  to_port           = local.port
}

resource "aws_vpc_security_group_egress_rule" "tasks" {
  security_group_id            = aws_security_group.this.id
  description                  = "Requests to the tasks."
  referenced_security_group_id = var.target_security_group_id
  ip_protocol                  = "tcp"
  from_port                    = var.port
  to_port                      = var.port
}
