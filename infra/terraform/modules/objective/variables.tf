variable "name" {
  description = "Name prefix of the alarms."
  type        = string
  nullable    = false
}

variable "description" {
  description = "What the objective promises, as a sentence."
  type        = string
  nullable    = false
}

variable "target_percent" {
  description = "Share of the events that must be good, in percent."
  type        = number
  nullable    = false
}

variable "metrics" {
  description = "CloudWatch metrics by the id that the expressions use."
  type = map(object({
    namespace  = string
    name       = string
    stat       = string
    dimensions = map(string)
  }))
  nullable = false
}

variable "total" {
  description = "Metric math expression of the number of events."
  type        = string
  nullable    = false
}

variable "errors" {
  description = "Metric math expression of the number of events that are not good."
  type        = string
  nullable    = false
}

variable "minimum" {
  description = "Number of events in a window below which no alarm is raised."
  type        = number
  default     = 20
  nullable    = false
}

variable "alerts_topic_arn" {
  description = "ARN of the SNS topic for alarms."
  type        = string
  nullable    = false
}
