"""Write a bill of materials (CycloneDX 1.6, JSON) of what is installed with Quinzaine, and list the licences."""

import re
import sys
from email.message import Message
from importlib.metadata import PackageNotFoundError, metadata, requires, version
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL

ROOT = Path(__file__).parent.parent
LOCK = ROOT / "requirements.lock"
OURSELVES = "quinzaine"
# what its own metadata does not say, and the bill of materials in its wheel does
SAID_ELSEWHERE = {"mrml": "MIT"}

_ENTRY = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^]]*\])?==(\S+)(.*?)(?=^\S|\Z)", re.MULTILINE | re.DOTALL)


def main() -> None:
    """Write it to the file that is named, or to build/quinzaine.cdx.json; print a line for each library."""
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "quinzaine.cdx.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    bom = bill()
    file.write_text(make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string(indent=1) + "\n")
    for component in sorted(bom.components, key=lambda each: each.name):
        print(f"{component.name:42} {component.version or '':14} {licence(component.name)}")
    print(f"{file}: {len(bom.components)} libraries.")


def bill() -> Bom:
    """Everything in the lock that belongs to this platform: name, version, licence, hashes, who needs it."""
    said = LicenseFactory()
    bom = Bom()
    own = Component(
        name=OURSELVES,
        version=version(OURSELVES),
        type=ComponentType.APPLICATION,
        bom_ref=OURSELVES,
        licenses=[said.make_with_expression("AGPL-3.0-or-later")],
    )
    bom.metadata.component = own
    components = {name: _component(name, number, hashes, said) for name, (number, hashes) in locked().items()}
    bom.components.update(components.values())
    for name, component in components.items():
        bom.register_dependency(component, [components[each] for each in needs(name) if each in components])
    bom.register_dependency(own, [components[each] for each in needs(OURSELVES) if each in components])
    return bom


def locked() -> dict[str, tuple[str, list[str]]]:
    """Name → version and hashes of its files; what is of another platform is left out."""
    found = {}
    for name, number, rest in _ENTRY.findall(LOCK.read_text()):
        try:
            metadata(name)
        except PackageNotFoundError:
            continue
        found[name] = (number, re.findall(r"sha256:([0-9a-f]{64})", rest))
    return found


def licence(name: str) -> str:
    """What a package says of its licence: the expression, else the classifiers, else the first line of the text."""
    told: Message = metadata(name)  # type: ignore[assignment]  # it is one, and its protocol says less
    classifiers = [each for each in told.get_all("Classifier") or [] if each.startswith("License")]
    text = (told.get("License") or "").strip().partition("\n")[0]
    return SAID_ELSEWHERE.get(name) or told.get("License-Expression") or "; ".join(classifiers) or text


def needs(name: str) -> set[str]:
    """The names of the packages that it names, extras too: what is not installed for them is in no lock."""
    return {
        _normal(found[0]) for each in requires(name) or [] if (found := re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", each))
    }


def _component(name: str, number: str, hashes: list[str], said: LicenseFactory) -> Component:
    purl = PackageURL("pypi", name=name, version=number)
    files = ExternalReference(
        type=ExternalReferenceType.DISTRIBUTION,
        url=XsUri(purl.to_string()),
        comment="each of its files in the lock",
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=each) for each in hashes],
    )
    return Component(
        name=name,
        version=number,
        type=ComponentType.LIBRARY,
        bom_ref=purl.to_string(),
        purl=purl,
        licenses=[said.make_from_string(licence(name))],
        external_references=[files],
    )


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    main()
