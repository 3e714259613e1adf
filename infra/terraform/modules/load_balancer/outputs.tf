output "arn" {
  description = "The load balancer."
  value       = aws_lb.this.arn
}

output "arn_suffix" {
  description = "The load balancer, as metrics name it."
  value       = aws_lb.this.arn_suffix
}

output "domain_name" {
  description = "Its own name."
  value       = aws_lb.this.dns_name
}

output "port" {
  description = "Port that it listens on."
  value       = aws_lb_listener.this.port
}

output "security_group_id" {
  description = "Its security group."
  value       = aws_security_group.this.id
}

output "target_group_arn" {
  description = "Where it looks for tasks, known once it listens."
  value       = aws_lb_listener.this.default_action[0].target_group_arn
}

output "request_count_label" {
  description = "Name of its number of requests, for scaling."
  value       = "${aws_lb.this.arn_suffix}/${aws_lb_target_group.this.arn_suffix}"
}
