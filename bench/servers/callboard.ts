// The real service on a real file, with rules that fire, messages to a preview destination.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startApp } from '#app';
import { readEnvironment } from '#runtime/environment.ts';

// In the project's own folder: a temporary one may live in memory, where writing to disk costs nothing.
mkdirSync('data', { recursive: true });
const folder = mkdtempSync(join('data', 'bench-'));
writeFileSync(
  join(folder, 'rules.yaml'),
  `version: 1
sources: { meet: { plugnmeet: { url: "http://127.0.0.1:9", keys: { "\${KEY}": "\${SECRET}" } } } }
destinations:
  board: { preview: {} }
  sales: { slack: { channel: C0SALES01 } }
  community: { discord: { channel: "112233445566778899" } }
lists: { vips: [ vip-1, vip-2, vip-3 ] }
rules:
  - { id: vip, on: participant.joined, where: { participant.id: { in_list: vips } }, once_per: [ session.id, participant.id ], send: { to: board, template: vip-joined } }
  - { id: ended, on: room.ended, send: { to: board, template: meeting-ended } }
`,
);
const platforms = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => /^(SLACK|DISCORD)_/.test(name)),
);
const environment = readEnvironment(
  {
    PORT: '0',
    HOST: '127.0.0.1',
    CALLBOARD_RULES: join(folder, 'rules.yaml'),
    CALLBOARD_TEMPLATES: 'templates',
    DATABASE_URL: `sqlite:${join(folder, 'bench.db')}`,
    LOG_LEVEL: 'error',
    ...platforms,
    KEY: process.env['BENCH_KEY'],
    SECRET: process.env['BENCH_SECRET'],
  },
  false,
);
const app = await startApp(environment, {
  now: () => new Date(),
  random: Math.random,
  fetch: globalThis.fetch,
  write: (line) => void process.stderr.write(line),
});
process.send?.({ port: app.port });
process.once('disconnect', () => {
  void app.stop().then(() => {
    rmSync(folder, { recursive: true, force: true });
    process.exit(0);
  });
});
