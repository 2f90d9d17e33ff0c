import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WebAPIHTTPError, WebAPIPlatformError } from '@slack/web-api';
import { slackEdited, slackOutcome } from '#destinations/slack-outcome.ts';

test('a workspace that is moving keeps new messages waiting too', () => {
  const moving = slackEdited(new WebAPIPlatformError({ ok: false, error: 'team_added_to_org' }), 0);
  assert.ok(moving.kind === 'later' && moving.pausesLane === true);
});

const gone = [
  'message_not_found',
  'cant_update_message',
  'edit_window_closed',
  'block_mismatch',
  'no_dual_broadcast_content_update',
  'cant_broadcast_message',
];

test('a message that is not there or cannot be edited is gone, with the code and its meaning', () => {
  for (const code of gone) {
    for (const error of [
      new WebAPIPlatformError({ ok: false, error: code }),
      new WebAPIHTTPError(400, '', {}, JSON.stringify({ ok: false, error: code })),
    ]) {
      const edited = slackEdited(error, 0);
      assert.equal(edited.kind, 'gone', code);
      assert.match(edited.kind === 'gone' ? edited.reason : '', new RegExp(`^Slack: ${code} — \\w`));
    }
  }
});

test('every other code means the same to an edit as to a post', () => {
  const codes = `channel_not_found not_in_channel is_archived is_inactive restricted_action invalid_auth token_expired
    missing_scope msg_too_long invalid_blocks no_text invalid_arguments service_unavailable message_limit_exceeded
    update_failed streaming_state_conflict internal_error fatal_error request_timeout brand_new_code`;
  for (const code of codes.split(/\s+/)) {
    const error = new WebAPIPlatformError({ ok: false, error: code });
    for (const triedForMs of [0, 180_000]) {
      assert.deepEqual(slackEdited(error, triedForMs), slackOutcome(error, triedForMs), code);
    }
  }
});
