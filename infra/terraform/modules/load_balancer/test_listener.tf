# The listener through which the smoke test of a canary deployment reaches the new tasks before they get traffic.

resource "aws_lb_listener" "test" {
  # checkov:skip=CKV_AWS_2:Only the smoke test can reach it, from within the VPC, and it sends no credentials.
  # checkov:skip=CKV_AWS_103:Only the smoke test can reach it, from within the VPC, and it sends no credentials.
  count = var.test == null ? 0 : 1

  load_balancer_arn = aws_lb.this.arn
  port              = var.test.port
  protocol          = "HTTP"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this["blue"].arn
  }

  lifecycle {
    # CodeDeploy changes the target group.
    ignore_changes = [default_action]
  }
}

# A group of its own, because the prefix list of CloudFront fills the other one.
resource "aws_security_group" "test" {
  count = var.test == null ? 0 : 1

  name        = "${var.name}-load-balancer-test"
  description = "Test listener of ${var.name}: ingress from the smoke test."
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-load-balancer-test" }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "test" {
  count = var.test == null ? 0 : 1

  security_group_id            = aws_security_group.test[0].id
  description                  = "Requests of the smoke test."
  referenced_security_group_id = var.test.security_group_id
  ip_protocol                  = "tcp"
  from_port                    = var.test.port
  to_port                      = var.test.port
}
