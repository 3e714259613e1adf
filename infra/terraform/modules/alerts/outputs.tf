output "emails" {
  description = "E-mail addresses that are subscribed."
  value       = keys(aws_sns_topic_subscription.email)
}
