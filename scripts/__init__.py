"""What people and pipelines run to deliver the product. None of it is in the package."""
