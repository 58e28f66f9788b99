"""The TensorBoard plugin: loader (imports nothing heavy), plugin, parameters, routes, static files."""
