"""The worker: recognizes the content of uploaded images and stores the results."""
