"""The resizer: looks into each uploaded picture and makes its renditions."""
