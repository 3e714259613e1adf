"""The resizer: validates uploaded images, reads their capture data, and creates renditions."""
