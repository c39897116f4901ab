"""Print the name of the database that the tests copy, made first where there is none: `python -m bench.template`."""

from tests import hosts

if __name__ == "__main__":
    hosts.configure()
    from tests.databases import ensure_template

    print(ensure_template())
