"""Screens inside Saleor's Dashboard: the first client of the GraphQL API, optional and off by default.

A screen is one view (`screens/`), one GraphQL document, executed in-process as the caller, and one template. So the
API's permissions, limits and errors apply, and a screen needs nothing that another extension could not have.
"""
