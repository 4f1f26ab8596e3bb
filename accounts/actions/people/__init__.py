"""What is on file about a customer, and their own changes to it."""
