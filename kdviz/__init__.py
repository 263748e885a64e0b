"""kdviz: does the small model look where its teacher looks?"""

__version__ = "0.1.0"
