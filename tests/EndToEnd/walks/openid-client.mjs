// Node's openid-client against an issuer of which it is told the address, with a person at the browser.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import * as client from 'openid-client';
import { addApp, code, giveCode } from './authenticators.mjs';
import { choosePassword, given, giveName, heading, walk } from './browser.mjs';

const back = `${given.application}/back`;
const bye = `${given.application}/bye`;
const scope = 'openid profile email offline_access';

/** A new request, and where the browser is to be sent for it. */
async function request(config, more) {
  const checks = { pkceCodeVerifier: client.randomPKCECodeVerifier(), expectedState: client.randomState(), expectedNonce: client.randomNonce(), idTokenExpected: true };
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: back, scope, state: checks.expectedState, nonce: checks.expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier), code_challenge_method: 'S256', ...more,
  });
  return { url: url.href, checks };
}

async function returned(page) {
  await page.waitForURL((url) => url.href.startsWith(back));
  return new URL(page.url());
}

const session = (token) => fetch(`${given.issuer}/api/auth/session`, { headers: { authorization: `Bearer ${token}` } });

async function dies(token) {
  const deadline = Date.now() + 5_000;
  while ((await session(token)).status !== 401) assert.ok(Date.now() < deadline, 'the session lives on');
}

const application = createServer((_, response) => response.end('<!DOCTYPE html><title>The application</title>')).listen(new URL(given.application).port);

await walk(async (page) => {
  await choosePassword(page, given);
  const config = await client.discovery(new URL(given.issuer), given.client, undefined, client.None(), { execute: [client.allowInsecureRequests] });
  assert.deepEqual(config.serverMetadata().code_challenge_methods_supported, ['S256']);

  // Code and PKCE, through every page.
  const first = await request(config);
  await page.goto(first.url);
  await giveName(page, given);
  const { secret } = await addApp(page);
  await page.getByRole('button', { name: 'I have kept them: sign in' }).click();
  await heading(page, "Let Somebody else's application sign you in?");
  await page.getByRole('button', { name: 'Allow it' }).click();
  const tokens = await client.authorizationCodeGrant(config, await returned(page), first.checks);
  const { sub, amr } = tokens.claims();
  const { email } = await client.fetchUserInfo(config, tokens.access_token, sub);
  assert.equal((await session(tokens.access_token)).status, 200);

  // A new pair, and the end of it.
  const renewed = await client.refreshTokenGrant(config, tokens.refresh_token);
  assert.notEqual(renewed.refresh_token, tokens.refresh_token);
  assert.equal((await client.fetchUserInfo(config, renewed.access_token, sub)).sub, sub);
  await client.tokenRevocation(config, renewed.refresh_token, { token_type_hint: 'refresh_token' });
  await assert.rejects(client.refreshTokenGrant(config, renewed.refresh_token), { error: 'invalid_grant' });

  // Again, by a code of the app; then out, everywhere.
  const second = await request(config, { prompt: 'login' });
  await page.goto(second.url);
  await giveName(page, given);
  await giveCode(page, code(secret, 1));
  const again = await client.authorizationCodeGrant(config, await returned(page), second.checks);
  assert.equal((await session(again.access_token)).status, 200);
  const end = client.buildEndSessionUrl(config, { id_token_hint: again.id_token, post_logout_redirect_uri: bye, state: 'signed out' });
  await page.goto(end.href);
  await page.waitForURL((url) => url.href.startsWith(bye));
  assert.equal(new URL(page.url()).searchParams.get('state'), 'signed out');
  await dies(again.access_token);
  await assert.rejects(client.refreshTokenGrant(config, again.refresh_token), { error: 'invalid_grant' });
  const silent = await request(config, { prompt: 'none' });
  await page.goto(silent.url);
  const refused = await returned(page);
  await assert.rejects(client.authorizationCodeGrant(config, refused, silent.checks), { error: 'login_required' });
  return { issuer: config.serverMetadata().issuer, amr, email, access: again.access_token };
}).finally(() => application.close());
