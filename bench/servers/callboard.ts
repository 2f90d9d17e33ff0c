// The real service on a real file, with rules that fire, messages to a preview destination.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp } from '../../src/app.ts';
import { readEnvironment } from '../../src/runtime/environment.ts';

const folder = mkdtempSync(join(tmpdir(), 'callboard-bench-'));
writeFileSync(
  join(folder, 'rules.yaml'),
  `version: 1
sources: { meet: { plugnmeet: { url: "http://127.0.0.1:9", keys: { "\${KEY}": "\${SECRET}" } } } }
destinations: { board: { preview: {} } }
lists: { vips: [ vip-1, vip-2, vip-3 ] }
rules:
  - { id: vip, on: participant.joined, where: { participant.id: { in_list: vips } }, once_per: [ session.id, participant.id ], send: { to: board, template: vip-joined } }
  - { id: ended, on: room.ended, send: { to: board, template: meeting-ended } }
`,
);
const environment = readEnvironment(
  {
    PORT: '0',
    HOST: '127.0.0.1',
    CALLBOARD_RULES: join(folder, 'rules.yaml'),
    CALLBOARD_TEMPLATES: 'templates',
    DATABASE_URL: `sqlite:${join(folder, 'bench.db')}`,
    LOG_LEVEL: 'error',
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
