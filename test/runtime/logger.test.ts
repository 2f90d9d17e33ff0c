import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLogger, type Logger } from '#runtime/logger.ts';
import { Redactor } from '#runtime/redactor.ts';

const secret = 'secret-"0123"-\\of-the-tests';

async function open(
  format: 'json' | 'pretty',
  level = 'debug',
): Promise<{ logger: Logger; lines: string[] }> {
  const lines: string[] = [];
  const redactor = new Redactor();
  redactor.add([secret]);
  const logger = await createLogger({ level, format, redactor, write: (line) => void lines.push(line) });
  return { logger, lines };
}

/** Says the secret in every way a program might. */
function tellAll(logger: Logger): void {
  const cause = new TypeError(`cause ${secret}`);
  const error = Object.assign(new Error(`message ${secret}`, { cause }), {
    code: `code ${secret}`,
    data: { token: secret, list: [secret] },
  });
  logger.error({ err: error }, `text ${secret}`);
  logger.warn({ reason: secret, deep: { deeper: [{ deepest: `x${secret}x` }] }, [secret]: 1 });
  logger.info(`bare ${secret}`);
  logger.child({ bound: secret }).info('child');
}

test('every line is one JSON object with time, level and text', async () => {
  const { logger, lines } = await open('json');
  logger.info({ port: 3000 }, 'listening');
  logger.warn('a line\nbreak and a "quote"');
  assert.equal(lines.length, 2);
  const [first, second] = lines.map((line) => {
    assert.match(line, /^[^\n]+\n$/);
    return JSON.parse(line);
  });
  assert.match(first.time, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assert.deepEqual([first.level, first.port, first.msg], [30, 3000, 'listening']);
  assert.deepEqual([second.level, second.msg], [40, 'a line\nbreak and a "quote"']);
});

test('an error keeps its type, message and stack', async () => {
  const { logger, lines } = await open('json');
  logger.error({ err: new RangeError('out of range') }, 'it failed');
  const { err } = JSON.parse(lines[0] ?? '');
  assert.deepEqual([err.type, err.message], ['RangeError', 'out of range']);
  assert.match(err.stack, /logger\.test\.ts/);
});

for (const format of ['json', 'pretty'] as const) {
  test(`${format}: a secret is gone from texts, fields, names of fields, errors, stacks and causes`, async () => {
    const { logger, lines } = await open(format);
    tellAll(logger);
    const text = lines.join('');
    assert.ok(text.split('[secret]').length > 9, text);
    assert.doesNotMatch(text, /0123/);
    assert.match(text, /logger\.test\.ts/);
    if (format === 'json') for (const line of lines) JSON.parse(line);
  });
}

test('pretty: a person reads time, level, text and fields in one line, without braces', async () => {
  const { logger, lines } = await open('pretty');
  logger.info({ port: 3000 }, 'listening');
  const text = lines.join('').replaceAll(/\u001b\[\d+m/g, '');
  assert.match(text, /^\[\d\d:\d\d:\d\d\] INFO: listening\n\s+port: 3000\n$/);
});

test('what is below the level is not written', async () => {
  const { logger, lines } = await open('json', 'warn');
  logger.info('quiet');
  logger.warn('loud');
  assert.equal(lines.length, 1);
});

test('silent writes nothing at all', async () => {
  const { logger, lines } = await open('json', 'silent');
  tellAll(logger);
  assert.deepEqual(lines, []);
});
