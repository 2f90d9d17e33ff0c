// What vendors' tutorials show: parse, verify with a string secret, hash, answer. Nothing is stored and nothing is deduplicated.
import { createHash } from 'node:crypto';
import express from 'express';
import jwt from 'jsonwebtoken';

const secret = process.env['BENCH_SECRET'] ?? '';
const app = express();
app.use(
  express.json({
    limit: '2mb',
    type: ['application/json', 'application/webhook+json'],
    verify: (request, _response, bytes) => Object.assign(request, { rawBody: bytes }),
  }),
);
app.post('/hooks/meet', (request, response) => {
  try {
    const payload = jwt.verify(request.headers.authorization ?? '', secret);
    const hash = createHash('sha256')
      .update((request as unknown as { rawBody: Buffer }).rawBody)
      .digest('base64');
    if (typeof payload === 'string' || payload['sha256'] !== hash) throw new Error('hash mismatch');
    const { event } = request.body as { event: string };
    if (event === '') throw new Error('no event');
    response.status(200).json({ success: true });
  } catch {
    response.status(401).json({ error: 'Invalid signature' });
  }
});
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' ? address?.port : undefined });
});
process.once('disconnect', () => process.exit(0));
