// A customer and the shop's people, by nothing but fetch: registers, signs in, asks what it costs, orders, is told what becomes of it. Prints what was seen as JSON.
// node shopper.js <shop> <callback of the client 'shop'> <secret of the client 'importer', an operator>
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { visitor } from './pages.js';

const [shop, callback, secret] = process.argv.slice(2);
const provider = `${shop}/v1/users/connect`;
const password = 'correct horse battery';

async function call(token, method, path, body, headers = {}) {
  const answer = await fetch(shop + path, {
    method,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }), ...(body && { 'content-type': 'application/json' }), ...(method === 'POST' && { 'idempotency-key': randomUUID() }), ...headers,
    },
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  return { status: answer.status, body: text ? JSON.parse(text) : null };
}

async function must(...request) {
  const answer = await call(...request);
  if (answer.status >= 300) throw new Error(`${request.slice(1, 3).join(' ')} was answered ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

async function until(what, ask, is) {
  for (const end = Date.now() + 60_000; ;) {
    const seen = await ask();
    if (is(seen)) return seen;
    if (Date.now() > end) throw new Error(`waited in vain: ${what}; seen last: ${JSON.stringify(seen)}`);
    await new Promise((go) => setTimeout(go, 100));
  }
}

async function token(parameters) {
  const answer = await fetch(`${provider}/token`, { method: 'POST', body: new URLSearchParams(parameters) });
  const body = await answer.json();
  if (!answer.ok) throw new Error(`no token: ${JSON.stringify(body)}`);
  return body.access_token;
}

async function customer(name) {
  const email = `${name}@example.com`;
  const { id } = await must(null, 'POST', '/v1/users', { email, password, name });
  const verifier = randomBytes(32).toString('base64url');
  const address = new URL(`${provider}/authorize`);
  address.search = new URLSearchParams({
    client_id: 'shop', redirect_uri: callback, response_type: 'code', scope: 'openid', state: 's', nonce: 'n',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256',
  });
  const back = await visitor(email, password, callback)(address);
  return { id, token: await token({ grant_type: 'authorization_code', client_id: 'shop', redirect_uri: callback, code: back.searchParams.get('code'), code_verifier: verifier }) };
}

const operator = await token({ grant_type: 'client_credentials', client_id: 'importer', client_secret: secret });
await must(operator, 'POST', '/v1/catalog/products', { sku: 'tea', name: 'Darjeeling', price: 2.5, currency: 'GBP', weight: 100 });
await must(operator, 'POST', '/v1/inventory/receipts', { reference: 'first', lines: [{ sku: 'tea', quantity: 100 }] });
await until('a price', () => call(operator, 'POST', '/v1/orders/quote', { lines: [{ sku: 'tea', quantity: 1 }], country: 'GB', currency: 'GBP' }), (answer) => answer.status === 200);

const ann = await customer('ann');
const bob = await customer('bob');
const found = await must(null, 'GET', '/v1/catalog/products?q=darjelling');
const wanted = { lines: [{ sku: 'tea', quantity: 2 }], country: 'GB', currency: 'GBP' };
const to = { name: 'Ann', street: '1 Road', postalCode: 'AB1 2CD', city: 'Town' };
const quote = await must(ann.token, 'POST', '/v1/orders/quote', wanted);
const key = { 'idempotency-key': randomUUID() };
const placed = await must(ann.token, 'POST', '/v1/orders', { ...wanted, to, paymentToken: 'test-ok' }, key);
const again = await must(ann.token, 'POST', '/v1/orders', { ...wanted, to, paymentToken: 'test-ok' }, key);
const status = (who, id) => async () => (await must(who.token, 'GET', `/v1/orders/${id}`)).status;
await until('confirmed', status(ann, placed.id), (seen) => seen === 'confirmed');
const strangers = (await call(bob.token, 'GET', `/v1/orders/${placed.id}`)).status;

const declined = await must(ann.token, 'POST', '/v1/orders', { ...wanted, paymentToken: 'test-declined' });
await until('declined', status(ann, declined.id), (seen) => seen === 'cancelled');
const { cancelReason } = await must(ann.token, 'GET', `/v1/orders/${declined.id}`);

const regretted = await must(ann.token, 'POST', '/v1/orders', { ...wanted, paymentToken: 'test-ok' });
await until('confirmed', status(ann, regretted.id), (seen) => seen === 'confirmed');
await until('its shipment', () => call(operator, 'GET', `/v1/shipping/shipments/${regretted.id}`), (answer) => answer.status === 200);
await must(ann.token, 'POST', `/v1/orders/${regretted.id}/cancel`, { reason: 'changed my mind' });
await until('cancelled', status(ann, regretted.id), (seen) => seen === 'cancelled');
const refund = await until('the money back', () => must(ann.token, 'GET', `/v1/billing/payments/${regretted.id}`), (payment) => payment.refunded === payment.captured);

await until('its shipment', () => call(operator, 'GET', `/v1/shipping/shipments/${placed.id}`), (answer) => answer.status === 200);
await must(operator, 'POST', `/v1/shipping/shipments/${placed.id}/dispatch`, { trackingNumber: 'T-1' });
await must(operator, 'POST', `/v1/shipping/shipments/${placed.id}/deliver`);
await until('completed', status(ann, placed.id), (seen) => seen === 'completed');
const stock = await until('the stock', () => must(null, 'GET', '/v1/inventory/stock/tea'), (seen) => seen.available === 98);
const balance = await must(operator, 'GET', '/v1/billing/trial-balance');

console.log(JSON.stringify({
  found: found.items.map((product) => product.sku), quoted: quote.total, total: placed.total, once: again.id === placed.id, strangers, declined: cancelReason,
  refunded: refund.refunded, tracking: (await must(ann.token, 'GET', `/v1/orders/${placed.id}`)).trackingNumber, stock: stock.available, balance,
}));
