variable "name" {
  description = "Name of the bus."
  type        = string
  nullable    = false
}
