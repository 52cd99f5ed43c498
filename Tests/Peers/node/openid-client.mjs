// A platform's login with npm's openid-client, unchanged. One JSON line out.
// arguments: issuer clientId clientSecret redirectUri postLogoutUri command; the rest on standard input as JSON.
//   begin:  by an authorization URL, or with "par" by a pushed request: {url, verifier, state, nonce}
//   finish: {callback, verifier, state, nonce} → the claims of the ID token and of userinfo, the tokens, and where logging out leads.
import { readFileSync } from 'node:fs';
import * as client from 'openid-client';

const [issuer, id, secret, redirectUri, postLogoutUri, command, way] = process.argv.slice(2);
// Loopback only: openid-client refuses plain http unless told so.
const config = await client.discovery(new URL(issuer), id, secret, undefined, { execute: [client.allowInsecureRequests] });

if (command === 'begin') {
  const verifier = client.randomPKCECodeVerifier();
  const [state, nonce] = [client.randomState(), client.randomNonce()];
  const parameters = {
    redirect_uri: redirectUri, scope: 'openid profile', state, nonce,
    code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
  };
  const url = way === 'par' ? await client.buildAuthorizationUrlWithPAR(config, parameters) : client.buildAuthorizationUrl(config, parameters);
  console.log(JSON.stringify({ url: url.href, verifier, state, nonce }));
} else {
  const { callback, verifier, state, nonce } = JSON.parse(readFileSync(0, 'utf8'));
  try {
    const tokens = await client.authorizationCodeGrant(config, new URL(callback), { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true });
    const claims = tokens.claims();
    const info = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
    const logout = client.buildEndSessionUrl(config, { id_token_hint: tokens.id_token, post_logout_redirect_uri: postLogoutUri });
    console.log(JSON.stringify({ claims, info, accessToken: tokens.access_token, logout: logout.href }));
  } catch (error) {
    console.log(JSON.stringify({ error: error.error ?? error.code ?? String(error) }));
  }
}
