"""One file per extractor of evidence: where a network looked (CAM, Grad-CAM, attention, ...)."""
