"""What several pages show: forms, the choice of a series, drawings, uploads, links."""
