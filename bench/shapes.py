"""What strangers may send: documents and bodies that are made to take long to read. The suite sends them, too."""

from __future__ import annotations

import gzip
import json
import logging
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from graphql.utils.introspection_query import introspection_query

from . import host
from .report import Figure
from .timing import ms

OUR_PATH = "/plugins/customer-plus/graphql/"

# Seconds of CPU that a stranger's request may take.
WANTED = 0.3
RUNS = 3


class Body(NamedTuple):
    """The body of one request."""

    content: bytes
    content_type: str = "application/json"
    headers: dict[str, str] = {}


def _query(query: str, variables: Any = None) -> Body:
    return Body(json.dumps({"query": query, "variables": variables}).encode())


def _repeated(template: str, number: int) -> str:
    return " ".join(template.replace("#", str(index)) for index in range(number))


def _fragments(number: int, fields: int) -> str:
    body = "id " * fields
    return _repeated(f"fragment F# on CustomerRecord {{ {body} }}", number)


def _diamond(levels: int, leaf: str = "email") -> str:
    """Fragments, each of which has the next one twice: 2 ** levels of the last."""
    links = _repeated("fragment A# on CustomerRecord { ...B# ...C# }", levels)
    for index in range(levels):
        links += f" fragment B{index} on CustomerRecord {{ ...A{index + 1} }}"
        links += f" fragment C{index} on CustomerRecord {{ ...A{index + 1} }}"
    return f"{{ customerRecord {{ ...A0 }} }} {links} fragment A{levels} on CustomerRecord {{ {leaf} }}"


def _same_nested(width: int, depth: int) -> str:
    inner = "name"
    for _ in range(depth):
        inner = f"ofType {{ {inner} }} " * width
    return f'{{ __type(name: "Query") {{ {inner} }} }}'


def _multipart(operations: str, places: str) -> Body:
    parts = "".join(
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (("operations", operations), ("map", places), ("0", "a file"))
    )
    return Body(f"{parts}--b--\r\n".encode(), "multipart/form-data; boundary=b")


def _nested_fragments(levels: int, width: int) -> str:
    """Fragments within fragments, each with fields of its own, spread once each."""
    links = " ".join(
        f"fragment F{n} on CustomerRecord {{ {_repeated(f'l{n}f#: email', width)} ...F{n + 1} }}" for n in range(levels)
    )
    return f"{{ customerRecord {{ ...F0 }} }} {links} fragment F{levels} on CustomerRecord {{ id }}"


def _orders_within(depth: int) -> str:
    """Fields that exist, as deep as they go: lists within lists, and inline fragments between them."""
    inner = "id"
    for _ in range(depth):
        inner = f"... on CustomerRecord {{ {inner} }}"
    return f"{{ customerRecords(first: 1) {{ edges {{ node {{ {inner} }} }} }} }}"


