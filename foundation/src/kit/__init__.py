"""Plumbing shared by the services: it may import frameworks and the kernel, never a service."""
