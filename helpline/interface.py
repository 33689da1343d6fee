"""The description of the partner interface, made from its code: for machines and for a page."""

from functools import cache
from http import HTTPStatus

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer


@cache
def described() -> dict:
    """The OpenAPI document; it changes with a release and not before."""
    return SchemaGenerator().get_schema(request=None, public=True)


@cache
def as_json() -> bytes:
    """As JSON."""
    return OpenApiJsonRenderer().render(described())


@cache
def as_yaml() -> bytes:
    """As YAML."""
    return OpenApiYamlRenderer().render(described())


@cache
def operations() -> list[dict]:
    """What a page says of each operation."""
    return [
        {
            "title": told["summary"],
            "method": method.upper(),
            "path": path,
            "text": told["description"],
            "asks": [*parameters(told), *fields(told)],
            "answers": [(code, HTTPStatus(int(code)).phrase) for code in sorted(told["responses"])],
        }
        for path, methods in described()["paths"].items()
        for method, told in methods.items()
    ]


def parameters(told: dict) -> list[dict]:
    """The query and the headers that an operation knows."""
    return [
        {"name": each["name"], "where": each["in"].capitalize(), "text": each["description"]}
        for each in told.get("parameters", [])
    ]


def fields(told: dict) -> list[dict]:
    """The fields of the body that an operation takes."""
    if "requestBody" not in told:
        return []
    (form,) = told["requestBody"]["content"].values()
    schema = described()["components"]["schemas"][form["schema"]["$ref"].rpartition("/")[2]]
    return [
        {
            "name": name,
            "where": "Body, needed" if name in schema["required"] else "Body",
            "text": each.get("description", ""),
        }
        for name, each in schema["properties"].items()
    ]
