output "users_affected_alarm" {
  description = "Name of the alarm that users are affected."
  value       = aws_cloudwatch_composite_alarm.users_affected.alarm_name
}

output "emails" {
  description = "E-mail addresses that are subscribed."
  value       = keys(aws_sns_topic_subscription.email)
}
