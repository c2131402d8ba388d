"""Receipts: what customs answered, from XML that came from outside and is not trusted, and back.

Root `VinReceipt` in the namespace of the package: `Guid`, `ReturnStatus`, `ReturnTime`, `ReturnInfo`, and any
number of `VehicleReturn` (`Vin` and the same three). Source: the receipts of the platform (domain section 6).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from lxml import etree

from vinbatch.customs.generated import NAMESPACE
from vinbatch.customs.xsd import parser
from vinbatch.model import Finding, Receipt, Return, moment_of
from vinbatch.ruleset import Ruleset
from vinbatch.visible import visible

_GUID = re.compile(r"[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}")
_TIME = re.compile(r"[0-9]{14}(?:[0-9]{3})?")
_LONGEST = 1000  # characters of ReturnInfo
_LONGEST_TIME = 40  # of what stands where a time is due
_MOST = 10_000  # answers in one receipt; a package has 200 vehicles
_ONCE = ("Guid", "Vin", "ReturnStatus", "ReturnTime")
_VINS = ("{*}Vin", "{*}VIN", "{*}vin")


def read_receipt(data: bytes, ruleset: Ruleset) -> Receipt | Finding:
    """The receipt, or the reason why these bytes are none."""
    try:
        root = etree.fromstring(data, parser())
    except etree.XMLSyntaxError as e:
        return ruleset.finding("RECEIPT-UNREADABLE", why=visible(e.msg or str(e)))
    except (ValueError, LookupError) as e:  # of what lxml takes for text, and of unknown encodings
        return ruleset.finding("RECEIPT-UNREADABLE", why=visible(str(e)))
    if root.getroottree().docinfo.internalDTD is not None:
        return ruleset.finding("RECEIPT-DOCTYPE")
    if root.tag != f"{{{NAMESPACE}}}VinReceipt":
        return ruleset.finding("RECEIPT-OTHER", root=visible(str(root.tag)), namespace=NAMESPACE)
    guid = _text(root, "Guid").upper()
    if not _GUID.fullmatch(guid):
        return ruleset.finding("RECEIPT-NO-GUID", value=guid)
    vehicles = root.findall(f"{{{NAMESPACE}}}VehicleReturn")
    if len(vehicles) > _MOST:
        return ruleset.finding("RECEIPT-UNREADABLE", why=f"{len(vehicles)} VehicleReturn")
    if astray := _astray(root, vehicles):
        return ruleset.finding("RECEIPT-ASTRAY", value=astray)
    returns = tuple(_return(v, _text(v, "Vin").upper()) for v in vehicles) or (_return(root, ""),)
    if vehicles and not all(r.vin for r in returns):
        return ruleset.finding("RECEIPT-NO-VIN")
    if not any(r.status for r in returns):
        return ruleset.finding("RECEIPT-NO-STATUS", vin=returns[0].vin or "@receipt.whole")
    return Receipt(guid, hashlib.sha256(data).hexdigest(), returns)


def _astray(root: etree._Element, vehicles: list[etree._Element]) -> str:
    """The first element that stands where it is not read, or twice; "" for none.

    A VIN or an answer to one in a wrapper, or in another namespace, would go unseen, and what is meant for
    one vehicle be heard for all of the package; of two words for one thing nobody knows which is meant. Two
    of ReturnInfo are two reasons.
    """
    read = frozenset((*vehicles, *(vin for v in vehicles for vin in v.findall(f"{{{NAMESPACE}}}Vin"))))
    if (found := next((e for e in root.iter("{*}VehicleReturn", *_VINS) if e not in read), None)) is not None:
        return etree.QName(found).localname
    counts = ((name, len(e.findall(f"{{{NAMESPACE}}}{name}"))) for e in (root, *vehicles) for name in _ONCE)
    return next((f"{name} × {count}" for name, count in counts if count > 1), "")


def _return(element: etree._Element, vin: str) -> Return:
    time = _text(element, "ReturnTime")
    info = " ".join(" ".join(_texts(element, "ReturnInfo")).split())
    status = _text(element, "ReturnStatus")
    if _is_moment(time):
        return Return(status, vin, time, info[:_LONGEST])
    return Return(status, vin, "", info[:_LONGEST], time[:_LONGEST_TIME])


def _is_moment(time: str) -> bool:
    """Whether these are the digits of a day and time that the calendar has."""
    if not _TIME.fullmatch(time):
        return False
    try:
        moment_of(time)
    except ValueError:
        return False
    return True


def _text(element: etree._Element, name: str) -> str:
    return next(_texts(element, name), "")


def _texts(element: etree._Element, name: str) -> Iterator[str]:
    for child in element.iterfind(f"{{{NAMESPACE}}}{name}"):
        yield visible("".join(map(str, child.itertext())).strip())


def receipt_xml(guid: str, returns: tuple[Return, ...]) -> bytes:
    """A receipt as customs would write it; a single return without VIN speaks for the whole package."""
    root = etree.fromstring(f'<VinReceipt xmlns="{NAMESPACE}"/>')
    whole = [r for r in returns if not r.vin]
    _put(root, "Guid", guid)
    for answer in whole[:1] or (Return("2"),):
        _put_return(root, answer)
    for answer in returns:
        if answer.vin:
            vehicle = etree.SubElement(root, f"{{{NAMESPACE}}}VehicleReturn")
            _put(vehicle, "Vin", answer.vin)
            _put_return(vehicle, answer)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _put_return(parent: etree._Element, answer: Return) -> None:
    _put(parent, "ReturnStatus", answer.status)
    _put(parent, "ReturnTime", answer.time)
    _put(parent, "ReturnInfo", answer.info)


def _put(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, f"{{{NAMESPACE}}}{name}").text = text
