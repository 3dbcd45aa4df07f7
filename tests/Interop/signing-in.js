// Somebody opens an account and signs in with a real browser that runs no scripts, by what a person reads on the pages. Prints what was seen as JSON.
// node signing-in.js <shop> <callback of the client 'shop'> <folder for pictures, or nothing>
import { createServer } from 'node:http';
import { chromium } from 'playwright-core';

const [shop, callback, pictures] = process.argv.slice(2);
const quiet = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const patience = 120_000;
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: quiet, timeout: patience });
const context = await browser.newContext({ javaScriptEnabled: false });
context.setDefaultTimeout(patience);
const page = await context.newPage();
const picture = async (name) => pictures && page.screenshot({ path: `${pictures}/${name}.png`, fullPage: true });
const authorize = new URL(`${shop}/v1/users/connect/authorize`);
authorize.search = new URLSearchParams({
  client_id: 'shop', redirect_uri: callback, response_type: 'code', scope: 'openid', state: 'mine', nonce: 'n',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256',
});
// The client's own page.
let back;
const client = createServer((request, answer) => {
  if (request.url.startsWith(new URL(callback).pathname)) back = new URL(request.url, callback);
  answer.end('back at the shop');
}).listen(new URL(callback).port, '127.0.0.1');

await page.goto(authorize.href);
await picture('sign-in');
const language = await page.locator('html').getAttribute('lang');
await page.getByLabel('E-mail address').fill('eve@example.com');
await page.getByLabel('Password').fill('not the password');
await page.getByRole('button', { name: 'Sign in' }).click();
const refused = await page.getByRole('alert').innerText();
await picture('refused');

await page.getByRole('link', { name: 'Open an account' }).click();
await page.getByRole('button', { name: 'Open the account' }).click();
const faults = await page.getByRole('alert').getByRole('listitem').count();
await picture('faults');
await page.getByLabel('Name').fill('Eve <b>');
await page.getByLabel('E-mail address').fill('eve@example.com');
await page.getByLabel('Password').fill('correct horse battery');
await page.getByRole('button', { name: 'Open the account' }).click();
await page.waitForURL(`${callback}**`);
const registered = back && { state: back.searchParams.get('state'), code: Boolean(back.searchParams.get('code')) };

back = undefined;
await context.clearCookies();
await page.goto(authorize.href);
// By the keyboard alone.
await page.getByLabel('E-mail address').focus();
await page.keyboard.type('eve@example.com');
await page.keyboard.press('Tab');
await page.keyboard.type('correct horse battery');
await page.keyboard.press('Enter');
await page.waitForURL(`${callback}**`);
const signedIn = { state: back.searchParams.get('state'), code: Boolean(back.searchParams.get('code')) };

// What a password manager reads is not shown.
await page.goto(`${shop}/v1/users/change-password`);
await picture('change-password');
const shown = await page.locator('form input:visible').count();

await page.goto(`${shop}/v1/users/sign-out`);
await picture('sign-out');
await page.getByRole('button').first().click();
await page.goto(authorize.href);
const asked = await page.getByRole('heading', { level: 1 }).innerText();
await browser.close();
client.close();
console.log(JSON.stringify({ language, refused, faults, registered, signedIn, shown, asked }));
