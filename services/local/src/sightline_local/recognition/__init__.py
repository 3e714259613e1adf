"""A Rekognition for a laptop: answers by the service's own protocol, from the picture itself."""
