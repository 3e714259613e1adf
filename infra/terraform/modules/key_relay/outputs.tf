output "url" {
  description = "Where the keys are, from within the network."
  value       = "${aws_api_gateway_stage.this.invoke_url}/keys.json"
}