def _combined() -> dict[str, Body]:
    """Each kind of cost together with others, just within its limit: what no single one of them shows."""
    directive = "@include(if: true) "
    record = "id email firstName lastName companyName orderCount stage"
    literal = "{countries: [" + '"DE" ' * 60 + "]}"
    big = "{search: " + json.dumps("\u00e4" * 9_000) + "}"
    names = _repeated("$a#: CustomerRecordFilterInput", 95)
    uses = _repeated(f"a#: customerRecords(first: 1, filter: $a#) {{ edges {{ node {{ {record} }} }} }}", 19)
    inline = _repeated("... on CustomerRecord { a#: email }", 300)
    spreads = _repeated("...F#", 95)
    many = _repeated("fragment F# on CustomerRecord { f#a: email f#b: phone f#c: note { id } }", 95)
    return {
        "aliases of a record, 19 at the top": _query("{ " + _repeated(f"a#: customerRecord {{ {record} }}", 19) + " }"),
        "aliases of a record, 900 within": _query("{ customerRecord { " + _repeated("a#: email", 900) + " } }"),
        "aliases that contradict each other": _query(
            "{ customerRecord { " + "x: email x: phone x: id x: stage " * 30 + "} }"
        ),
        "aliases that contradict each other, once each": _query(
            "{ customerRecord { " + _repeated("x#: email x#: phone", 400) + " } }"
        ),
        "arguments that contradict each other": _query(
            "{ " + _repeated('a: customerRecord(email: "#") { id }', 19) + " }"
        ),
        "one argument, 30 times": _query("{ customerRecord(" + 'email: "a" ' * 30 + ") { id } }"),
        "one argument, 300 times": _query("{ customerRecord(" + 'email: "a" ' * 300 + ") { id } }"),
        "one field of an input, 900 times": _query(
            "{ customerRecords(filter: {" + "stage: LEAD " * 900 + "}) { totalCount } }"
        ),
        "objects within an input, 15 deep": _query(
            "{ customerRecords(filter: " + "{totalSpent: " * 15 + "1" + "}" * 15 + ") { totalCount } }"
        ),
        "large literals, 19 times": _query(
            "{ " + _repeated(f"a#: customerRecords(first: 1, filter: {literal}) {{ totalCount }}", 19) + " }"
        ),
        "a large literal of escapes": _query(f"{{ customerRecords(filter: {big}) {{ totalCount }} }}"),
        "escapes in every name of an argument": _query(
            "{ " + _repeated('a#: customerRecord(email: "' + "\\u00e4" * 300 + '") { id }', 19) + " }"
        ),
        "surrogate escapes": _query('{ customerRecord(email: "' + "\ud83d\ude00" * 4_000 + '") { id } }'),
        "blocks, 900 of them": _query(
            "{ customerRecords(filter: {countries: [" + '"""\n  DE\n""" ' * 900 + "]}) { totalCount } }"
        ),
        "a block with 3,000 indented lines": _query(
            '{ customerRecord(email: """' + "\n        a" * 3_000 + '""") { id } }'
        ),
        "directives on 160 fields": _query(
            "{ customerRecord { " + _repeated(f"a#: email {directive * 2}", 160) + " } }"
        ),
        "directives on inline fragments": _query(
            "{ customerRecord { " + _repeated(f"... {directive} {{ a#: email }}", 250) + " } }"
        ),
        "directives on spreads": _query(
            "{ customerRecord { " + f"...F {directive}" * 250 + " } } fragment F on CustomerRecord { id }"
        ),
        "directives of a variable each": _query(
            "query Q("
            + _repeated("$a#: Boolean!", 95)
            + ") { customerRecord { "
            + _repeated("b#: email @include(if: $a#)", 95)
            + " } }",
            {f"a{n}": True for n in range(95)},
        ),
        "directives that are repeated and unknown": _query(
            "{ customerRecord { " + _repeated("a#: email @skip(if: false) @skip(if: false) @nope", 140) + " } }"
        ),
        "variables that are used, 19 of 95": _query(f"query Q({names}) {{ {uses} }}"),
        "variables of the wrong type": _query(
            "query Q("
            + _repeated("$a#: [[Int!]!]!", 95)
            + ") { "
            + _repeated("b#: customerRecord(email: $a#) { id }", 19)
            + " }",
            {f"a{n}": [[1]] * 20 for n in range(95)},
        ),
        "variables with defaults": _query(
            "query Q("
            + _repeated('$a#: String = "' + "x" * 100 + '"', 95)
            + ") { "
            + _repeated("b#: customerRecord(email: $a#) { id }", 19)
            + " }"
        ),
        "variables with defaults that are wrong": _query(
            "query Q("
            + _repeated("$a#: CustomerRecordFilterInput = {stag: [1 2 3 {a: 1}]}", 90)
            + ") { customerRecord { id } }"
        ),
        "variables of input objects that are wrong": _query(
            "query Q($a: CustomerRecordFilterInput) { customerRecords(first: 1, filter: $a) { totalCount } }",
            {"a": {f"unknown{n}": n for n in range(9_000)}},
        ),
        "variables of one long list of objects": _query(
            "query Q($a: [CustomerRecordFilterInput!]) { customerRecords(first: 1, filter: $a) { totalCount } }",
            {"a": [{"stage": "NOPE"}] * 4_900},
        ),
        "19 operations with variables": _query(
            _repeated("query Q#($a: String, $b: Int) { customerRecord(email: $a) { " + "id " * 40 + "} }", 19)
        ),
        "19 operations that spread the same fragments": _query(
            _repeated("query Q# { customerRecord { ...F } }", 19)
            + " fragment F on CustomerRecord { "
            + _repeated("a#: email", 40)
            + " }"
        ),
        "operations without names": _query("{ customerRecord { id } } " * 19),
        "mutations, 19 at the top": _query(
            "mutation { " + _repeated('a#: customerTagCreate(input: {name: "a"}) { errors { message } }', 19) + " }"
        ),
        "mutations with large inputs": _query(
            "mutation { "
            + _repeated('a#: customerTagCreate(input: {name: "' + "a" * 9_000 + '"}) { errors { message } }', 4)
            + " }"
        ),
        "a mutation with an input that is unknown": _query(
            "mutation { customerTagCreate(input: {" + _repeated("nam#: 1", 900) + "}) { errors { message } } }"
        ),
        "95 fragments, each used once": _query(f"{{ customerRecord {{ {spreads} }} }} {many}"),
        "95 fragments, used in 3 places": _query(
            "{ "
            + _repeated(f"a#: customerRecord {{ {spreads.replace('#', '')} }}", 3)
            + " } "
            + _repeated("fragment F# on CustomerRecord { f#: email }", 95)
        ),
        "fragments on types that do not fit": _query(
            f"{{ customerRecord {{ {spreads} }} }} " + _repeated("fragment F# on CustomerTag { f#: name }", 95)
        ),
        "fragments of one name": _query("{ customerRecord { ...F } } " + "fragment F on CustomerRecord { id } " * 95),
        "fragments that are missing": _query(f"{{ customerRecord {{ {spreads} }} }}"),
        "fragments within each other, 19 deep": _query(_nested_fragments(18, 50)),
        "fragments within each other, with directives": _query(
            _nested_fragments(18, 20).replace("email", f"email {directive}")
        ),
        "inline fragments, 300 beside each other": _query(f"{{ customerRecord {{ {inline} }} }}"),
        "inline fragments, 14 within each other": _query(_orders_within(14)),
        "inline fragments, 30 within each other": _query(_orders_within(30)),
        "comments between tokens": _query("{ customerRecord { " + "id #c\n" * 900 + "} }"),
        "comments with quotation marks": _query('# """ "\n' * 6_000 + "{ customerRecord { id } }"),
        "commas": _query("{ customerRecord { id " + "," * 48_000 + "} }"),
        "byte order marks": _query("\ufeff" * 48_000 + "{ customerRecord { id } }"),
        "a batch of 50": Body(json.dumps([{"query": f"{{ customerRecord {{ {record} }} }}"}] * 50).encode()),
        "a batch of 50, each different": Body(
            json.dumps([{"query": f"{{ a{n}: customerRecord {{ " + "id " * 130 + "} }"} for n in range(50)]).encode()
        ),
        "a batch of 5, each as large as it may be": Body(
            json.dumps(
                [{"query": f"{{ c{n}: customerRecord {{ " + _repeated("a#: email", 900) + " } }"} for n in range(5)]
            ).encode()
        ),
        "a batch of 5,000": Body(json.dumps([{"query": "{ a }"}] * 5_000).encode()),
        "introspection of all descriptions": _query(
            "{ __schema { types { name description fields { name description args { name description defaultValue } }"
            " inputFields { name description defaultValue } enumValues { name description } } } }"
        ),
        "introspection of enum values, by 90 aliases": _query(
            "{ __schema { types { " + _repeated("a#: enumValues { name description }", 90) + " } } }"
        ),
        "introspection of possible types": _query(
            "{ __schema { types { possibleTypes { possibleTypes { name } } interfaces { name } } } }"
        ),
        "introspection of directives, by 19 aliases": _query(
            "{ " + _repeated("a#: __schema { directives { name args { name type { name } } } }", 19) + " }"
        ),
        "introspection of directives, by 90 aliases within": _query(
            "{ __schema { " + _repeated("a#: directives { name args { name type { name } } }", 90) + " } }"
        ),
        "introspection of bare fields, by 9 aliases": _query(
            "{ " + _repeated("a#: __schema { types { fields { type { kind } } } }", 9) + " }"
        ),
        "introspection of arguments and their types": _query(
            "{ __schema { types { " + _repeated("a#: fields { args { type { kind } } }", 9) + " } } }"
        ),
        "introspection by fragments": _query(
            "{ __schema { " + _repeated("a#: types { ...T }", 60) + " } } fragment T on __Type { fields { name } }"
        ),
        "introspection beside records": _query(
            "{ customerRecord { id } " + _repeated("a#: __schema { types { name fields { name } } }", 18) + " }"
        ),
        "type names, 900 of them": _query("{ customerRecord { " + _repeated("a#: __typename", 900) + " } }"),
    }


