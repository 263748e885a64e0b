"""Networks: 1-D and 2-D twins with one head, so that a class activation map is exact."""
