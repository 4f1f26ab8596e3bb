"""What a person proves themselves with beside the password and the Key."""
