"""What a Python MCP client needs to speak to Countersign over HTTP without the bridge: a proof of the agent's key in each call.

    client = httpx2.AsyncClient(auth=CountersignAuth("orders-agent", "agent.jwk", "http://127.0.0.1:7420"))

Needs `pip install 'mcp>=2.3'`, which brings PyJWT and httpx2 along. The key file is the one that `countersign agent create` wrote (ES256).
"""

import base64
import hashlib
import json
import pathlib
import secrets
import time

import httpx2
import jwt


class CountersignAuth(httpx2.Auth):
    """DPoP (RFC 9449) with an access token from a signed client assertion (RFC 7523)."""

    def __init__(self, agent, key_file, server):
        jwk = json.loads(pathlib.Path(key_file).read_text())
        self.agent, self.server, self.nonce = agent, server.rstrip("/"), None
        self.key = jwt.PyJWK.from_dict(jwk, algorithm="ES256").key
        self.public = {name: jwk[name] for name in ("kty", "crv", "x", "y")}
        self.token, self.ends = None, 0.0

    async def async_auth_flow(self, request):
        for _ in range(3):
            if time.time() > self.ends - 10:
                answer = yield self.token_request()
                self.nonce = answer.headers.get("dpop-nonce", self.nonce)
                body = json.loads(await answer.aread())
                if "access_token" not in body:
                    if body.get("error") == "use_dpop_nonce":
                        continue
                    raise PermissionError(body.get("error_description", "Countersign gives no token."))
                self.token, self.ends = body["access_token"], time.time() + body["expires_in"]
            request.headers["authorization"] = f"DPoP {self.token}"
            request.headers["dpop"] = self.proof(request.method, request.url, self.token)
            answer = yield request
            self.nonce = answer.headers.get("dpop-nonce", self.nonce)
            if answer.status_code != 401:
                return
            # Either the nonce is a new one now, or the token has ended.
            if 'error="invalid_token"' in answer.headers.get("www-authenticate", ""):
                self.ends = 0.0

    def token_request(self):
        url, now = f"{self.server}/oauth/token", int(time.time())
        claims = {"iss": self.agent, "sub": self.agent, "aud": self.server, "iat": now, "exp": now + 60}
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": self.sign(claims, {"typ": "client-authentication+jwt"}),
        }
        return httpx2.Request("POST", url, data=form, headers={"dpop": self.proof("POST", httpx2.URL(url))})

    def proof(self, method, url, token=None):
        claims = {"htm": method, "htu": str(url.copy_with(query=None, fragment=None)), "iat": int(time.time())}
        if token:
            digest = hashlib.sha256(token.encode()).digest()
            claims["ath"] = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if self.nonce:
            claims["nonce"] = self.nonce
        return self.sign(claims, {"typ": "dpop+jwt", "jwk": self.public})

    def sign(self, claims, header):
        return jwt.encode(claims | {"jti": secrets.token_urlsafe(16)}, self.key, "ES256", headers=header)
