// Asks a host for a rate as a module written in another language would, and prints what came of it as JSON.
// node quote.js <host:port> <rates.proto> <Calls:Secret>
import { createHmac } from 'node:crypto';
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

const [address, rates, secret] = process.argv.slice(2);
const load = (file) => grpc.loadPackageDefinition(loader.loadSync(file, { keepCase: true, longs: Number, defaults: true }));

// A token of a minute, HS256, from the calling module to the called one; the key is derived from the secret that the hosts share.
const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
function token(caller, callee) {
  const key = createHmac('sha256', secret).update('modular-calls').digest();
  const unsigned = `${part({ alg: 'HS256', typ: 'call+jwt' })}.${part({ iss: caller, aud: callee, exp: Math.floor(Date.now() / 1000) + 60 })}`;
  return `${unsigned}.${createHmac('sha256', key).update(unsigned).digest('base64url')}`;
}

const answer = (client, method, question, headers = {}) => new Promise((resolve) => {
  const metadata = new grpc.Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  client[method](question, metadata, { deadline: Date.now() + 10_000 }, (fault, reply) =>
    resolve(fault ? { status: grpc.status[fault.code], details: fault.details, code: fault.metadata.get('code')[0] } : reply));
});

const shipping = new (load(rates).shipping.v1.Rates)(address, grpc.credentials.createInsecure());
const health = new (load(new URL('health.proto', import.meta.url).pathname).grpc.health.v1.Health)(address, grpc.credentials.createInsecure());
const signed = { authorization: `Bearer ${token('orders', 'shipping')}` };

console.log(JSON.stringify({
  quote: await answer(shipping, 'Quote', { country: 'FR', weight_grams: 2500, currency: 'GBP' }, signed),
  refused: await answer(shipping, 'Quote', { country: 'France', weight_grams: 2500, currency: 'GBP' }, signed),
  unsigned: await answer(shipping, 'Quote', { country: 'FR', weight_grams: 2500, currency: 'GBP' }),
  undeclared: await answer(shipping, 'Quote', { country: 'FR', weight_grams: 2500, currency: 'GBP' }, { authorization: `Bearer ${token('billing', 'shipping')}` }),
  health: await answer(health, 'Check', { service: 'shipping' }),
}));
shipping.close();
health.close();
