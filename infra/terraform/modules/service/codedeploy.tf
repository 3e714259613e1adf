# The service whose tasks CodeDeploy replaces. Terraform creates it and sets the number of its tasks; the stack script
# starts a deployment after an apply that changed the task definition.
resource "aws_ecs_service" "canary" {
  count = local.uses_codedeploy ? 1 : 0

  name                   = local.service_name
  cluster                = var.cluster_name
  task_definition        = aws_ecs_task_definition.this.arn
  desired_count          = local.minimum
  platform_version       = "1.4.0"
  propagate_tags         = "SERVICE"
  enable_execute_command = var.shell != null

  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  health_check_grace_period_seconds  = 60

  deployment_controller {
    type = "CODE_DEPLOY"
  }

  capacity_provider_strategy {
    capacity_provider = "FARGATE"
    base              = var.on_demand_base
    weight            = var.spot ? 0 : 1
  }

  dynamic "capacity_provider_strategy" {
    for_each = var.spot ? ["FARGATE_SPOT"] : []

    content {
      capacity_provider = capacity_provider_strategy.value
      weight            = 1
    }
  }

  network_configuration {
    subnets          = var.subnet_ids
    security_groups  = [aws_security_group.this.id]
    assign_public_ip = var.public_ip
  }

  load_balancer {
    target_group_arn = var.target_group_arn
    container_name   = var.name
    container_port   = var.port
  }

  # The dependency on the rolling service orders a switch of the controller: the new service is created before the
  # old one is deleted, in both directions.
  depends_on = [aws_iam_role_policy.task, aws_iam_role_policy.execution, aws_ecs_service.this]

  lifecycle {
    create_before_destroy = true
    # ECS accepts changes of these through a deployment only, whose AppSpec the stack script writes.
    ignore_changes = [
      capacity_provider_strategy,
      desired_count,
      enable_execute_command,
      load_balancer,
      network_configuration,
      platform_version,
      task_definition,
    ]
  }
}

# Gives the tasks of the new service time to become healthy before the rolling service is deleted, which waits for what
# depends on it. The provider cannot wait: https://github.com/hashicorp/terraform-provider-aws/issues/29252
resource "terraform_data" "handover" {
  count = local.uses_codedeploy ? 1 : 0

  input = aws_ecs_service.canary[0].id

  provisioner "local-exec" {
    command = "sleep \"$${HANDOVER_SECONDS:-180}\""
  }

  depends_on = [aws_ecs_service.this]

  lifecycle {
    create_before_destroy = true
  }
}
