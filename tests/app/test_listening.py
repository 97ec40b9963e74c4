"""Where the server listens, and what it refuses."""

import datetime
import http.client
import ipaddress
import ssl
import urllib.request
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from kept.app.listening import HalfCertificate, PlainHttpRefused, address_of, check_transport, is_loopback, problems
from kept.app.stamp import is_all_embedded, needs_embedded, schema_stamp
from kept.kit import Settings, load_settings
from kept.kit.settings import Server


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "::1", "localhost"])
def test_plain_http_is_served_on_loopback(host):
    assert is_loopback(host)
    check_transport(Server(host=host))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "kept.example", "localhost.example", ""])  # noqa: S104
def test_plain_http_is_refused_beyond_loopback_unless_a_proxy_is_trusted(host):
    with pytest.raises(PlainHttpRefused):
        check_transport(Server(host=host))
    check_transport(Server(host=host, trusted_proxy="192.0.2.1"))


def test_half_a_certificate_is_refused(certificate):
    chain, key = certificate
    for halves in ((chain, ""), ("", key), (chain, "/nowhere/key.pem")):
        with pytest.raises(HalfCertificate):
            check_transport(Server(host="0.0.0.0", certificate=halves[0], private_key=halves[1]))  # noqa: S104
    check_transport(Server(host="0.0.0.0", certificate=chain, private_key=key))  # noqa: S104


def test_the_server_speaks_tls_when_it_has_a_certificate(start_up, certificate):
    chain, key = certificate
    up = start_up(KEPT_SERVER_CERTIFICATE=chain, KEPT_SERVER_PRIVATE_KEY=key)
    address = up.wait_until_ready()
    assert address.startswith("https://127.0.0.1:")
    trusting = ssl.create_default_context(cafile=chain)
    with urllib.request.urlopen(address + "/healthz", context=trusting) as answer:  # noqa: S310  an address of ours
        assert answer.status == 200
    with pytest.raises((OSError, http.client.HTTPException)):
        urllib.request.urlopen(address.replace("https", "http") + "/healthz", timeout=5)  # noqa: S310


def test_the_address_is_what_people_type():
    assert address_of(Server()) == "http://127.0.0.1:8080"
    assert address_of(Server(host="::1", certificate="x")) == "https://[::1]:8080"
    assert address_of(Server(public_url="https://kept.example")) == "https://kept.example"


def test_a_server_that_does_not_answer_is_a_problem():
    assert "does not answer" in problems(Server(port=1))[0]


def test_the_embedded_server_is_needed_unless_every_database_is_configured():
    regions = {"KEPT_DATABASE_DIRECTORY": "x", "KEPT_DATABASE_LEDGER": "x", "KEPT_DATABASE_JOBS": "x"}
    assert is_all_embedded(Settings())
    some = load_settings(None, regions)
    assert needs_embedded(some)
    assert not is_all_embedded(some)


def test_another_set_of_databases_has_another_stamp():
    moved = load_settings(None, {"KEPT_DATABASE_LEDGER": "postgresql://elsewhere/ledger?sslmode=verify-full"})
    assert schema_stamp(Settings()) == schema_stamp(Settings())
    assert schema_stamp(moved) != schema_stamp(Settings())


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """Files of a certificate for 127.0.0.1 and its key, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "kept")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder: Path = tmp_path_factory.mktemp("certificate")
    chain, private = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return str(chain), str(private)
