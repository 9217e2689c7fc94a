variable "name" {
  type = string
}

variable "size_gb" {
  type = number
}

# Your resources stand here. The output is the entity, with Terraform's own types.
output "port_entity" {
  value = {
    identifier = var.name
    title      = "Storage ${var.name}"
    properties = {
      name     = var.name
      region   = "westeurope"
      endpoint = "https://${var.name}.blob.example.com"
      sizeGb   = var.size_gb
      isPublic = false
      versions = ["1.10", "2.0"]
    }
  }
}
