"""The ``limcyc`` command: one module per subcommand, put together in ``main``."""
