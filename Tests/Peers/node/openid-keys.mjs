// A platform whose login comes back, with npm's openid-client, which is told to check the ID token's signature. One JSON line out.
// arguments: issuer clientId clientSecret redirectUri gateway; {callback, verifier, state, nonce, keys} on standard input.
// gateway is the one of the issuer's that is asked; keys the list the client had fetched two minutes ago, or nothing.
import { readFileSync } from 'node:fs';
import * as client from 'openid-client';

const [issuer, id, secret, redirectUri, gateway] = process.argv.slice(2);
const { callback, verifier, state, nonce, keys } = JSON.parse(readFileSync(0, 'utf8'));
let fetched = 0;
const through = (url, options) => {
  const { pathname, search } = new URL(url);
  fetched += pathname.endsWith('/jwks') ? 1 : 0;
  return fetch(new URL(pathname + search, gateway), options);
};
// Loopback only: openid-client refuses plain http unless told so.
const config = await client.discovery(new URL(issuer), id, { redirect_uris: [redirectUri] }, client.ClientSecretPost(secret), {
  execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks], [client.customFetch]: through,
});
if (keys) {
  client.setJwksCache(config, { jwks: keys, uat: Math.floor(Date.now() / 1000) - 120 });
}

const tokens = await client.authorizationCodeGrant(config, new URL(callback), { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true });
console.log(JSON.stringify({ idToken: tokens.id_token, keys: client.getJwksCache(config)?.jwks, fetched }));
