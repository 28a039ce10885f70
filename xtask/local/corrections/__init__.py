"""What makes MiniStack behave as AWS is documented to, where it does not. Each function says why it is here."""
