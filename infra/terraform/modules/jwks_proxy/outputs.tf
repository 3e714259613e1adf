output "url" {
  description = "URL of the JWKS, reachable from within the VPC."
  value       = "${aws_api_gateway_stage.this.invoke_url}/jwks.json"
}
