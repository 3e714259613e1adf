output "emails" {
  description = "Who is told by e-mail."
  value       = keys(aws_sns_topic_subscription.email)
}
