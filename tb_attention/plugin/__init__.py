"""The TensorBoard plugin.

Loader (imports nothing heavy), plugin, parameters, routes, static files.
"""
