import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { readEnvironment } from '#runtime/environment.ts';
import { PlugNmeetMeeting } from '#test/meeting.ts';
import { PlugNmeetStandIn } from '#test/plugnmeet.ts';
import { Service, secrets, serviceVariables, testSources, until } from '#test/service.ts';
import { list, revoke } from '../../src/link-commands.ts';

const rules = `version: 1
${testSources}
destinations: { board: { preview: {} } }
rules:
  - id: recording-ready
    on: recording.ready
    send: { to: board, template: recording-ready }
`;

const listSchema = z.array(
  z.object({ id: z.string(), clickCount: z.int(), clicks: z.array(z.object({ outcome: z.string() })) }),
);

async function run(service: Service, command: (terminal: Parameters<typeof list>[0]) => Promise<number>) {
  const port = { PORT: new URL(service.url).port };
  const variables = serviceVariables(service.folder, join(service.folder, 'rules.yaml'), port);
  const printed: string[] = [];
  const terminal = {
    environment: () => readEnvironment(variables, false),
    print: (text: string) => void printed.push(text),
    complain: (text: string) => void printed.push(text),
  };
  return { code: await command(terminal), text: printed.join('') };
}

test('operators see who opened a link, and end it', async () => {
  await using meetings = await PlugNmeetStandIn.start({ key: 'pnm-key', secret: secrets.plugnmeet });
  meetings.addRecording('record-1');
  await using service = await Service.start({
    rules,
    variables: { PLUGNMEET_URL: meetings.url, PUBLIC_URL: 'http://callboard.test' },
  });
  await service.plugNmeet(new PlugNmeetMeeting().recordingReady('record-1'));
  const link = await until('the link', async () => {
    const shown = await (await fetch(`${service.url}/preview/messages?after=0`)).text();
    return /http:\/\/callboard\.test\/a\/[\w.-]+/.exec(shown)?.[0];
  });
  const click = async () => {
    const address = link.replace('http://callboard.test', service.url);
    const { status } = await fetch(address, { redirect: 'manual', headers: { 'user-agent': 'Reader' } });
    return status;
  };
  assert.equal(await click(), 302);
  const told = await run(service, (terminal) => list(terminal, { since: '1h', format: 'text' }));
  assert.equal(told.code, 0);
  assert.match(
    told.text,
    /recording of meet\/[^\n]+\n {2}linked [^\n]+\n {2}opened once\n {4}\S+ {2}open {2}\w+ {2}Reader\n$/,
  );
  const ended = await run(service, (terminal) =>
    revoke(terminal, link, { because: 'shared by mistake', format: 'text' }),
  );
  assert.deepEqual(ended, { code: 0, text: '1 file is no longer opened by any link\n' });
  assert.equal(await click(), 410);
  const after = await run(service, (terminal) => list(terminal, { format: 'json' }));
  const [file] = listSchema.parse(JSON.parse(after.text));
  assert.deepEqual([file?.clickCount, file?.clicks.map(({ outcome }) => outcome)], [2, ['revoked', 'open']]);
});