def corpus() -> dict[str, Body]:
    """Bodies by what is wrong with them."""
    ids = ["Q3VzdG9tZXJSZWNvcmQ6MQ=="] * 9_000
    spread_all = "{ customerRecord { " + _repeated("...F#", 24) + " } } "
    long_name = "c" + "x" * 40_000
    values = "query Q($i: [ID!]) { customerRecords(first: 1, filter: {tags: {ids: $i}}) { totalCount } }"
    update = "mutation Q($i: [ID!]) { customerRecordsBulkUpdate(ids: $i, action: {activate: true}) { job { id } } }"
    consents = (
        "query Q($c: [CustomerRecordConsentFilterInput!]) "
        "{ customerRecords(first: 1, filter: {consents: $c}) { totalCount } }"
    )
    usual = "fragment T on __Type { kind name ofType { kind name ofType { kind name } } } "
    return _combined() | {
        "introspection of the usual tools": _query(introspection_query),
        "introspection, types within types": _query(
            "{ __schema { types { fields { type { fields { args { type { name kind } } } } } } } }"
        ),
        "introspection, by 10 aliases": _query(
            "{ " + _repeated("a#: __schema { types { fields { args { name type { ...T } } } } }", 10) + " } " + usual
        ),
        "introspection of one type, by 19 aliases": _query(
            "{ " + _repeated('a#: __type(name: "CustomerRecord") { fields { name args { name } } }', 19) + " }"
        ),
        "introspection, fields by 90 aliases": _query(
            "{ __schema { types { "
            + _repeated("a#: fields { name args { name type { ...T } } }", 90)
            + " } } } "
            + usual
        ),
        "24 fragments of 980 fields": _query(spread_all + _fragments(24, 80)),
        "24 fragments of 980 fields, unused": _query("{ customerRecord { id } } " + _fragments(24, 160)),
        "16 operations of 980 fields": _query(_repeated("query Q# { customerRecord { " + "id " * 980 + "} }", 16)),
        "16 operations of 60 fields": _query(_repeated("query Q# { customerRecord { " + "id " * 60 + "} }", 16)),
        "100 fragments within each other": _query(
            "{ customerRecord { ...F0 } } "
            + _repeated("fragment F# on CustomerRecord { id ...G# }", 50)
            + _repeated("fragment G# on CustomerRecord { id }", 50)
        ),
        "1,000 equal fields": _query("{ customerRecord { " + "id " * 990 + "} }"),
        "140 equal fields": _query("{ customerRecord { " + "id " * 140 + "} }"),
        "equal fields with arguments": _query(
            "{ customerRecords { " + 'edges(a: "x", b: [1 2 3 4 5], c: {a: 1, b: 2}) { cursor } ' * 60 + "} }"
        ),
        "equal fields, nested": _query(_same_nested(2, 9)),
        "equal fields, nested three times": _query(_same_nested(3, 5)),
        "different fields": _query("{ __schema { " + _repeated("a#: __typename", 990) + " } }"),
        "unknown fields": _query("{ " + _repeated("customerRekords#", 20) + " }"),
        "1,000 unknown fields": _query("{ customerRecord { " + _repeated("customerName#", 950) + " } }"),
        "unknown arguments": _query("{ customerRecords(" + _repeated("frist#: 1", 1000) + ") { totalCount } }"),
        "30 unknown arguments": _query("{ customerRecords(" + _repeated("frist#: 1", 30) + ") { totalCount } }"),
        "unknown types": _query("query Q(" + _repeated("$a#: CustomerRekord#", 90) + ") { customerRecord { id } }"),
        "unknown types of fragments": _query(
            "{ customerRecord { id } } " + _repeated("fragment F# on CustomerRekord# { id }", 99)
        ),
        "unknown fields of an input": _query(
            "{ customerRecords(filter: {" + _repeated("stag#: 1", 900) + "}) { totalCount } }"
        ),
        "an unknown field of 40,000 letters": _query(f"{{ {long_name} }}"),
        "an unknown field of 100 letters, 20 times": _query("{ " + _repeated("c" + "x" * 90 + "#", 20) + " }"),
        "a text of 40,000 letters": _query(f'{{ customerRecord(email: "{"a" * 40_000}") {{ id }} }}'),
        "a block of 40,000 lines": _query('{ customerRecord(email: """' + "\n" * 40_000 + '""") { id } }'),
        "escapes": _query('{ customerRecord(email: "' + "\\u0041" * 8_000 + '") { id } }'),
        "blocks that do not end": _query('{ a(b: """' + '\\""" ' * 8_000),
        "texts that do not end": _query("{ a(b: " + '"a\n' * 12_000),
        "a number of 40,000 digits": _query("{ customerRecords(first: " + "9" * 40_000 + ") { totalCount } }"),
        "a number of 99 digits": _query("{ customerRecords(first: " + "9" * 99 + ") { totalCount } }"),
        "comments": _query("# a\n" * 12_000 + "{ customerRecord { id } }"),
        "one comment": _query("#" * 49_000 + "\n{ customerRecord { id } }"),
        "blanks": _query(" ,\n" * 16_000 + "{ customerRecord { id } }"),
        "4,000 names": _query("{ " + "a " * 3_990 + "}"),
        "25,000 names": _query("{ " + "a " * 24_900 + "}"),
        "punctuation": _query("{ a" + "(" * 25_000),
        "braces": _query("{a" * 16_000),
        "lists": _query("{ a(b: " + "[" * 30_000),
        "objects": _query("{ a(b: " + "{a:" * 16_000),
        "lists within limits": _query("{ customerRecords(first: " + "[" * 35 + "]" * 35 + ") { totalCount } }"),
        "one list": _query("{ customerRecords(filter: {countries: [" + '"DE" ' * 3_900 + "]}) { totalCount } }"),
        "directives": _query("{ customerRecord { id " + "@include(if: true) " * 490 + "} }"),
        "unknown directives": _query("{ customerRecord { id " + "@a " * 1_900 + "} }"),
        "variables": _query("query Q(" + _repeated("$a#: Int", 900) + ") { customerRecord { id } }"),
        "90 unused variables": _query("query Q(" + _repeated("$a#: Int", 90) + ") { customerRecord { id } }"),
        "undefined variables": _query(
            "{ customerRecords(filter: {countries: [" + _repeated("$a#", 1_900) + "]}) { totalCount } }"
        ),
        "a fragment in itself": _query("{ ...A } fragment A on Query { ...A }"),
        "fragments in a circle": _query("{ ...A } fragment A on Query { ...B } fragment B on Query { a ...A }"),
        "a circle that nobody uses": _query(
            "{ customerRecord { id } } fragment A on CustomerRecord { ...B } fragment B on CustomerRecord { ...A }"
        ),
        "a circle through a field": _query(
            "{ __schema { types { ...A } } } fragment A on __Type { ofType { ...B } }"
            " fragment B on __Type { ofType { ...A } }"
        ),
        "fragments that double, 30 times": _query(_diamond(30)),
        "fragments that double, 9 times": _query(_diamond(9)),
        "fragments that double to nothing": _query(_diamond(30, "...Missing")),
        "a chain of fragments": _query(
            "{ customerRecord { ...F0 } } "
            + " ".join(f"fragment F{n} on CustomerRecord {{ ...F{n + 1} }}" for n in range(99))
            + " fragment F99 on CustomerRecord { id }"
        ),
        "inline fragments": _query("{ customerRecord { " + "... { " * 30 + "id" + " }" * 30 + " } }"),
        "an inline fragment at the top": _query("{ ... on Query { customerRecord { id } } }"),
        "a fragment at the top": _query("{ ...A } fragment A on Query { customerRecord { id } }"),
        "20 fields of a caller who may not": _query(
            "{ " + _repeated("a#: customerRecords(first: 1) { totalCount }", 20) + " }"
        ),
        "a schema": _query(_repeated("type A# { a: Int }", 700)),
        "a subscription": _query("subscription { a }"),
        "only a fragment": _query("fragment A on Query { customerRecord { id } }"),
        "operations of one name": _query("query A { customerRecord { id } } query A { customerRecord { id } }"),
        "9,000 ids in a variable": _query(values, {"i": ids}),
        "19,900 ids in a variable": _query(values, {"i": [*ids, *ids, *ids[:1_900]]}),
        "19,900 ids in a variable, which an update takes": _query(update, {"i": [*ids, *ids, *ids[:1_900]]}),
        "9,900 objects in a variable": _query(consents, {"c": [{}] * 9_900}),
        "a megabyte in a variable": _query(values, {"i": ["a" * 1_000_000]}),
        "900,000 bytes in a variable": _query(values, {"i": ["a" * 900_000]}),
        "variables of 400 levels": Body(
            b'{"query": "{ customerRecord { id } }", "variables": {"a": ' + b"[" * 400 + b"]" * 400 + b"}}"
        ),
        "variables of 100,000 levels": Body(
            b'{"query": "{ customerRecord { id } }", "variables": {"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}"
        ),
        "200,000 values in variables": Body(
            b'{"query": "{ customerRecord { id } }", "variables": {"a": [' + b"1," * 200_000 + b"1]}}"
        ),
        "a number of 500,000 digits": Body(
            b'{"query": "{ customerRecord { id } }", "variables": {"a": ' + b"9" * 500_000 + b"}}"
        ),
        "variables that are a list": Body(b'{"query": "{ customerRecord { id } }", "variables": [1]}'),
        "variables that are a text": Body(b'{"query": "{ customerRecord { id } }", "variables": "{}"}'),
        "two megabytes": Body(b'{"query": "' + b" " * 2_000_000 + b'"}'),
        "a query that is an object": Body(b'{"query": {"a": 1}}'),
        "half a character": Body(b'{"query": "{ customerRecord(email: \\"\\ud800\\") { id } }"}'),
        "half a character in a literal": _query('{ customerRecord(email: "\\ud800") { id } }'),
        "half a character that is refused": _query('{ customerRecords(first: "\\ud800") { totalCount } }'),
        "an escape that is none": _query('{ customerRecord(email: "\\uZZZZ") { id } }'),
        "a zero": _query('{ customerRecord(email: "\\u0000") { id } }'),
        "no UTF-8": Body(b'{"query": "\xff\xfe"}'),
        "no JSON": Body(b"{"),
        "a batch of nothing": Body(b"[5]"),
        "an empty batch": Body(b"[]"),
        "a batch of two": Body(b'[{"query": "{ customerRecord { id } }"}, {"query": "{ customerRecord { id } }"}]'),
        "an unknown operation": Body(b'{"query": "query A { customerRecord { id } }", "operationName": "B"}'),
        "an operation that is an object": Body(b'{"query": "query A { customerRecord { id } }", "operationName": {}}'),
        "GZIP": Body(gzip.compress(b'{"query": "{ customerRecord { id } }"}'), headers={"Content-Encoding": "gzip"}),
        "GraphQL as such": Body(b"{ customerRecord { id } }", "application/graphql"),
        "GraphQL as such, no UTF-8": Body(b"\xff", "application/graphql"),
        "a form": Body(
            b"query=%7B+customerRecord+%7B+id+%7D+%7D&variables=%7B%7D", "application/x-www-form-urlencoded"
        ),
        "a form of 5,000 fields": Body(
            b"&".join(b"a%d=1" % n for n in range(5_000)), "application/x-www-form-urlencoded"
        ),
        "files": _multipart('{"query": "{ customerRecord { id } }", "variables": {}}', '{"0": ["variables.file"]}'),
        "files that lead nowhere": _multipart('{"query": "{ a }"}', '{"0": ["variables.a.b.9.c"]}'),
        "files at a number": _multipart('{"query": "{ a }", "variables": {"a": []}}', '{"0": ["variables.a.99999"]}'),
        "files without a map": _multipart('{"query": "{ a }"}', "5"),
        "files without a place": _multipart('{"query": "{ a }"}', '{"0": 5}'),
        "files without JSON": _multipart("{", "{"),
        "files with a list": _multipart("[]", "{}"),
        "files of 5,000 levels": _multipart('{"query": "{ a }"}', json.dumps({"0": ["variables" + ".a" * 5_000]})),
        "nothing": Body(b""),
        "a picture": Body(b"\x89PNG", "image/png"),
    }


def measure() -> tuple[str, list[Figure]]:
    """Send all of them without a token, and time the CPU: other things go on on the machine."""
    from django.core.cache import cache
    from django.test import Client

    from saleor_customer_plus.api.core import documents

    client = Client(raise_request_exception=False)
    logging.disable(logging.CRITICAL)

    def send(body: Body) -> int:
        # As if nobody had sent the same before.
        documents.forget()
        cache.clear()
        return int(client.post(OUR_PATH, body.content, body.content_type, headers=body.headers).status_code)

    figures = []
    with host.empty_database():
        send(_query(introspection_query))  # imports what is imported late
        for name, body in corpus().items():
            seconds, status = min(_timed(send, body) for _ in range(RUNS))
            is_met = seconds <= WANTED and status < 500
            figures.append((seconds, Figure(name, ms(seconds), f"HTTP {status}", "300 ms", is_met)))
    figures.sort(key=lambda pair: -pair[0])
    return "CPU of requests that anybody may send, the best of three", [figure for _, figure in figures]


def _timed(send: Callable[[Body], int], body: Body) -> tuple[float, int]:
    began = time.process_time()
    status = send(body)
    return time.process_time() - began, status
