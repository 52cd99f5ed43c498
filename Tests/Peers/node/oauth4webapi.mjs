// The same login with npm's oauth4webapi, which checks each answer against the RFCs by itself. One JSON line out.
// arguments: issuer clientId clientSecret redirectUri command; the rest on standard input as JSON.
//   begin:  {url, verifier, state, nonce}
//   finish: {callback, verifier, state, nonce} → {claims, info, revoked}, or {error}
import { readFileSync } from 'node:fs';
import * as oauth from 'oauth4webapi';

const [issuer, id, secret, redirectUri, command] = process.argv.slice(2);
const plainHttp = { [oauth.allowInsecureRequests]: true };
const server = await oauth.processDiscoveryResponse(new URL(issuer), await oauth.discoveryRequest(new URL(issuer), plainHttp));
const client = { client_id: id };
const authentication = oauth.ClientSecretBasic(secret);

if (command === 'begin') {
  const verifier = oauth.generateRandomCodeVerifier();
  const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
  const url = new URL(server.authorization_endpoint);
  const parameters = {
    client_id: id, redirect_uri: redirectUri, response_type: 'code', scope: 'openid', state, nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  console.log(JSON.stringify({ url: url.href, verifier, state, nonce }));
} else {
  const { callback, verifier, state, nonce } = JSON.parse(readFileSync(0, 'utf8'));
  try {
    const parameters = oauth.validateAuthResponse(server, client, new URL(callback), state);
    const response = await oauth.authorizationCodeGrantRequest(server, client, authentication, parameters, redirectUri, verifier || oauth.nopkce, plainHttp);
    const result = await oauth.processAuthorizationCodeResponse(server, client, response, { expectedNonce: nonce, requireIdToken: true });
    await oauth.validateApplicationLevelSignature(server, response, plainHttp);
    const claims = oauth.getValidatedIdTokenClaims(result);
    const info = await oauth.processUserInfoResponse(server, client, claims.sub, await oauth.userInfoRequest(server, client, result.access_token, plainHttp));
    await oauth.processRevocationResponse(await oauth.revocationRequest(server, client, authentication, result.access_token, plainHttp));
    const after = await oauth.userInfoRequest(server, client, result.access_token, plainHttp);
    console.log(JSON.stringify({ claims, info, revoked: after.status }));
  } catch (error) {
    console.log(JSON.stringify({ error: error.error ?? error.code ?? String(error) }));
  }
}
