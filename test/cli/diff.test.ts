import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readEnvironment } from '#runtime/environment.ts';
import { PlugNmeetMeeting } from '#test/meeting.ts';
import { Service, serviceVariables, testSources } from '#test/service.ts';
import { temporaryFolder } from '#test/stores.ts';
import { diff } from '../../src/history-commands.ts';

const rules = `version: 1
${testSources}
destinations: { board: { preview: {} }, ops: { preview: {} } }
rules:
  - { id: joined, on: participant.joined, send: { to: board, text: "{{participant.name}} joined" } }
  - { id: begun, on: room.started, send: { to: board, template: begun } }
`;

type Ran = { readonly code: number; readonly out: string; readonly err: string };

/** A folder with these rules, their templates, a service that took one meeting, and the command beside it. */
async function workplace() {
  const folder = await temporaryFolder();
  const path = (name: string) => join(folder.path, name);
  await writeFile(path('begun.hbs'), '---\ntitle: "{{room.name}} begins"\n---\n');
  const templates = { CALLBOARD_TEMPLATES: folder.path };
  const service = await Service.start({ rules, folder: folder.path, variables: templates });
  const meeting = new PlugNmeetMeeting();
  await service.plugNmeet(meeting.started());
  await service.plugNmeet(meeting.joined('anna', 'Anna'));
  await service.plugNmeet(meeting.joined('ben', 'Ben'));
  const run = async (
    edited: string,
    flags: Partial<Parameters<typeof diff>[2]> = {},
    more: Readonly<Record<string, string>> = {},
  ): Promise<Ran> => {
    await writeFile(path('new.yaml'), edited);
    const port = { PORT: new URL(service.url).port };
    const variables = serviceVariables(folder.path, path('rules.yaml'), { ...templates, ...port, ...more });
    let [out, err] = ['', ''];
    const terminal = {
      environment: () => readEnvironment(variables, false),
      print: (text: string) => {
        out += text;
      },
      complain: (text: string) => {
        err += text;
      },
    };
    const code = await diff(terminal, path('new.yaml'), { since: '1h', format: 'text', ...flags });
    return { code, out, err };
  };
  return {
    run,
    path,
    service,
    [Symbol.asyncDispose]: async () => {
      await service[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

test('the same rules are no difference: exit code 0 and one line', async () => {
  await using place = await workplace();
  const { code, out, err } = await place.run(rules);
  assert.deepEqual([code, err], [0, '']);
  assert.equal(out, 'No difference: 3 events of the last 1h, 3 messages either way.\n');
});

test('other words and destinations are a difference: exit code 1, with examples, from the service and from its file', async () => {
  await using place = await workplace();
  const edited = rules.replace('joined" }', 'came in" }').replace('board, template', 'ops, template');
  const asked = await place.run(edited);
  assert.deepEqual([asked.code, asked.err], [1, '']);
  assert.match(asked.out, /^begun: 1 message\n {2}~ 1 with another destination\n/);
  assert.match(asked.out, /- \d\d \w+ \d\d:\d\d:\d\d · to board · Weekly sync begins · Weekly sync\n/);
  assert.match(asked.out, /\+ .* · to board · Anna came in · Weekly sync\n/);
  assert.match(
    asked.out,
    /\n3 events of the last 1h: 0 added, 0 removed, 3 changed; 3 messages before, 3 after\.\n$/,
  );
  await place.service.stop();
  assert.deepEqual(await place.run(edited), asked);
});

test('a folder of edited templates is compared with the one in use', async () => {
  await using place = await workplace();
  await using edited = await temporaryFolder();
  await writeFile(join(edited.path, 'begun.hbs'), '---\ntitle: "{{room.name}} is on"\n---\n');
  const { code, out } = await place.run(rules, { templates: edited.path });
  assert.equal(code, 1);
  assert.match(out, /~ 1 with another text\n.*Weekly sync begins.*\n.*Weekly sync is on/);
});

test('for programs it is JSON with the span, the counts and the examples', async () => {
  await using place = await workplace();
  const { code, out } = await place.run(rules.replace('id: begun', 'id: begins'), { format: 'json' });
  const result = JSON.parse(out);
  assert.equal(code, 1);
  assert.equal(Date.parse(result.until) - Date.parse(result.since), 3_600_000);
  assert.deepEqual(
    result.rules.map((rule: { rule: string; status: string }) => [rule.rule, rule.status]),
    [
      ['begins', 'new'],
      ['begun', 'gone'],
    ],
  );
  assert.deepEqual(result.total, { before: 3, after: 3, added: 1, removed: 1, changed: 0 });
  assert.equal(result.rules[0].added.examples[0].after.line, 'Weekly sync begins');
});

test('a file with mistakes gives their list and exit code 2, whichever of the two it is', async () => {
  await using place = await workplace();
  const broken = rules.replace('to: board, text', 'to: bord, text');
  const { code, out } = await place.run(broken);
  assert.equal(code, 2);
  assert.match(out, /^\S*new\.yaml:\d+:\d+ error: .*did you mean "board"/);
  await writeFile(place.path('rules.yaml'), broken);
  const other = await place.run(rules, { format: 'json' });
  assert.equal(other.code, 2);
  assert.match(JSON.parse(other.out)[0].file, /rules\.yaml$/);
});

test('a file that does not exist, a span that is none, or no history: exit code 2', async () => {
  await using place = await workplace();
  const span = await place.run(rules, { since: 'yesterday' });
  assert.deepEqual(span, {
    code: 2,
    out: '',
    err: '--since yesterday: write a duration such as 12h or 7d\n',
  });
  const templates = await place.run(rules, { templates: place.path('nowhere') });
  assert.deepEqual([templates.code, templates.out.includes('cannot be read')], [2, true]);
  await place.service.stop();
  const nothing = await place.run(rules, {}, { DATABASE_URL: `sqlite:${place.path('none.db')}` });
  assert.equal(nothing.code, 2);
  assert.match(nothing.err, /No service runs .* no file/);
});
