"""The TensorBoard plugin: loader, plugin, parameters, routes and static files."""
