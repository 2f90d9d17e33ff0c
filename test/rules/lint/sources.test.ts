import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkMarks, diagnose, ruleWith } from './marks.ts';

const rule = (sources: string, text: string) => `version: 1
sources: ${sources}
destinations: { ops: { preview: {} } }
rules:
  - id: a
${text.replace(/^\n/, '')}
    send: { to: ops, template: ended }
`;
const meet = '{ meet: { plugnmeet: { url: "https://meet.example", keys: { "${KEY}": "${WORD}" } } } }';
const vsdk = '{ vsdk: { videosdk: {} } }';
const own = '{ own: { standard_webhooks: { secrets: ["${SECRET}"] } } }';

test('an event that no source sends is a warning: rules may outlive a source', () => {
  checkMarks(rule(meet, '    on: hls.ready # ! never-sent: hls.ready'));
  checkMarks(rule(meet, '    on: [room.ended, hls.ready] # ! never-sent: hls.ready'));
  const severityOf = (on: string) => diagnose(rule(meet, `    on: ${on}`)).map(({ severity }) => severity);
  assert.deepEqual(severityOf('hls.ready'), ['warning']);
  assert.deepEqual(severityOf('[room.ended, hls.ready]'), ['warning']);
});

test('an event that a rule waits for and nobody sends is told', () => {
  checkMarks(
    rule(
      meet,
      `
    on: room.ended
    unless_followed_by: { event: [hls.ready, recording.ready], same: session.id, within: 5m } # ! never-sent: hls.ready`,
    ),
  );
});

test('a source of no platform can send and give everything', () => {
  checkMarks(
    rule(
      own,
      `
    on: call.ended
    where: { call.agent_id: a, participant.attributes.role: { exists: true } } # ! field-never-there: participant.attributes.role`,
    ),
  );
  checkMarks(rule(own, '    on: call.ended\n    where: { call.agent_id: a }'));
});

test('without sources, or with one that is not understood, nothing is said about what is sent', () => {
  checkMarks(rule('{}', '    on: hls.ready'));
  checkMarks(rule('{ x: { zoom: {} } } # ! unknown-platform: zoom', '    on: hls.ready'));
});

test('a field that no source gives is an error, one that some give a warning that names the others', () => {
  checkMarks(
    rule(
      vsdk,
      '    on: recording.ready\n    where: { recording.bytes: { at_least: 1 } } # ! field-never-given: recording.bytes',
    ),
  );
  const text = ruleWith(
    '      recording.bytes: { at_least: 1 } # ! field-not-given: recording.bytes',
    'recording.ready',
  );
  checkMarks(text);
  const [found] = diagnose(text);
  assert.equal(found?.severity, 'warning');
  assert.match(found?.message ?? '', /^vsdk never gives recording\.bytes, .*"or_missing: true"/);
});

test('whoever says what a missing field means is not told that it may be missing', () => {
  checkMarks(
    ruleWith(
      `
      recording.bytes: { at_least: 1, or_missing: true }
      recording.seconds: { exists: true }
      recording.status: { exists: false }
      any: [{ recording.expires_at: { exists: true } }, { room.metadata.team: red }]`,
      'recording.ready',
    ),
  );
});

test('a member of any that no source can fill is told', () => {
  checkMarks(
    rule(
      vsdk,
      `
    on: room.started
    where:
      any: [{ room.metadata.team: red }, { room.id: r1 }] # ! field-never-given: room.metadata.team`,
    ),
  );
});

test('only the sources that a rule asks for count', () => {
  checkMarks(
    ruleWith(`
      source.name: [live]
      participant.attributes.role: host
      participant.kind: [phone, recorder]`),
  );
  checkMarks(
    ruleWith(`
      source.type: { not_in: [livekit] }
      participant.attributes.role: host # ! field-never-given: participant.attributes.role
      participant.kind: stream`),
  );
});

test('a value that no source gives is an error', () => {
  checkMarks(
    rule(
      vsdk,
      '    on: participant.joined\n    where: { participant.kind: phone } # ! value-never-given: phone',
    ),
  );
  checkMarks(rule(vsdk, '    on: participant.joined\n    where: { participant.kind: [phone, human] }'));
});

test('the address of a room is there only where a source has room_url', () => {
  checkMarks(ruleWith('      room.url: { exists: true }'));
  checkMarks(ruleWith('      room.url: { contains: x } # ! field-not-given: room.url'));
  checkMarks(
    rule(
      meet,
      '    on: room.started\n    where: { room.url: { contains: x } } # ! field-never-given: room.url',
    ),
  );
});

test('a key that a source never fills is told', () => {
  checkMarks(
    rule(
      vsdk,
      `
    on: [agent.failed, room.ended]
    once_per: [session.id, room.metadata.team] # ! field-never-given: room.metadata.team`,
    ),
  );
  checkMarks(
    rule(vsdk, '    on: agent.failed\n    once_per: [session.id] # ! field-never-given: session.id'),
  );
  checkMarks(
    ruleWith('      room.id: r1\n    once_per: [participant.sid] # ! field-not-given: participant.sid'),
  );
});

test('a source that is not configured is an error, beside one that is a warning', () => {
  checkMarks(
    ruleWith(`
      source.name: lives # ! unknown-source: lives`),
  );
  checkMarks(
    ruleWith(`
      source.name: [live, lives] # ! unknown-source: lives
      source.type: { not: standard_webhooks } # ! unknown-source: standard`),
  );
  checkMarks(ruleWith('      source.name: { in_list: vips } # ! unknown-source: vips'));
  const [found] = diagnose(ruleWith('      source.name: lives'));
  assert.equal(found?.severity, 'error');
  assert.match(found?.message ?? '', /did you mean "live"\?/);
});
