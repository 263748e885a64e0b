"""What a page stands on: the link, the current data and run, the visitor, answers kept between reruns."""
