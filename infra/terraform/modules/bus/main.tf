# A rule of any application in the account may match the events of this bus and route them to its own targets. IAM
# policies control who may publish on it, so it needs no resource policy.
resource "aws_cloudwatch_event_bus" "this" {
  name        = var.name
  description = "Image events of ${var.name}: see docs/event-bus.md."
}
