"""The firm's brand, as pages, messages and the Key use it: colours, pictures, and what is refused of them."""
