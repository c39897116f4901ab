"""Print the name of the database that the tests copy, made first where there is none: `python -m bench.template`."""

import importlib

from tests import hosts


def main() -> str:
    hosts.configure()
    from django.conf import settings

    from tests.databases import ensure_template

    # As the tests do: Saleor's migrations import its GraphQL modules, and read from the replica too.
    importlib.import_module(settings.ROOT_URLCONF)
    if hosts.ON_SALEOR:
        from saleor.tests.utils import prepare_test_db_connections  # noqa: TID251

        prepare_test_db_connections()
    return ensure_template()


if __name__ == "__main__":
    print(main())
