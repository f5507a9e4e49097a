"""The application: what a person can do with a campaign, and everything that touches a disk or a screen."""

__version__ = "0.4.0"
