"""A module for each screen: its GraphQL documents, and its views."""
