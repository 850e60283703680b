"""An agent: a P-256 key, private_key_jwt (RFC 7523) and DPoP (RFC 9449), written from the standards."""

import base64
import hashlib
import json
import secrets
import time
import urllib.parse

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from authority import fetch


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Agent:
    def __init__(self, authority, name):
        self.authority = authority
        self.name = name
        self.key = ec.generate_private_key(ec.SECP256R1())
        numbers = self.key.public_key().public_numbers()
        self.jwk = {"kty": "EC", "crv": "P-256", "x": b64(numbers.x.to_bytes(32, "big")), "y": b64(numbers.y.to_bytes(32, "big"))}
        thumbprint = json.dumps({name: self.jwk[name] for name in sorted(self.jwk)}, separators=(",", ":"))
        self.thumbprint = b64(hashlib.sha256(thumbprint.encode()).digest())
        self.nonce = None
        self.token = None

    def sign(self, header, claims):
        signed = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(claims).encode())}"
        r, s = decode_dss_signature(self.key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{signed}.{b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"

    def proof(self, method, url, token=None):
        claims = {"jti": secrets.token_urlsafe(16), "htm": method, "htu": url, "iat": int(time.time())}
        if token:
            claims["ath"] = b64(hashlib.sha256(token.encode()).digest())
        if self.nonce:
            claims["nonce"] = self.nonce
        return self.sign({"typ": "dpop+jwt", "alg": "ES256", "jwk": self.jwk}, claims)

    def send(self, method, path, body=None, headers=None, with_token=True):
        """Repeats a call once with the server's nonce."""
        url = self.authority.agents + path
        for _ in range(2):
            fields = dict(headers or {})
            fields["DPoP"] = self.proof(method, url, self.token if with_token else None)
            if with_token:
                fields["Authorization"] = f"DPoP {self.token}"
            status, answer, text = fetch(url, method, fields, body)
            self.nonce = answer.get("DPoP-Nonce", self.nonce)
            if not (status in (400, 401) and "use_dpop_nonce" in text):
                break
        return status, json.loads(text)

    def sign_in(self):
        now = int(time.time())
        assertion = self.sign(
            {"typ": "JWT", "alg": "ES256", "kid": self.thumbprint},
            {"iss": self.name, "sub": self.name, "aud": self.authority.agents, "iat": now, "exp": now + 60,
             "jti": secrets.token_urlsafe(16)})
        form = urllib.parse.urlencode({
            "grant_type": "client_credentials", "client_assertion": assertion,
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}).encode()
        status, answer = self.send(
            "POST", "/oauth/token", form, {"Content-Type": "application/x-www-form-urlencoded"}, with_token=False)
        assert status == 200, answer
        self.token = answer["access_token"]

    def ask(self, arguments, **context):
        if not self.token:
            self.sign_in()
        body = {"action": {"tool": {"server": "orders-db", "name": "execute_sql"}, "arguments": arguments}, **context}
        status, answer = self.send(
            "POST", "/v1/requests", body,
            {"Content-Type": "application/json", "Idempotency-Key": secrets.token_urlsafe(16)})
        assert status == 201, answer
        return answer

    def read(self, request):
        status, answer = self.send("GET", f"/v1/requests/{request}")
        assert status == 200, answer
        return answer
