"""One file per distillation method, and the losses that they share."""
