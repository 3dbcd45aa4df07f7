// Signs somebody in as two client libraries would, each in its own strict way, and prints what came of it as JSON.
// node openid.js <issuer> <callback> <email> <password> <importer's secret>
import * as client from 'openid-client';
import * as oauth from 'oauth4webapi';
import { visitor } from './pages.js';

const [issuer, callback, email, password, secret] = process.argv.slice(2);

async function openidClient() {
  const insecure = { execute: [client.allowInsecureRequests] };
  const shop = await client.discovery(new URL(issuer), 'shop', undefined, client.None(), insecure);
  const verifier = client.randomPKCECodeVerifier();
  const [state, nonce] = [client.randomState(), client.randomNonce()];
  const address = client.buildAuthorizationUrl(shop, {
    redirect_uri: callback, scope: 'openid email offline_access', state, nonce,
    code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
  });
  const back = await visitor(email, password, callback)(address);
  const tokens = await client.authorizationCodeGrant(shop, back, { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true });
  const { sub } = tokens.claims();
  const info = await client.fetchUserInfo(shop, tokens.access_token, sub);
  const renewed = await client.refreshTokenGrant(shop, tokens.refresh_token);
  await client.tokenRevocation(shop, renewed.refresh_token);
  const refused = await client.refreshTokenGrant(shop, renewed.refresh_token).then(() => 'taken', (fault) => fault.error);

  const importer = await client.discovery(new URL(issuer), 'importer', secret, client.ClientSecretBasic(secret), insecure);
  const own = await client.clientCredentialsGrant(importer);
  return { sub, email: info.email, refused, own: own.token_type };
}

async function oauth4webapi() {
  const insecure = { [oauth.allowInsecureRequests]: true };
  const server = await oauth.processDiscoveryResponse(new URL(issuer), await oauth.discoveryRequest(new URL(issuer), insecure));
  const [shop, verifier, state, nonce] = [{ client_id: 'shop' }, oauth.generateRandomCodeVerifier(), oauth.generateRandomState(), oauth.generateRandomNonce()];
  const address = new URL(server.authorization_endpoint);
  address.search = new URLSearchParams({
    client_id: 'shop', redirect_uri: callback, response_type: 'code', scope: 'openid offline_access', state, nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
  });
  const parameters = oauth.validateAuthResponse(server, shop, await visitor(email, password, callback)(address), state);
  const answer = await oauth.authorizationCodeGrantRequest(server, shop, oauth.None(), parameters, callback, verifier, insecure);
  const tokens = await oauth.processAuthorizationCodeResponse(server, shop, answer, { expectedNonce: nonce, requireIdToken: true });
  await oauth.validateApplicationLevelSignature(server, answer, insecure);
  const { sub } = oauth.getValidatedIdTokenClaims(tokens);
  const renewed = await oauth.processRefreshTokenResponse(server, shop, await oauth.refreshTokenGrantRequest(server, shop, oauth.None(), tokens.refresh_token, insecure));
  await oauth.processRevocationResponse(await oauth.revocationRequest(server, shop, oauth.None(), renewed.refresh_token, insecure));

  const importer = { client_id: 'importer' };
  const own = await oauth.processClientCredentialsResponse(server, importer, await oauth.clientCredentialsGrantRequest(server, importer, oauth.ClientSecretPost(secret), {}, insecure));
  return { sub, renewed: renewed.token_type, own: own.token_type };
}

console.log(JSON.stringify({ openidClient: await openidClient(), oauth4webapi: await oauth4webapi() }));
