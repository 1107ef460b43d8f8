"""Interchange with other libraries; each is imported only when its module is used."""
