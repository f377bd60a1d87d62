"""The project's private Kubernetes: built from Debian packages, run in a network namespace of its own."""
