"""Language models that write and score texts."""
