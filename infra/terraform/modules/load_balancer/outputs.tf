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
  description = "ARN of the target group that has the traffic; available after the listener is created."
  value       = aws_lb_listener.this.default_action[0].target_group_arn
}

output "target_groups" {
  description = "Names, ARNs and ARN suffixes (the metric dimension) of the two target groups, by color."
  value = {
    for color, group in aws_lb_target_group.this :
    color => { name = group.name, arn = group.arn, arn_suffix = group.arn_suffix }
  }
}

output "listener_arn" {
  description = "ARN of the listener for requests from CloudFront."
  value       = aws_lb_listener.this.arn
}

output "test_listener_arn" {
  description = "ARN of the test listener; null if there is none."
  value       = one(aws_lb_listener.test[*].arn)
}

output "user_alarms" {
  description = "Names of the alarms that mean that requests fail."
  value       = [aws_cloudwatch_metric_alarm.errors.alarm_name, aws_cloudwatch_metric_alarm.unhealthy.alarm_name]
}

output "test_security_group_id" {
  description = "ID of the security group that admits requests to the test listener; null if there is none."
  value       = one(aws_security_group.test[*].id)
}
