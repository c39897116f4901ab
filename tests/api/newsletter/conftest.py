from tests.newsletter.conftest import _newsletter, signed_up  # noqa: F401 - fixtures
