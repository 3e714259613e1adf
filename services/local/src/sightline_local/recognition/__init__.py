"""The local Rekognition emulator: the AWS protocol, with results computed from the image."""
