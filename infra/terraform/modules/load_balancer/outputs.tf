output "arn" {
  description = "ARN of the load balancer."
  value       = aws_lb.this.arn
}

output "arn_suffix" {
  description = "ARN suffix of the load balancer, its metric dimension."
  value       = aws_lb.this.arn_suffix
}

output "domain_name" {
  description = "DNS name of the load balancer."
  value       = aws_lb.this.dns_name
}

output "port" {
  description = "Port of the listener."
  value       = aws_lb_listener.this.port
}

output "security_group_id" {
  description = "ID of the security group of the load balancer."
  value       = aws_security_group.this.id
}

output "target_group_arn" {
  description = "ARN of the target group; available after the listener is created."
  value       = aws_lb_listener.this.default_action[0].target_group_arn
}

output "request_count_label" {
  description = "Resource label of the request count metric, for scaling."
  value       = "${aws_lb.this.arn_suffix}/${aws_lb_target_group.this.arn_suffix}"
}

output "user_alarms" {
  description = "Names of the alarms that mean that requests fail."
  value       = [aws_cloudwatch_metric_alarm.errors.alarm_name, aws_cloudwatch_metric_alarm.unhealthy.alarm_name]
}
