"""What several pages share: forms, pickers, drawings, uploads, links."""
